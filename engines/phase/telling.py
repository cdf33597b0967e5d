"""What a phase job under way says: how far it is after each step, and now and then the sound as it is."""

from __future__ import annotations

import time

import numpy as np

from engines.api.events import Partial, Progress
from engines.api.jobs import PhaseJob
from engines.api.rooms import Work
from engines.api.values import Audio, FloatArray, Reconstruction
from engines.common.stft import Grid, istft
from engines.phase.sections import Cuts, Share

PARTIAL_S = 0.5
"""Seconds between two partial results."""


class Telling:
    """Keeps the finished pieces of a job's sound; peak: what they are multiplied with."""

    def __init__(self, job: PhaseJob, grid: Grid, peak: float) -> None:
        self._job, self._grid, self._peak = job, grid, peak
        self._total, self._began = len(job.audio.samples), time.monotonic()
        self._next_s = self._began + PARTIAL_S
        self._steps = 0
        self.pieces: list[FloatArray] = []

    def share(self, share: Share) -> Work:
        """Yield Progress, and a Partial where the sound is one section and the last is some time ago."""
        done = sum(map(len, self.pieces)) + share.done * self._section()
        yield Progress(min(done, self._total), self._total, "Rebuilding the phase")
        self._steps += 1
        if share.estimate is not None and self._section() == self._total and time.monotonic() > self._next_s:
            self._next_s = time.monotonic() + PARTIAL_S
            sound = istft(share.estimate(), self._grid, self._total)[0].cpu().numpy()
            yield Partial(Reconstruction(self.audio([sound]), self._steps - 1, time.monotonic() - self._began))

    def audio(self, pieces: list[FloatArray]) -> Audio:
        """Pieces put together at the loudness of the original."""
        return Audio(np.concatenate(pieces) * np.float32(self._peak), self._job.audio.rate_hz)

    def _section(self) -> int:
        """Samples of a section."""
        cuts = Cuts()
        one = self._grid.frames(self._total) <= cuts.length
        return self._total if one else (cuts.length - cuts.ahead) * self._grid.hop
