"""The codec engine: speech to packets of a few kilobits a second, packets to speech, and what packets say."""

from __future__ import annotations

from collections.abc import Callable

import torch

from engines.api.codec import DecodeJob, EncodeJob, InspectJob, PacketInfo
from engines.api.events import EngineError, Progress
from engines.api.jobs import Job
from engines.api.rooms import Work
from engines.codec.concealing import words_of
from engines.codec.decoding import decode, knows, playable
from engines.codec.encoding import encode
from engines.codec.entropy import Coder
from engines.codec.interface import CodecModel, load_codec
from engines.codec.packet import Header, read_packet


class CodecEngine:
    """Runs EncodeJob, DecodeJob and InspectJob; the model is loaded on first use. load: device -> model, the shipped
    one unless given."""

    def __init__(self, load: Callable[[str], CodecModel] | None = None) -> None:
        self._load = load or load_codec
        self._coders: dict[bytes, Coder] = {}

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, InspectJob):
            yield Progress(0, 1, "Reading")
            return self._inspect(job)
        if isinstance(job, DecodeJob):
            packet = playable(job)  # a file that cannot be read says so before the weights are asked for
            return (yield from decode(job, packet, *self._loaded(job.device)))
        assert isinstance(job, EncodeJob)
        return (yield from encode(job, *self._loaded(job.device)))

    def _loaded(self, device: str) -> tuple[CodecModel, Coder]:
        model = self._load(device_of(device))
        return model, self._coders.setdefault(model.digest, Coder(model.tables))

    def _inspect(self, job: InspectJob) -> PacketInfo:
        packet = read_packet(job.packet)
        header = packet.header
        return PacketInfo(
            version=header.version,
            model=header.model_name,
            model_hash=header.digest.hex(),
            known=self._known(header),
            nominal_kbps=header.kbps,
            kbps=8 * len(job.packet) / header.seconds / 1000,
            seconds=header.seconds,
            samples=header.samples,
            segments=header.segments,
            damaged=packet.damaged,
            words=words_of(packet, packet.damaged),
        )

    def _known(self, header: Header) -> bool:
        try:
            return knows(header, self._load("cpu"))
        except EngineError:
            return False


def device_of(device: str) -> str:
    """Where to work. Raises EngineError where CUDA is asked for and absent."""
    if device == "cuda" and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here: choose the processor.")
    return ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
