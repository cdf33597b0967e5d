"""Packet to sound, segment by segment: each is decoded alone, so damage to one leaves the others as they are."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from engines.api.codec import Decoded, DecodeJob
from engines.api.events import EngineError, Partial, Progress
from engines.api.rooms import Work
from engines.api.values import Audio, FloatArray
from engines.codec.concealing import faded, words_of
from engines.codec.config import FRAMES, HOP, MARGIN, RATE_HZ, SEGMENT, STEPS
from engines.codec.entropy import Coder, Codes, DamagedPayload
from engines.codec.interface import VOCODERS, CodecModel, Join, gain_of
from engines.codec.packet import Header, Packet, read_packet

_SOUND = (FRAMES + 2 * MARGIN) * HOP
"""Samples of a segment with its margins."""


def playable(job: DecodeJob) -> Packet:
    """The packet of a job. Fails with EngineError where nothing of it can be played."""
    if job.vocoder not in VOCODERS:
        raise EngineError(f"There is no vocoder named {job.vocoder!r}; choose from {', '.join(VOCODERS)}.")
    packet = read_packet(job.packet)
    if packet.header.segments and all(payload is None for payload in packet.reading.payloads):
        raise EngineError("No segment of this .bpgan file can be played: copy it again.")
    return packet


def decode(job: DecodeJob, packet: Packet, model: CodecModel, coder: Coder) -> Work:
    """Yields Progress and Partial(Audio), returns Decoded. Fails with EngineError for a packet of another model."""
    began = time.monotonic()
    check_model(packet.header, model)
    concealed: list[int] = []
    pieces: list[FloatArray] = []
    done = 0
    for piece in _sound(packet, model, coder, job.vocoder, concealed):
        done += len(piece)
        yield Partial(Audio(piece, RATE_HZ))
        yield Progress(done, packet.samples, "Decoding")
        if job.keep:
            pieces.append(piece)
    samples = np.concatenate([np.zeros(0, np.float32), *pieces])
    return Decoded(Audio(samples, RATE_HZ), tuple(concealed), words_of(packet, concealed), time.monotonic() - began)


def check_model(header: Header, model: CodecModel) -> None:
    """Raise EngineError where a file was made with another model than the one here."""
    if not knows(header, model):
        raise EngineError(
            f"This .bpgan file was made with the model {header.model_name} ({header.digest.hex()}), here is only "
            f"{model.name} ({model.digest[:4].hex()}): install the version of the program that made it."
        )


def knows(header: Header, model: CodecModel) -> bool:
    """Whether a file was made with this model."""
    return (header.model_name, header.digest) == (model.name, model.digest[:4])


def codes_of(packet: Packet, coder: Coder, channels: int) -> Iterator[Codes | None]:
    """Codes (t, c) of each segment; none (0, c) for silence, None where it is damaged."""
    for number, payload in enumerate(packet.reading.payloads):
        if payload is None:
            yield None
        elif not payload:
            yield np.zeros((0, channels), np.uint8)
        else:
            try:
                yield coder.unpack(payload, packet.header.steps(number), channels)
            except DamagedPayload:
                yield None


def _sound(packet: Packet, model: CodecModel, coder: Coder, vocoder: str, concealed: list[int]) -> Iterator[FloatArray]:
    """The sound in pieces (m,), as much as there is; writes the numbers of damaged segments into `concealed`."""
    if not packet.header.segments:
        yield from _silence(packet.samples)
        return
    join, mel, left = Join(), None, packet.samples
    gain, last = np.float32(gain_of(packet.header.level)), len(packet.reading.payloads) - 1
    for number, codes in enumerate(codes_of(packet, coder, model.channels(packet.header.kbps))):
        if codes is None:
            concealed.append(number)
            mel = faded(mel)
        else:
            mel = model.decode(_filled(codes)[None]) if len(codes) else None
        sound = np.zeros(_SOUND, np.float32) if mel is None else model.vocode(mel, vocoder)[0]
        piece = np.clip(join.push(sound, number == last) / gain, -1.0, 1.0)[:left]
        left -= len(piece)
        yield piece


def _silence(samples: int) -> Iterator[FloatArray]:
    for first in range(0, samples, SEGMENT):
        yield np.zeros(min(SEGMENT, samples - first), np.float32)


def _filled(codes: Codes) -> Codes:
    """Codes of all steps: those that are not written are as the last one that is."""
    return np.concatenate((codes, np.repeat(codes[-1:], STEPS - len(codes), 0)))
