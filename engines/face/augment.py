"""Knows how the columns of a voice would differ in another throat, microphone, room or noise; new chance every time.

Values are those of engines.face.sound: 10 log10 of the power against the speaker's level, 60 dB brought to 0..1. What
changes pitch and speed needs the samples and is done once, before (dataset.changed). c columns, w bands.
Sources: N. Jaitly, G. E. Hinton, "Vocal tract length perturbation (VTLP) improves speech recognition", ICML workshop
2013; D. S. Park et al., "SpecAugment", Interspeech 2019; J.-D. Polack's model of the tail of a room.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from engines.api.values import FloatArray
from engines.face.config import HOP, RATE_HZ
from engines.face.sound import HEADROOM_DB, RANGE_DB

_AT_LEVEL = 1.0 - HEADROOM_DB / RANGE_DB
"""Value of a band that holds all the power of usual speech."""
_TO_DECADES = RANGE_DB / 10
_HIGHEST = 1.5


def elsewhere(columns: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The columns (c, w) as somebody else's, heard by another microphone; one clip in five stays as it is."""
    if rng.random() < 0.2:
        return columns
    values = warped(columns, float(np.exp(rng.uniform(-0.11, 0.11))))
    values = np.where(values > 0, values + response(columns.shape[1], rng), 0.0)
    power = 10 ** (_TO_DECADES * values) - 1.0  # value 0 is nothing heard
    power *= (10 ** (_TO_DECADES * columns) - 1.0).sum() / max(float(power.sum()), 1e-9)  # the ear follows the level
    if rng.random() < 0.3:
        power = ringing(power, rng.uniform(0.15, 0.6), rng.uniform(0.02, 0.3))
    if rng.random() < 0.6:
        power += noise(columns.shape, rng.uniform(8, 45), rng.uniform(0, 2), rng)
    values = np.log10(np.maximum(power, 0.0) + 1.0) / _TO_DECADES
    if rng.random() < 0.3:
        first, wide = rng.integers(0, columns.shape[1]), rng.integers(1, 7)
        values[:, first : first + wide] = 0.0
    return np.clip(values, 0.0, _HIGHEST).astype(np.float32)


def warped(columns: FloatArray, factor: float) -> FloatArray:
    """Move resonances to `factor` times their frequency, as a shorter throat does."""
    bands = columns.shape[1]
    at = np.clip((np.arange(bands) + 1) / factor - 1, 0, bands - 1)  # band b is at (b + 1) times the lowest
    low = np.minimum(at.astype(int), bands - 2)
    share = (at - low).astype(np.float32)
    result: FloatArray = columns[:, low] * (1 - share) + columns[:, low + 1] * share
    return result


def response(bands: int, rng: np.random.Generator) -> FloatArray:
    """What a microphone adds to each band (w,): a tilt of up to 10 dB and smooth bumps of some 3 dB."""
    place = np.linspace(-0.5, 0.5, bands)
    bumps = sum(rng.normal(0, 2.0) * np.cos(np.pi * k * (place + 0.5)) for k in range(2, 7))
    return np.asarray((rng.uniform(-10, 10) * place + bumps) / RANGE_DB, np.float32)


def ringing(power: FloatArray, decay_s: float, wet: float) -> FloatArray:
    """Let power (c, w) die away over decay_s (to -60 dB); wet: energy of the tail against the direct sound."""
    kept = 10 ** (-6 * HOP / RATE_HZ / decay_s)
    tail: FloatArray = lfilter([0.0, wet * (1 - kept)], [1.0, -kept], power, axis=0)
    return power + tail


def noise(shape: tuple[int, ...], snr_db: float, colour: float, rng: np.random.Generator) -> FloatArray:
    """Power (c, w) of steady noise so far below usual speech, falling with frequency as 1 / f^colour."""
    shares = (np.arange(shape[1]) + 1.0) ** -colour
    steady = shares / shares.sum() * 10 ** (_TO_DECADES * _AT_LEVEL - snr_db / 10)
    return rng.standard_exponential(shape) * steady
