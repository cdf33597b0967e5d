"""Where time goes between a sound and the face it moves: measured parts with their median and 99th percentile."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

PARTS: tuple[str, ...] = ("capture", "window", "network", "smoothing", "draw")
"""In the order sound passes them: device and ring; what the network must hear beyond a moment to show it; the way to
the engine, its work, the way back; waiting for the pose to blend with; drawing and showing the picture."""
KEPT = 500


@dataclass(frozen=True)
class Delay:
    """median_ms, p99_ms of the last measures of a part; n: how many there are."""

    median_ms: float
    p99_ms: float
    n: int


class Latency:
    """Takes measures in seconds from any thread."""

    def __init__(self) -> None:
        self._measured = {part: deque[float](maxlen=KEPT) for part in PARTS}
        self._lock = threading.Lock()

    def note(self, part: str, seconds: float) -> None:
        """One measure of a part."""
        with self._lock:
            self._measured[part].append(seconds * 1000)

    def of(self, part: str) -> Delay | None:
        """A part so far; None where nothing was measured."""
        with self._lock:
            measured = tuple(self._measured[part])
        if not measured:
            return None
        return Delay(float(np.median(measured)), float(np.percentile(measured, 99)), len(measured))

    def total(self) -> Delay | None:
        """All parts together: medians added, and 99th percentiles added, which is more than the true one."""
        parts = [delay for delay in map(self.of, PARTS) if delay is not None]
        if len(parts) < len(PARTS):
            return None
        return Delay(sum(p.median_ms for p in parts), sum(p.p99_ms for p in parts), min(p.n for p in parts))

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            for measured in self._measured.values():
                measured.clear()
