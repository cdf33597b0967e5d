"""The projection on the spectra of sounds, for who does it a hundred times over: its memory is taken once.

Letters: b batch, t frames, f bins, s samples of a frame.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.common.stft import Grid, overlap_weight, window_of


class Belonging:
    """As `engines.common.stft.project`, for spectra of one shape."""

    def __init__(self, grid: Grid, like: Tensor) -> None:
        batch, frames, _ = like.shape
        self._grid, device = grid, str(like.device)
        self._window = window_of(grid, device)
        self._frames = torch.empty(batch, frames, grid.size, device=like.device)
        self._sound = torch.zeros(batch, frames + grid.overlap - 1, grid.hop, device=like.device)
        self._weight = overlap_weight(grid, frames, device).view(-1, grid.hop)

    def project(self, spectra: Tensor, out: Tensor | None = None) -> Tensor:
        """The nearest spectra that belong to a sound, (b, t, f) -> (b, t, f), written to out where given."""
        torch.fft.irfft(spectra, self._grid.size, out=self._frames)
        self._frames.mul_(self._window)
        self._add_up()
        sound = self._sound.flatten(1).unfold(-1, self._grid.size, self._grid.hop)
        torch.mul(sound, self._window, out=self._frames)
        return torch.fft.rfft(self._frames, out=out)

    def _add_up(self) -> None:
        """Frames (b, t, s) overlapped into the sound, each sample over the sum of the squared windows there."""
        count, hop, sound = self._frames.shape[1], self._grid.hop, self._sound
        sound[:, :count] = self._frames[..., :hop]
        sound[:, count:] = 0.0
        for i in range(1, self._grid.overlap):
            sound[:, i : i + count] += self._frames[..., i * hop : (i + 1) * hop]
        sound.mul_(self._weight)
