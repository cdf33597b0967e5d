"""Peaks of a sound at several resolutions, so that a waveform of an hour is drawn as fast as one of a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.api.values import Audio, FloatArray
from studio.audio.growing import GrowingArray

BASE = 256
"""Samples per bin of the finest level; closer than that the samples themselves are used."""
STEP = 4
"""Bins of one level that make one of the next."""


class Peaks:
    """Grows while sound arrives. Every bin is (minimum, maximum, mean square)."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._samples = GrowingArray()
        self._levels = [GrowingArray(3)]

    @classmethod
    def of(cls, audio: Audio) -> Peaks:
        """The peaks of a whole sound; its samples are referred to, not copied."""
        peaks = cls(audio.rate_hz)
        peaks._samples = GrowingArray.over(audio.samples)
        peaks._replace(0, 0, _bins(audio.samples))
        return peaks

    @property
    def seconds(self) -> float:
        """Length so far."""
        return len(self._samples) / self.rate_hz

    def append(self, block: FloatArray) -> None:
        """Take in (n,) further samples; only bins that end in the new part are made again."""
        first = len(self._samples) // BASE
        self._samples.append(block)
        self._replace(0, first, _bins(self._samples.rows[first * BASE :]))

    def between(self, start_s: float, end_s: float, columns: int) -> FloatArray:
        """What to draw in each pixel column: (columns, 3) minimum, maximum, RMS; zeros outside the sound."""
        edges = np.linspace(start_s * self.rate_hz, end_s * self.rate_hz, columns + 1)
        per_column = (end_s - start_s) * self.rate_hz / columns
        sizes = [BASE * STEP**k for k in range(len(self._levels))]
        fitting = [k for k, size in enumerate(sizes) if size <= per_column]
        if fitting:
            return _columns(self._levels[fitting[-1]].rows, edges / sizes[fitting[-1]])
        first, last = max(int(edges[0]), 0), max(int(np.ceil(edges[-1])) + 1, 0)
        piece = self._samples.rows[first:last]
        return _columns(np.stack([piece, piece, piece**2], axis=1), edges - first)

    def _replace(self, k: int, first: int, bins: FloatArray) -> None:
        """Put bins at the end of level k from `first` on, then bring the coarser levels up to date."""
        self._levels[k].truncate(first)
        self._levels[k].append(bins)
        if len(self._levels[k]) > STEP:
            if k + 1 == len(self._levels):
                self._levels.append(GrowingArray(3))
                first = 0
            parent = min(first // STEP, len(self._levels[k + 1]))
            self._replace(k + 1, parent, _reduced(self._levels[k].rows[parent * STEP :]))


def _bins(samples: FloatArray) -> FloatArray:
    """(n,) samples -> (ceil(n / BASE), 3); the last bin may stand for fewer samples."""
    whole = len(samples) // BASE
    bins = np.empty((-(-len(samples) // BASE), 3), np.float32)
    for start in range(0, whole, 4096):  # a megasample at a time stays in the processor's cache
        rows = samples[start * BASE : min(start + 4096, whole) * BASE].reshape(-1, BASE)
        _summarise(rows, bins[start : start + len(rows)])
    if whole < len(bins):
        _summarise(samples[whole * BASE :].reshape(1, -1), bins[whole:])
    return bins


def _summarise(rows: FloatArray, bins: FloatArray) -> None:
    bins[:, 0] = rows.min(axis=1)
    bins[:, 1] = rows.max(axis=1)
    bins[:, 2] = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]


def _reduced(bins: FloatArray) -> FloatArray:
    """(k, 3) -> (ceil(k / STEP), 3)"""
    starts = np.arange(0, len(bins), STEP)
    counts = np.diff([*starts, len(bins)])
    low = np.minimum.reduceat(bins[:, 0], starts)
    high = np.maximum.reduceat(bins[:, 1], starts)
    square = np.add.reduceat(bins[:, 2], starts) / counts
    return np.stack([low, high, square], axis=1).astype(np.float32)


def _columns(bins: FloatArray, edges: NDArray[np.float64]) -> FloatArray:
    """Reduce bins (k, 3) to columns between edges (c + 1,) in bins; the mean square becomes an RMS."""
    out = np.zeros((len(edges) - 1, 3), np.float32)
    first = np.floor(edges[:-1]).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
    inside = (last > 0) & (first < len(bins))  # a bin astride an edge shows in both columns
    if len(bins) == 0 or not inside.any():
        return out
    pairs = np.stack([first[inside].clip(0), last[inside].clip(max=len(bins))], axis=1)
    padded = np.concatenate([bins, bins[-1:]])  # reduceat wants every index to exist
    out[inside, 0] = np.minimum.reduceat(padded[:, 0], pairs.ravel())[::2]
    out[inside, 1] = np.maximum.reduceat(padded[:, 1], pairs.ravel())[::2]
    squares = np.add.reduceat(padded[:, 2], pairs.ravel())[::2]
    out[inside, 2] = np.sqrt(np.maximum(squares / np.diff(pairs, axis=1)[:, 0], 0))
    return out
