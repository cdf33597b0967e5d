"""Smoothing of curves: the One-Euro filter, the same for a whole take and for a live stream, and Savitzky-Golay."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.document.tuning import Smoothing

Floats = NDArray[np.float64]
SPEED_CUTOFF_HZ = 1.0
"""Cutoff of the filter of speeds; Casiez et al. leave it at 1 Hz."""


class OneEuro:
    """A low-pass filter whose cutoff rises with speed: still curves are calm, quick ones hardly lag.

    Source: Casiez, Roussel and Vogel, "1 Euro Filter", CHI 2012, algorithms 1 and 2.
    """

    def __init__(self, cutoff_hz: float, beta: float) -> None:
        self._cutoff_hz, self._beta = cutoff_hz, beta
        self._speed: Floats | None = None
        self._value: Floats | None = None

    def push(self, values: NDArray[Any], step_s: float) -> Floats:
        """The next smoothed row (c,), step_s after the one before."""
        raw = np.asarray(values, np.float64)
        if self._value is None or self._speed is None:
            self._value, self._speed = raw.copy(), np.zeros_like(raw)
            return self._value
        speed = (raw - self._value) / step_s
        self._speed = self._speed + _share(SPEED_CUTOFF_HZ, step_s) * (speed - self._speed)
        cutoff_hz = self._cutoff_hz + self._beta * np.abs(self._speed)
        self._value = self._value + _share(cutoff_hz, step_s) * (raw - self._value)
        return self._value


def smoothed(values: Floats, rate_hz: float, smoothing: Smoothing) -> Floats:
    """Smooth curves (f, c) of frames at rate_hz; the result is new, the input stays."""
    if smoothing.kind == "one-euro":
        one = OneEuro(smoothing.cutoff_hz, smoothing.beta)
        return np.stack([one.push(row, 1 / rate_hz) for row in values]) if len(values) else values
    if smoothing.kind == "savitzky-golay":
        return savitzky_golay(values, rate_hz, smoothing)
    return values


def savitzky_golay(values: Floats, rate_hz: float, smoothing: Smoothing) -> Floats:
    """Least-squares polynomials over a window about each frame; a take shorter than the window stays as it is.

    Source: Savitzky and Golay, Analytical Chemistry 36 (1964), as in scipy.signal.
    """
    from scipy.signal import savgol_filter

    window = max(round(smoothing.window_s * rate_hz) // 2 * 2 + 1, smoothing.order // 2 * 2 + 3)
    if len(values) < window:
        return values
    return np.asarray(savgol_filter(values, window, smoothing.order, axis=0), np.float64)


def _share(cutoff_hz: Any, step_s: float) -> Any:
    """How much of a step a low-pass filter of that cutoff takes (equation 5)."""
    return 1.0 / (1.0 + 1.0 / (2 * pi * cutoff_hz * step_s))
