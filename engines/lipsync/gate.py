"""Knows when somebody speaks: a voice-activity gate that holds the mouth shut and perfectly still in silence.

The gate is 1 while speech is heard and exactly 0 in pauses; between, it moves smoothly: the mouth opens ATTACK_S before
the sound (as lips do) and has closed RELEASE_S after it. Energy decides: a frame speaks when it is well above the
quietest tenth of the recording and not far below its spoken level; short gaps (stops, p t k) do not close the gate.
Letters: t feature frames (100 Hz), f mouth shapes (25 fps).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_dilation, binary_opening, uniform_filter1d

from engines.api.values import FloatArray
from engines.common.mfcc import LEVEL, QUIET, frame_rms
from engines.lipsync.config import FPS, STEP

ATTACK_S = 0.12
RELEASE_S = 0.16
HOLD_S = 0.04
"""Speech is taken to reach this far beyond the frames whose energy shows it."""
GAP_S = 0.20
"""Quiet spells shorter than this lie inside speech."""
BURST_S = 0.04
"""Sounds shorter than this are clicks, not speech."""
_ABOVE_NOISE_DB = 9.0
_BELOW_SPEECH_DB = (-40.0, -14.0)
"""The threshold stays between these, seen from the spoken level."""


def gate(samples: FloatArray, gain: float, frames: int) -> FloatArray:
    """Opening of the gate (frames,) in [0, 1] for sound at 16 kHz whose spoken level `gain` brings to LEVEL."""
    rms = frame_rms(samples)
    if not len(rms) or np.percentile(rms, 95) < QUIET:
        return np.zeros(frames, np.float32)
    active = speaking(rms * np.float32(gain))
    ramp = np.maximum(_approach(active, ATTACK_S), _approach(active[::-1], RELEASE_S)[::-1])
    at_shapes = np.zeros(frames * STEP, np.float32)
    at_shapes[: len(ramp)] = ramp[: frames * STEP]
    return at_shapes[::STEP]


def speaking(rms: FloatArray) -> NDArray[np.bool_]:
    """Whether each feature frame (t,) of level-normalised sound belongs to speech."""
    level_db = 20 * np.log10(uniform_filter1d(rms, 3) / LEVEL + 1e-6)
    noise_db = float(np.percentile(level_db, 10))
    loud = level_db > np.clip(noise_db + _ABOVE_NOISE_DB, *_BELOW_SPEECH_DB)
    margin = 100
    padded = np.pad(loud, margin)
    padded = binary_opening(padded, np.ones(_frames(BURST_S)))
    padded = binary_closing(padded, np.ones(_frames(GAP_S)))
    grown: NDArray[np.bool_] = binary_dilation(padded, np.ones(2 * _frames(HOLD_S) + 1))[margin:-margin]
    return grown


def _frames(seconds: float) -> int:
    return round(seconds * FPS * STEP)


def _approach(active: NDArray[np.bool_], seconds: float) -> FloatArray:
    """1 in speech, rising smoothly to it over `seconds` before it begins, else 0: (t,)."""
    count = len(active)
    starts = np.where(active, np.arange(count), count + 10**6)
    until = np.minimum.accumulate(starts[::-1])[::-1] - np.arange(count)
    x = np.clip(1.0 - until / max(_frames(seconds), 1), 0.0, 1.0)
    return (x * x * (3 - 2 * x)).astype(np.float32)
