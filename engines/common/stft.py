"""Knows the short-time Fourier transform, its least-squares inverse and the projection the two make together.

Letters: b batch, n samples, t frames, f bins, s samples of a frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor

from engines.api.events import EngineError

WINDOWS = {"blackman": torch.blackman_window, "hann": torch.hann_window, "hamming": torch.hamming_window}


@dataclass(frozen=True)
class Grid:
    """Where a spectrogram's values lie. Defaults: Oyamada et al. 2018, section 4.1.

    size, hop: samples of a frame and from one to the next; window: a name of WINDOWS, periodic.
    Frame i is centred on sample i * hop; outside the sound there is silence (librosa: center, pad_mode "constant").
    """

    rate_hz: int = 16000
    size: int = 1024
    hop: int = 512
    window: str = "blackman"
    bins: int = field(init=False)

    def __post_init__(self) -> None:
        if self.window not in WINDOWS:
            raise EngineError(f"There is no window named {self.window!r}; choose from {', '.join(WINDOWS)}.")
        even = 16 <= self.size <= 65536 and self.size % 2 == 0
        if not (even and 0 < self.hop < self.size and self.size % self.hop == 0):
            raise EngineError(
                f"Frames of {self.size} samples every {self.hop} do not tile: take an even size of 16 to 65536 and a"
                " hop that divides it."
            )
        object.__setattr__(self, "bins", self.size // 2 + 1)

    def frames(self, samples: int) -> int:
        """Frames that cover so many samples: the last is centred on or after the end."""
        return 1 + -(-samples // self.hop)

    def samples(self, frames: int) -> int:
        """The longest sound that so many frames cover."""
        return (frames - 1) * self.hop

    @property
    def overlap(self) -> int:
        """Frames that any sample lies in."""
        return self.size // self.hop


@lru_cache(maxsize=16)
def window_of(grid: Grid, device: str = "cpu") -> Tensor:
    """The window, (s,) float32."""
    window: Tensor = WINDOWS[grid.window](grid.size, dtype=torch.float64).to(torch.float32)
    return window.to(device)


@lru_cache(maxsize=8)
def overlap_weight(grid: Grid, frames: int, device: str = "cpu") -> Tensor:
    """What each padded sample is multiplied with after overlap-add; zero where the sound is known to be silent.

    Returns ((t + overlap - 1) * hop,) float32: 1 / sum of squared windows between the first and last frame centre.
    """
    squared = window_of(grid).double().square().expand(1, frames, grid.size)
    total = _overlap_add(squared, grid)[0]
    weight = torch.where(total > 1e-10, 1.0 / total.clamp(min=1e-10), 0.0)
    half = grid.size // 2
    weight[:half] = 0.0
    weight[half + max(grid.samples(frames), 1) :] = 0.0
    return weight.to(torch.float32).to(device)


def stft(samples: Tensor, grid: Grid) -> Tensor:
    """(b, n) real -> (b, t, f) complex with t = grid.frames(n)."""
    count = samples.shape[-1]
    half = grid.size // 2
    tail = grid.samples(grid.frames(count)) - count + half
    return frame_spectra(torch.nn.functional.pad(samples, (half, tail)), grid)


def frame_spectra(padded: Tensor, grid: Grid) -> Tensor:
    """(b, (t + overlap - 1) * hop) -> (b, t, f): windowed frames, transformed."""
    return torch.fft.rfft(padded.unfold(-1, grid.size, grid.hop) * window_of(grid, str(padded.device)))


def padded_sound(spectra: Tensor, grid: Grid) -> Tensor:
    """(b, t, f) -> (b, (t + overlap - 1) * hop): the sound whose spectra lie nearest, silent outside its span.

    Source: Griffin and Lim 1984, eq. 6.
    """
    frames = torch.fft.irfft(spectra, grid.size) * window_of(grid, str(spectra.device))
    return _overlap_add(frames, grid) * overlap_weight(grid, spectra.shape[1], str(spectra.device))


def istft(spectra: Tensor, grid: Grid, samples: int) -> Tensor:
    """(b, t, f) complex -> (b, n) real: least-squares inverse, cut to n samples."""
    half = grid.size // 2
    return padded_sound(spectra, grid)[:, half : half + samples]


def project(spectra: Tensor, grid: Grid) -> Tensor:
    """The nearest spectra that belong to a sound, (b, t, f) -> (b, t, f)."""
    return frame_spectra(padded_sound(spectra, grid), grid)


def _overlap_add(frames: Tensor, grid: Grid) -> Tensor:
    """(b, t, s) -> (b, (t + overlap - 1) * hop)"""
    batch, count, _ = frames.shape
    total = frames.new_zeros(batch, count + grid.overlap - 1, grid.hop)
    for i in range(grid.overlap):
        total[:, i : i + count] += frames[..., i * grid.hop : (i + 1) * grid.hop]
    return total.flatten(1)
