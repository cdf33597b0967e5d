"""Sound brought to a loudness: one gain for all of it, and a limiter that looks ahead where peaks would be too high."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engines.api.values import Audio, FloatArray
from studio.export.loudness import Target
from studio.export.metering import OVERSAMPLING, measure

BLOCK_S = 0.5
REACH_S = 0.02
"""How long before a peak the limiter begins to turn down, and how long after it it is back."""
CODING_DB = 0.5
"""How far below the ceiling the limiter keeps peaks: AAC and Opus bring them back a little higher."""
MOST_GAIN_DB = 40.0
"""More would make a programme of the noise of a room."""
ROUNDS = 8
"""Limiting costs loudness; so often is it measured and made good."""
CLOSE_LU = 0.04


@dataclass(frozen=True)
class Levelling:
    """What is done to a sound. gain: linear; ceiling: highest true peak as an amplitude, None: none comes near it."""

    gain: float = 1.0
    ceiling: float | None = None

    def blocks(self, audio: Audio) -> Iterator[FloatArray]:
        """The levelled sound in blocks (n,) float32 at its own rate; as it was where there is nothing to do."""
        rate_hz, samples = audio.rate_hz, audio.samples
        step, margin = max(1, int(BLOCK_S * rate_hz)), 3 * _reach(rate_hz)
        for start in range(0, len(samples), step):
            before = min(margin, start) if self.ceiling is not None else 0
            after = margin if self.ceiling is not None else 0
            piece = np.ascontiguousarray(samples[start - before : start + step + after], np.float32)
            if self.gain != 1.0:
                piece = piece * np.float32(self.gain)
            if self.ceiling is not None:
                piece = limited(piece, rate_hz, self.ceiling)
            yield piece[before : before + step]


def level_to(target: Target, audio: Audio) -> Levelling:
    """What brings a sound to a target; nothing for silence and what is too short to have a loudness.

    The limiter is used only where the gain alone would bring peaks above the target's ceiling.
    """
    found = measure(Levelling().blocks(audio), audio.rate_hz)
    if target.lufs is None or found.lufs is None:
        return Levelling()
    gain_db = min(target.lufs - found.lufs, MOST_GAIN_DB)
    aim, limit_db = found.lufs + gain_db, target.ceiling_db - CODING_DB
    if found.true_peak_db + gain_db <= limit_db:
        return Levelling(_amplitude(gain_db))
    for _ in range(ROUNDS):
        levelling = Levelling(_amplitude(gain_db), _amplitude(limit_db))
        lufs = measure(levelling.blocks(audio), audio.rate_hz).lufs
        missing = 0.0 if lufs is None else aim - lufs
        if abs(missing) < CLOSE_LU:
            break
        gain_db += missing
    return levelling


def limited(samples: FloatArray, rate_hz: int, ceiling: float) -> FloatArray:
    """Samples (n,) whose true peaks stay under a ceiling.

    At each sample the lowest gain needed within reach is taken, then smoothed by two boxes that together reach as far:
    a mean of values none of which is higher than needed here. Nothing changes where all peaks are under the ceiling.
    """
    finer = np.abs(soxr.resample(samples, rate_hz, OVERSAMPLING * rate_hz))
    peaks = finer.reshape(-1, OVERSAMPLING).max(axis=1).astype(np.float64)
    if peaks.max(initial=0.0) <= ceiling:
        return samples
    reach = _reach(rate_hz)
    lowest = minimum_filter1d(ceiling / np.maximum(peaks, ceiling), 2 * reach + 1, mode="nearest")
    smooth = uniform_filter1d(uniform_filter1d(lowest, reach + 1, mode="nearest"), reach + 1, mode="nearest")
    return (samples * smooth).astype(np.float32)


def _reach(rate_hz: int) -> int:
    """REACH_S in samples, even, so that the boxes have a middle."""
    return 2 * round(REACH_S * rate_hz / 2)


def _amplitude(level_db: float) -> float:
    return float(10 ** (level_db / 20))
