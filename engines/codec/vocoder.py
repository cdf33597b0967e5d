"""Mel segments to sound: magnitude by a network or by mel inversion, phase by theory and projections.

Letters: s segments, t frames, f bins, m bands, n samples.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.codec.config import BANDS, GRID, HOP, VocoderConfig
from engines.codec.mel import FLOOR, bank
from engines.codec.model import Block, Convolution
from engines.common.stft import padded_sound
from engines.phase.integration import phase_by_theory
from engines.phase.projections import Settling, Target

_BEYOND = GRID.overlap // 2
"""Frames added at either end, like the last ones, so that no frame that counts borders on silence."""
_ROUNDS = 20
_FEW_ROUNDS = 4
"""Of inversion before the network, which corrects what is left."""
_QUIET = 1e-5


@lru_cache(maxsize=1)
def spreading() -> Tensor:
    """Linear interpolation between the bands' centres, (m, f)."""
    centres = bank() @ torch.arange(GRID.bins, dtype=torch.float32)
    bins = torch.arange(GRID.bins, dtype=torch.float32)
    above = torch.searchsorted(centres, bins).clamp(1, BANDS - 1)
    share = ((bins - centres[above - 1]) / (centres[above] - centres[above - 1])).clamp(0.0, 1.0)
    weights = torch.zeros(BANDS, GRID.bins)
    weights[above, torch.arange(GRID.bins)] = share
    weights[above - 1, torch.arange(GRID.bins)] = 1.0 - share
    return weights


class Vocoder(nn.Module):
    """Log-mel to log magnitude: what a short inversion gives, corrected from the bands and frames around."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = Convolution(BANDS, config.width)
        self.blocks = nn.Sequential(*(Block(config.width) for _ in range(config.blocks)))
        self.head = nn.Linear(config.width, GRID.bins)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """(s, t, m) -> (s, t, f), natural logarithm of magnitude + FLOOR."""
        return torch.log(inverted(mel, _FEW_ROUNDS) + FLOOR) + self.head(self.blocks(self.stem(mel * 0.3 + 0.8)))

    def magnitude(self, mel: Tensor) -> Tensor:
        """(s, t, m) -> (s, t, f)."""
        return (self(mel).clamp(max=8.0).exp() - FLOOR).clamp(min=_QUIET)


def inverted(mel: Tensor, rounds: int = _ROUNDS) -> Tensor:
    """Magnitude (s, t, f) whose bands are nearest to the mel (s, t, m): the paper's path, without a network.

    Source: multiplicative updates, Lee and Seung, "Algorithms for non-negative matrix factorization" (2001).
    """
    bands = (mel.clamp(max=8.0).exp() - FLOOR).clamp(min=_QUIET)
    weights = bank().to(mel.device)
    guess, wanted, products = bands @ spreading().to(mel.device), bands @ weights, weights.T @ weights
    for _ in range(rounds):
        guess = guess * wanted / (guess @ products + 1e-9)
    return guess.clamp(min=_QUIET)


def sounds_of(magnitude: Tensor, iterations: int) -> Tensor:
    """Magnitudes (s, t, f) -> sounds (s, t * HOP), each by itself: phase by theory, then ADMM."""
    frames = magnitude.shape[1]
    longer = functional.pad(magnitude.transpose(1, 2), (_BEYOND, _BEYOND), mode="replicate").transpose(1, 2)
    target = Target(longer.contiguous(), GRID)
    start = longer * phase_by_theory(target.magnitude, GRID, target.settled)
    search = Settling(target, start, iterations)
    for _ in range(iterations):
        search.step()
    first = GRID.size // 2 - HOP // 2 + _BEYOND * HOP
    return padded_sound(search.spectra(), GRID)[:, first : first + frames * HOP]
