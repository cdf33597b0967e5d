"""Which part of the timeline is in sight: one axis shared by ruler, tracks, waveform and spectrogram."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

Number = TypeVar("Number", float, NDArray[np.floating[Any]])
"""One, or many at once."""

SHORTEST_S = 0.05
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


class TimeAxis(QObject):
    """The visible stretch [start_s, start_s + span_s) of a timeline total_s long."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.start_s, self.span_s, self.total_s = 0.0, 10.0, 0.0

    @property
    def longest_s(self) -> float:
        """The widest span: everything and a little air behind it."""
        return max(self.total_s * 1.06, 10.0)

    def set_total(self, total_s: float) -> None:
        """The timeline has another length: a view that showed all of it still does."""
        whole = self.span_s >= self.longest_s - 1e-6 or self.total_s == 0.0
        longer, self.total_s = total_s != self.total_s, total_s
        self._show(0.0 if whole else self.start_s, self.longest_s if whole else self.span_s, told=longer)

    def zoom(self, factor: float, at_s: float) -> None:
        """Multiply the span by factor while at_s stays where it is on screen."""
        span_s = min(max(self.span_s * factor, SHORTEST_S), self.longest_s)
        share = (at_s - self.start_s) / self.span_s
        self._show(at_s - share * span_s, span_s)

    def fit(self) -> None:
        """Show everything."""
        self._show(0.0, self.longest_s)

    def pan(self, by_s: float) -> None:
        """Move the view along the timeline."""
        self._show(self.start_s + by_s, self.span_s)

    def reveal(self, at_s: float) -> None:
        """Turn the page so that at_s is in sight."""
        if not self.start_s <= at_s <= self.start_s + self.span_s:
            self._show(at_s - 0.1 * self.span_s, self.span_s)

    def x_of(self, at_s: Number, width: float) -> Number:
        """Where a time lies across a widget of that width."""
        return (at_s - self.start_s) / self.span_s * width

    def at(self, x: float, width: float) -> float:
        """Which time lies at x across a widget of that width, never before zero."""
        return max(self.start_s + x / max(width, 1.0) * self.span_s, 0.0)

    def ticks(self, width: float, apart_px: float = 84.0) -> tuple[float, list[float]]:
        """Step and times of labelled ticks at least apart_px from one another."""
        least_s = self.span_s * apart_px / max(width, 1.0)
        step_s = next((step for step in _STEPS if step >= least_s), _STEPS[-1])
        first = math.ceil(self.start_s / step_s - 1e-9)
        last = math.floor((self.start_s + self.span_s) / step_s + 1e-9)
        return step_s, [i * step_s for i in range(first, last + 1)]

    def _show(self, start_s: float, span_s: float, *, told: bool = False) -> None:
        """Look at that stretch; told: listeners hear of it even if it is the same."""
        span_s = min(max(span_s, SHORTEST_S), self.longest_s)
        start_s = min(max(start_s, 0.0), max(self.longest_s - span_s, 0.0))
        if (start_s, span_s) != (self.start_s, self.span_s):
            self.start_s, self.span_s, told = start_s, span_s, True
        if told:
            self.changed.emit()
