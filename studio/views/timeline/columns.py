"""The waveform's pixel columns for the stretch in sight, computed once per stretch."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray
from studio.audio.peaks import Peaks
from studio.views.timeline.axis import TimeAxis


class Columns:
    """Remembers the last answer: the playhead, pictures and selection change far more often than sound and zoom."""

    def __init__(self) -> None:
        self._peaks: Peaks | None = None
        self._view: tuple[float, float, int] = (0.0, 0.0, 0)
        self._found: FloatArray = np.zeros((0, 3), np.float32)

    def of(self, peaks: Peaks, axis: TimeAxis, width: float) -> FloatArray:
        """(columns, 3) minimum, maximum and RMS, one per pixel of a widget of that width."""
        view = (axis.start_s, axis.span_s, max(int(width), 1))
        if peaks is not self._peaks or view != self._view:
            self._peaks, self._view = peaks, view
            self._found = peaks.between(axis.start_s, axis.start_s + axis.span_s, view[2])
        return self._found
