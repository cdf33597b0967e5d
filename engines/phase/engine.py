"""The phase engine: a sound loses the phase of its spectrogram and is rebuilt, section by section."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from torch import Tensor

from engines.api.events import Progress
from engines.api.jobs import CompareJob, Job, PhaseJob
from engines.api.rooms import Work
from engines.api.values import FloatArray, Reconstruction
from engines.common.memory import begin_peak, peak_mib
from engines.common.stft import Grid
from engines.phase.mel import Mel
from engines.phase.methods import METHODS, solve_section
from engines.phase.metrics import likeness
from engines.phase.networks import Networks
from engines.phase.order import check, device_of, earlier, levelled
from engines.phase.sections import Overlap, Settled, Share, Solve, magnitudes, settle
from engines.phase.telling import Telling


class PhaseEngine:
    """Runs PhaseJob and CompareJob; networks are loaded on first use and kept."""

    def __init__(self) -> None:
        self._networks = Networks()

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, CompareJob):
            yield Progress(0, 1, "Comparing")
            return likeness(job.original, job.rebuilt)
        assert isinstance(job, PhaseJob)
        check(job)
        grid = Grid(job.audio.rate_hz, job.size, job.hop, job.window)
        return (yield from self._rebuild(job, grid))

    def _rebuild(self, job: PhaseJob, grid: Grid) -> Work:
        device, began = device_of(job), time.monotonic()
        begin_peak()
        method = METHODS[job.method] if job.method in METHODS else self._networks.method(job.preset, grid, device)
        steps = method.iterations if job.iterations is None else job.iterations
        samples, peak = levelled(job.audio.samples)
        solve = solve_section(method, steps, grid, job.seed, earlier(job, grid, device))
        telling = Telling(job, grid, peak)
        for item in rebuild(given(job, samples, grid, device), len(samples), grid, solve):
            if isinstance(item, Share):
                yield from telling.share(item)
            else:
                telling.pieces.append(item)
        return Reconstruction(telling.audio(telling.pieces), steps, time.monotonic() - began, peak_mib())


def given(job: PhaseJob, samples: FloatArray, grid: Grid, device: str) -> Iterator[Tensor]:
    """Blocks (1, t, f) of the magnitude a job leaves: the true one, or what mel bands tell of it."""
    mel = Mel(grid, job.mel_bands) if job.mel_bands else None
    for block in magnitudes(samples, grid):
        yield block.to(device) if mel is None else mel.there_and_back(block.to(device))


def rebuild(blocks: Iterable[Tensor], count: int, grid: Grid, solve: Solve) -> Iterator[FloatArray | Share]:
    """Magnitudes in blocks (1, t, f) of any size, all frames of a sound of `count` samples -> the sound.

    Yields it in pieces (m,), and between them how far a section has come.
    """
    overlap, left = Overlap(grid, count), grid.frames(count)
    for item in settle(blocks, solve):
        if isinstance(item, Settled):
            left -= item.spectra.shape[1]
            yield overlap.push(item.spectra, last=left == 0)[0].cpu().numpy()
        else:
            yield item
