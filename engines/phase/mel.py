"""The second problem: the magnitude itself is lost, all but its mel bands, and estimated from them.

Letters: b batch, t frames, f bins, m bands.
"""

from __future__ import annotations

import librosa
import torch
from torch import Tensor

from engines.api.events import EngineError
from engines.common.stft import Grid

_ROUNDS = 60


class Mel:
    """Mel bands of a grid, to them and back."""

    def __init__(self, grid: Grid, bands: int) -> None:
        if not 8 <= bands <= grid.bins // 2:
            raise EngineError(f"{bands} mel bands cannot be made of {grid.bins} bins: choose 8 to {grid.bins // 2}.")
        weights = librosa.filters.mel(sr=grid.rate_hz, n_fft=grid.size, n_mels=bands)
        self._weights = torch.from_numpy(weights).float()  # (m, f)

    def there_and_back(self, magnitude: Tensor) -> Tensor:
        """Magnitude (b, t, f) as it can be told from its mel bands: non-negative, nearest in the bands.

        Source: multiplicative updates, Lee and Seung, "Algorithms for non-negative matrix factorization" (2001).
        """
        weights = self._weights.to(magnitude.device)
        bands = magnitude @ weights.T  # (b, t, m)
        guess = bands @ weights / (weights.sum(0).square() + 1e-9)
        wanted = bands @ weights
        for _ in range(_ROUNDS):
            guess = guess * wanted / (guess @ weights.T @ weights + 1e-9)
        return guess
