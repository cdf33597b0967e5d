"""Knows how phase changes from frame to frame and bin to bin: from the magnitude alone, by theory.

Phases here are *centred*: a frame's time zero is its middle, so a steady tone has one phase all over its main lobe.
Letters: b batch, t frames, f bins.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from engines.common.stft import Grid

SPREAD = {"blackman": 0.17954, "hann": 0.25645, "hamming": 0.29794}
"""Time-frequency ratio of the Gaussian nearest to each window, over its squared length: Prusa et al. 2017, table I."""
_FLOOR = 1e-6


@lru_cache(maxsize=8)
def centring(grid: Grid, device: str = "cpu") -> Tensor:
    """Factor between centred and plain spectra, (f,) of +1 and -1; its own inverse."""
    return (1.0 - 2.0 * (torch.arange(grid.bins) % 2)).to(device)


@lru_cache(maxsize=8)
def advance(grid: Grid, device: str = "cpu") -> Tensor:
    """Radians each bin's own frequency turns in a hop, (f,), wrapped to [0, 2 pi)."""
    turns = np.arange(grid.bins) * grid.hop % grid.size / grid.size
    return torch.from_numpy(2 * np.pi * turns).float().to(device)


def log_slopes(log_magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences of (b, t, f) along time and along frequency, zero at the rims."""
    along_t, along_f = torch.zeros_like(log_magnitude), torch.zeros_like(log_magnitude)
    along_t[:, 1:-1] = (log_magnitude[:, 2:] - log_magnitude[:, :-2]) / 2
    along_f[..., 1:-1] = (log_magnitude[..., 2:] - log_magnitude[..., :-2]) / 2
    return along_t, along_f


def steps_from_magnitude(log_magnitude: Tensor, grid: Grid) -> tuple[Tensor, Tensor]:
    """Phase steps (b, t, f) in radians: from the frame before to each frame, from the bin below to each bin.

    Exact for Gaussian windows, trapezoid between cells. Step 0 of either kind is zero.
    Source: Prusa, Balazs, Sondergaard, "A noniterative method for reconstruction of phase from STFT magnitude" (2017),
    eqs. 14, 15 and 20, 21.
    """
    along_t, along_f = log_slopes(log_magnitude)
    spread = SPREAD[grid.window] * grid.size**2
    turn = grid.hop * grid.size / spread * along_f + advance(grid, str(log_magnitude.device))
    tilt = -spread / (grid.hop * grid.size) * along_t
    step_t, step_f = torch.zeros_like(turn), torch.zeros_like(tilt)
    step_t[:, 1:] = (turn[:, 1:] + turn[:, :-1]) / 2
    step_f[..., 1:] = (tilt[..., 1:] + tilt[..., :-1]) / 2
    return step_t, step_f


def log_of(magnitude: Tensor, floor: Tensor | float) -> Tensor:
    """Logarithm of a magnitude that may hold zeros; floor: below which nothing is told apart."""
    return torch.log(magnitude + floor)
