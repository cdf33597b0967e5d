"""The phase engine: a sound loses the phase of its spectrogram and is rebuilt, section by section."""

from __future__ import annotations

import time
from collections.abc import Iterator

from torch import Tensor

from engines.api.events import Progress
from engines.api.jobs import CompareJob, Job, PhaseJob
from engines.api.rooms import Work
from engines.api.values import FloatArray, Reconstruction
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
        method = METHODS[job.method] if job.method in METHODS else self._networks.method(job.preset, grid, device)
        steps = method.iterations if job.iterations is None else job.iterations
        samples, peak = levelled(job.audio.samples)
        solve = solve_section(method, steps, grid, job.seed, earlier(job, grid, device))
        telling = Telling(job, grid, peak)
        for item in rebuild(samples, grid, solve, device, Mel(grid, job.mel_bands) if job.mel_bands else None):
            if isinstance(item, Share):
                yield from telling.share(item)
            else:
                telling.pieces.append(item)
        return Reconstruction(telling.audio(telling.pieces), steps, time.monotonic() - began)


def rebuild(
    samples: FloatArray, grid: Grid, solve: Solve, device: str = "cpu", mel: Mel | None = None
) -> Iterator[FloatArray | Share]:
    """Yield the rebuilt sound in pieces (m,) that make up (n,), and between them how far a section has come."""

    def given(block: Tensor) -> Tensor:
        return block.to(device) if mel is None else mel.there_and_back(block.to(device))

    overlap, left = Overlap(grid, len(samples)), grid.frames(len(samples))
    for item in settle(map(given, magnitudes(samples, grid)), solve):
        if isinstance(item, Settled):
            left -= item.spectra.shape[1]
            yield overlap.push(item.spectra, last=left == 0)[0].cpu().numpy()
        else:
            yield item
