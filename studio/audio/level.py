"""How loud it is: peak and RMS in decibels of full scale, with the fall of a studio meter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.api.values import FloatArray

FLOOR_DB = -90.0
FALL_DB_PER_S = 20.0
"""How fast the bars fall: IEC 60268-18 asks a digital peak meter for 20 dB in 1.7 s; speech reads better faster."""
HOLD_S = 1.0
CLIPPED = 0.999


@dataclass(frozen=True)
class Level:
    """Decibels of full scale, at least FLOOR_DB; held_db: highest of the last second; clipped: it hit full scale."""

    peak_db: float = FLOOR_DB
    rms_db: float = FLOOR_DB
    held_db: float = FLOOR_DB
    clipped: bool = False


def decibels(amplitude: float) -> float:
    """Amplitude (1 is full scale) in decibels, not below FLOOR_DB."""
    return max(20 * math.log10(amplitude), FLOOR_DB) if amplitude > 0 else FLOOR_DB


class LevelMeter:
    """Takes blocks as they come and says what the bars show."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._held_for_s = 0.0
        self.now = Level()

    def push(self, block: FloatArray) -> Level:
        """Take in (n,) samples and return the level after them."""
        if len(block) == 0:
            return self.now
        seconds = len(block) / self._rate_hz
        peak = float(np.abs(block).max())
        peak_db = decibels(peak)
        rms_db = decibels(float(np.sqrt(np.mean(np.square(block, dtype=np.float64)))))
        fallen = FALL_DB_PER_S * seconds
        self.now = Level(
            max(peak_db, self.now.peak_db - fallen, FLOOR_DB),
            max(rms_db, self.now.rms_db - fallen, FLOOR_DB),
            self._hold(peak_db, seconds),
            self.now.clipped or peak >= CLIPPED,
        )
        return self.now

    def reset(self) -> None:
        """Back to silence, the clip lamp out."""
        self.now, self._held_for_s = Level(), 0.0

    def _hold(self, peak_db: float, seconds: float) -> float:
        self._held_for_s += seconds
        if peak_db >= self.now.held_db or self._held_for_s > HOLD_S:
            self._held_for_s = 0.0
            return peak_db
        return self.now.held_db
