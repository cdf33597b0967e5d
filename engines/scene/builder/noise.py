"""Knows smooth random patterns in space, the same for the same seed on every machine."""

from __future__ import annotations

from itertools import product

import numpy as np

from engines.scene.builder.sources import Doubles


def value_noise(points: Doubles, frequency: float, seed: int) -> Doubles:
    """Lattice noise in -1..1 at points (..., 3); frequency in cells per centimetre."""
    scaled = points * frequency
    cell = np.floor(scaled).astype(np.int64)
    inside = scaled - cell
    ease = inside**3 * (inside * (inside * 6 - 15) + 10)
    total = np.zeros(points.shape[:-1])
    for corner in product((0, 1), repeat=3):
        share = np.prod(np.where(np.array(corner) == 1, ease, 1 - ease), axis=-1)
        total += share * _hash(cell + np.array(corner), seed)
    return total


def _hash(cell: np.ndarray, seed: int) -> Doubles:
    mixed = (cell[..., 0] * 73856093) ^ (cell[..., 1] * 19349663) ^ (cell[..., 2] * 83492791) ^ (seed * 2654435761)
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0x7FFFFFFF
    return np.asarray(((mixed ^ (mixed >> 16)) & 0xFFFF) / 32767.5 - 1)


def turbulence(points: Doubles, frequency: float, octaves: int, seed: int, gain: float = 0.5) -> Doubles:
    """Sum octaves of noise, each twice as fine and gain times as strong: in -1..1."""
    shares = gain ** np.arange(octaves)
    layers = [share * value_noise(points, frequency * 2**k, seed + k) for k, share in enumerate(shares)]
    return np.asarray(np.sum(layers, axis=0) / shares.sum())
