"""The gate: lets sound through while it is loud enough, and a moment longer, so that a quiet room moves no lips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.api.values import FloatArray
from studio.audio.level import decibels

HYSTERESIS_DB = 3.0
"""An open gate closes only this far below where it opens, else it would flutter at the threshold."""


@dataclass(frozen=True)
class GateConfig:
    """threshold_db: decibels of full scale (RMS of a hop) that open the gate; hold_s: how long it stays open after."""

    threshold_db: float = -45.0
    hold_s: float = 0.25


class Gate:
    """Decides hop by hop; what it holds back becomes silence of the same length."""

    def __init__(self, config: GateConfig | None = None) -> None:
        self.config = config or GateConfig()
        self.open = False
        self._left_s = 0.0

    def push(self, hop: FloatArray, rate_hz: int) -> FloatArray:
        """(n,) samples of any length, as they are or silent."""
        loud_db = decibels(float(np.sqrt(np.mean(np.square(hop, dtype=np.float64))))) if len(hop) else -np.inf
        opens_db = self.config.threshold_db - (HYSTERESIS_DB if self.open else 0.0)
        if loud_db >= opens_db:
            self._left_s = self.config.hold_s
            self.open = True
        else:
            self._left_s -= len(hop) / rate_hz
            self.open = self.open and self._left_s > 0
        return hop if self.open else np.zeros_like(hop)

    def close(self) -> None:
        """Shut at once."""
        self.open, self._left_s = False, 0.0
