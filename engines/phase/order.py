"""Knows which phase jobs can be done, and brings their sound into shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engines.api.events import EngineError
from engines.api.jobs import PhaseJob
from engines.api.values import FloatArray
from engines.common.stft import Grid, frame_spectra
from engines.phase.config import PRESETS
from engines.phase.methods import METHODS

MOST_ITERATIONS = 100_000
_LOUDEST = 1e6
"""Samples beyond this are no sound but a broken file."""


def check(job: PhaseJob) -> None:
    """Raise EngineError for a job that cannot be done."""
    if job.method not in METHODS and job.method != "gan":
        raise EngineError(f"There is no method named {job.method!r}; choose from {', '.join(METHODS)}, gan.")
    if job.method == "gan" and job.preset not in PRESETS:
        raise EngineError(f"There is no preset named {job.preset!r}; choose from {', '.join(PRESETS)}.")
    if job.iterations is not None and not 0 <= job.iterations <= MOST_ITERATIONS:
        raise EngineError(f"{job.iterations} iterations cannot be done: choose 0 to {MOST_ITERATIONS}.")
    _check_sound(job.audio.samples)
    if job.start is not None:
        _check_sound(job.start.samples)
        if (len(job.start.samples), job.start.rate_hz) != (len(job.audio.samples), job.audio.rate_hz):
            raise EngineError("The sound to go on from is of another length or rate: begin anew.")


def _check_sound(samples: FloatArray) -> None:
    if not len(samples):
        raise EngineError("There is no sound to rebuild: choose another file.")
    if not np.isfinite(samples).all() or np.abs(samples).max() > _LOUDEST:
        raise EngineError("The sound holds broken samples: export it again as 16-bit WAV.")


def device_of(job: PhaseJob) -> str:
    """Where to work. Raises EngineError where CUDA is asked for and absent."""
    if job.device == "cuda" and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here: choose the processor.")
    return ("cuda" if torch.cuda.is_available() else "cpu") if job.device == "auto" else job.device


def levelled(samples: FloatArray) -> tuple[FloatArray, float]:
    """A sound at peak one, and its peak; silence stays as it is, with peak one."""
    peak = float(np.abs(samples).max()) or 1.0
    return np.asarray(samples, np.float32) / np.float32(peak), peak


def earlier(job: PhaseJob, grid: Grid, device: str) -> Callable[[int, int], Tensor] | None:
    """Spectra (1, t, f) of the sound to go on from, by first frame and count; None to begin anew."""
    if job.start is None:
        return None
    half = grid.size // 2
    padded = np.pad(levelled(job.start.samples)[0], (half, 2 * grid.size))

    def spectra(first: int, count: int) -> Tensor:
        begin = first * grid.hop
        piece = padded[begin : begin + (count - 1) * grid.hop + grid.size]
        return frame_spectra(torch.from_numpy(piece)[None].to(device), grid)

    return spectra
