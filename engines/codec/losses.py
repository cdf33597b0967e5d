"""How far a made mel segment is from the true one, cell by cell and as coarsely as the ear hears.

Letters: b batch, t frames, m bands.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from engines.codec.mel import FLOOR

_USUAL = -2.7
"""Mean log-mel of levelled speech."""
_SOFT = 1e-2
_POOL = (2, 3)
"""Frames and bands heard as one: 16 ms and half a Bark, the cells of ITU-T P.862."""
_ADDED = 1.5
"""How much worse power that was not there sounds than power that is missing: the asymmetry of P.862."""


def distance(made: Tensor, true: Tensor, coarse: float) -> Tensor:
    """(b, t, m) twice -> (b,): loud cells count more; coarse: share of the distance of pooled power."""
    cells = _weighted(made, true, 1.0)
    return (1.0 - coarse) * cells + coarse * _weighted(pooled(made), pooled(true), _ADDED)


def pooled(mel: Tensor) -> Tensor:
    """Log magnitude of the mean power of neighbouring cells, (b, t, m) -> (b, t - 1, m - 2)."""
    power = functional.avg_pool2d(torch.exp(2.0 * mel)[:, None], _POOL, 1)[:, 0]
    return 0.5 * torch.log(power + FLOOR**2)


def _weighted(made: Tensor, true: Tensor, added: float) -> Tensor:
    weight = torch.exp(0.25 * (true - _USUAL)).clamp(0.3, 3.0)
    over = made - true
    weight = torch.where(over > 0, added * weight, weight)
    difference = torch.sqrt(over.square() + _SOFT) - math.sqrt(_SOFT)
    return (weight * difference).mean((1, 2))
