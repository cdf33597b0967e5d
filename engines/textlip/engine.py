"""The text-to-lip engine: text in, lip pictures out, before any sound exists."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job
from engines.api.rooms import Work
from engines.api.textlip import LIP_FPS, LIP_MODELS, DurationsJob, LipPictures, LipsJob, LipTrack, PacedSpeakJob
from engines.api.values import SILENCE, ByteArray, Phone, frame_count
from engines.speech.engine import SpeechEngine
from engines.textlip import reading
from engines.textlip.batch import spell, to_pictures, to_tensor
from engines.textlip.identity import find_identity
from engines.textlip.model import LipNetwork, ParaLip
from engines.textlip.pacing import fitted
from engines.textlip.runs import FPS, window_of
from engines.textlip.saved import open_network, weights_path

CHUNK = 96
"""Pictures painted at once."""


class TextlipEngine:
    """Runs LipsJob, DurationsJob and PacedSpeakJob; networks and identities are read on first use and kept."""

    def __init__(self, preset: str = "studio") -> None:
        self._preset = preset
        self._networks: dict[str, LipNetwork] = {}
        self._identities: dict[tuple[str, float], ByteArray] = {}
        self._speech = SpeechEngine()

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, PacedSpeakJob):
            return self._speak(job)
        if isinstance(job, DurationsJob):
            reading.check_text(job.text, job.rate_wpm)
            return self._durations(job)
        assert isinstance(job, LipsJob)
        if job.model not in LIP_MODELS:
            raise EngineError(f"There is no lip model {job.model!r}; choose from {', '.join(LIP_MODELS)}.")
        if job.phones:
            reading.check_phones(job.phones)
        else:
            reading.check_text(job.text, job.rate_wpm)
        return self._lips(job)

    def network(self, model: str) -> LipNetwork:
        """The shipped network of a model."""
        if model not in self._networks:
            self._networks[model] = open_network(weights_path(model, self._preset))
        return self._networks[model]

    def identity(self, name: str) -> ByteArray:
        """The lip picture of an identity; a file that was changed is read again."""
        path = Path(name)
        key = name, path.stat().st_mtime if path.is_file() else 0.0
        if key not in self._identities:
            self._identities = {key: find_identity(name)}
        return self._identities[key]

    def _speak(self, job: PacedSpeakJob) -> Work:
        paralip = self.network("paralip")
        assert isinstance(paralip, ParaLip)
        reading.check_text(job.text, job.rate_wpm)
        yield Progress(0, len(job.text), "Finding the pace")
        return (yield from self._speech.run(fitted(job, paralip, self._speech)))

    def _durations(self, job: DurationsJob) -> Work:
        phones: list[Phone] = []
        for said, timed in self._timed(job):
            phones += timed
            yield Progress(said.offset, len(job.text), "Reading")
        return tuple(phones)

    def _lips(self, job: LipsJob) -> Work:
        """On one thread: the work is too small to share out, and threads wait for each other on a busy machine."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return (yield from self._painted(job))
        finally:
            torch.set_num_threads(threads)

    def _painted(self, job: LipsJob) -> Work:
        began, first_s, frames = clock.perf_counter(), 0.0, 0
        phones: list[Phone] = []
        network, identity = self.network(job.model), self.identity(job.identity)
        for stretch, done in self._stretches(job):
            phones += stretch
            end = frame_count(stretch[-1].end_s, LIP_FPS)
            for pictures in paint(network, stretch, frames, end, identity):
                first_s = first_s or clock.perf_counter() - began
                yield Partial(LipPictures(pictures, frames))
                frames += len(pictures)
            yield Progress(done, 1.0, "Painting lips")
            if job.longest_s and frames >= job.longest_s * FPS:
                break
        return LipTrack(frames, tuple(phones), clock.perf_counter() - began, first_s)

    def _stretches(self, job: LipsJob) -> Iterator[tuple[tuple[Phone, ...], float]]:
        """Timed phones to be painted at once, and the share of the work done with them."""
        if job.phones:
            last_s = max(job.phones[-1].end_s, 1e-6)
            yield from ((piece, piece[-1].end_s / last_s) for piece in reading.pieces(job.phones))
            return
        for said, timed in self._timed(job):
            yield from ((piece, min(said.offset / len(job.text), 1.0)) for piece in reading.pieces(timed))

    def _timed(self, job: LipsJob | DurationsJob) -> Iterator[tuple[reading.Said, tuple[Phone, ...]]]:
        """Sentences one after another, the first after a short silence."""
        network = self.network("paralip")
        assert isinstance(network, ParaLip)
        at_s = reading.LEAD_S
        for said in reading.say(job.text, job.language, job.pronunciations):
            timed = reading.time(said, network, job.rate_wpm, at_s)
            if at_s == reading.LEAD_S:
                timed = (Phone(SILENCE, 0.0, at_s), *timed)
            at_s = timed[-1].end_s
            yield said, timed


def paint(
    network: LipNetwork, phones: Sequence[Phone], first: int, end: int, identity: ByteArray
) -> Iterator[ByteArray]:
    """Lip pictures of frames first..end of a speech whose phones (a stretch of it) are timed; the first ones sooner."""
    if end <= first:
        return
    spelled = spell([window_of(tuple(phones), first / FPS, end / FPS)], network.config)
    with torch.inference_mode():
        for part in network.paint(spelled, end - first, to_tensor(identity)[None], CHUNK):
            yield to_pictures(part)


def paint_all(network: LipNetwork, phones: Sequence[Phone], frames: int, identity: ByteArray) -> ByteArray:
    """Every lip picture (frames, 80, 160, 3) of a stretch of speech."""
    return np.concatenate(list(paint(network, phones, 0, frames, identity)))
