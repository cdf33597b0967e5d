"""Clocks: the one object that playhead, picture and pose ask for the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol


class Clock(Protocol):
    """Time on the timeline in seconds. The loudspeaker's clock (studio.audio.speaker) has the same face."""

    def now_s(self) -> float:
        """Where on the timeline we are."""
        ...

    def start(self, at_s: float) -> None:
        """Run from that place."""
        ...

    def stop(self) -> None:
        """Stand still where we are."""
        ...


class WallClock:
    """Runs with the computer's own time: for pictures without sound."""

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._base_s = 0.0
        self._since: float | None = None

    def now_s(self) -> float:
        """Where on the timeline we are."""
        return self._base_s if self._since is None else self._base_s + self._source() - self._since

    def start(self, at_s: float) -> None:
        """Run from that place."""
        self._base_s, self._since = at_s, self._source()

    def stop(self) -> None:
        """Stand still where we are."""
        self._base_s, self._since = self.now_s(), None


class FileClock:
    """Steps frame by frame through a file that is being written; exact at any rate."""

    def __init__(self, fps: Fraction) -> None:
        self.fps = fps
        self.frame = 0

    def now_s(self) -> float:
        """Time of the frame being written."""
        return float(self.frame / self.fps)

    def start(self, at_s: float) -> None:
        """Go to the frame shown at that time."""
        self.frame = int(Fraction(at_s) * self.fps)

    def stop(self) -> None:
        """A file clock moves only by step."""

    def step(self) -> None:
        """On to the next frame."""
        self.frame += 1


class HandClock:
    """Turned by hand in tests: runs only by what advance gives it."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self.running = False

    def now_s(self) -> float:
        """Where the hand stands."""
        return self._now_s

    def start(self, at_s: float) -> None:
        """Put the hand there and let advance move it."""
        self._now_s, self.running = at_s, True

    def stop(self) -> None:
        """Hold the hand."""
        self.running = False

    def advance(self, seconds: float) -> None:
        """Turn the hand, if the clock runs."""
        if self.running:
            self._now_s += seconds
