"""A short passage of plucked strings, made from nothing: music for the phase methods to rebuild."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from engines.api.values import Audio, FloatArray

NOTES: tuple[tuple[float, float, float], ...] = (
    (0.2, 220.00, 0.8),
    (0.7, 277.18, 0.8),
    (1.2, 329.63, 0.8),
    (1.7, 440.00, 0.9),
    (2.4, 110.00, 0.7),
    (2.4, 220.00, 0.6),
    (2.4, 277.18, 0.6),
    (2.4, 329.63, 0.6),
    (3.8, 146.83, 0.7),
    (3.8, 293.66, 0.6),
    (3.8, 369.99, 0.6),
)
"""Start in seconds, pitch in Hz, strength: an arpeggio of A major, the chord, and the chord of D."""
_RING_S, _SECONDS = 2.0, 5.5


def passage(rate_hz: int = 16000, seed: int = 0) -> Audio:
    """About five seconds of strings at peak 0.9."""
    chance = np.random.default_rng(seed)
    sound = np.zeros(round(_SECONDS * rate_hz))
    for start_s, pitch_hz, strength in NOTES:
        first = round(start_s * rate_hz)
        note = strength * pluck(pitch_hz, rate_hz, chance)[: len(sound) - first]
        sound[first : first + len(note)] += note
    return Audio((0.9 * sound / np.abs(sound).max()).astype(np.float32), rate_hz)


def pluck(pitch_hz: float, rate_hz: int, chance: np.random.Generator) -> FloatArray:
    """A string that rings for two seconds, (n,).

    Source: Karplus and Strong, "Digital synthesis of plucked-string and drum timbres" (1983), fractional delay by
    linear interpolation: Jaffe and Smith, "Extensions of the Karplus-Strong plucked-string algorithm" (1983).
    """
    period = rate_hz / pitch_hz - 0.5  # the mean of two neighbours delays by half a sample
    whole, part = int(period), period % 1.0
    burst = np.zeros(round(_RING_S * rate_hz))
    burst[:whole] = lfilter([0.25, 0.5, 0.25], [1.0], chance.uniform(-1, 1, whole))
    burst[:whole] -= burst[:whole].mean()  # else the string would drift away from its rest
    loss = 0.998
    feedback = np.zeros(whole + 3)
    feedback[0] = 1.0
    for delay, share in ((whole, 1 - part), (whole + 1, part)):
        feedback[delay] -= loss * share / 2
        feedback[delay + 1] -= loss * share / 2
    ringing = lfilter([1.0, -1.0], [1.0, -0.99], lfilter([1.0], feedback, burst))
    fade = np.minimum(1.0, (len(ringing) - np.arange(len(ringing))) / (0.05 * rate_hz))
    return np.asarray(ringing * fade, np.float32)
