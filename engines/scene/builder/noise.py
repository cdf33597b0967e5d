"""Knows smooth random patterns in space, the same for the same seed on every machine."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import ndimage

from engines.scene.builder.sources import Doubles

PERIOD = 64
"""Cells after which the pattern repeats; octaves start at different places."""


@lru_cache(maxsize=32)
def _lattice(seed: int) -> Doubles:
    return np.random.default_rng(seed).uniform(-1, 1, (PERIOD,) * 3)


def value_noise(points: Doubles, frequency: float, seed: int) -> Doubles:
    """Lattice noise in -1..1 at points (..., 3); frequency in cells per centimetre."""
    scaled = (points * frequency).reshape(-1, 3).T
    cell = np.floor(scaled)
    inside = scaled - cell
    place = cell % PERIOD + inside**3 * (inside * (inside * 6 - 15) + 10)
    return np.asarray(ndimage.map_coordinates(_lattice(seed), place, order=1, mode="grid-wrap")).reshape(
        points.shape[:-1]
    )


def turbulence(points: Doubles, frequency: float, octaves: int, seed: int, gain: float = 0.5) -> Doubles:
    """Sum octaves of noise, each twice as fine and gain times as strong: in -1..1."""
    shares = gain ** np.arange(octaves)
    total = np.zeros(points.shape[:-1])
    for k, share in enumerate(shares):
        total += share * value_noise(points, frequency * 2**k, seed + k)
    return np.asarray(total / shares.sum())
