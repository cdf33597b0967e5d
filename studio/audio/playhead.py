"""Which sample is being heard: from what was handed to the sound card and when it will sound."""

from __future__ import annotations


class Playhead:
    """Never goes back by itself, never runs ahead of what was handed out. Times in seconds of any steady clock."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self.jump(0)

    def jump(self, sample: float) -> None:
        """Stand at that sample until something is scheduled."""
        self._first = self._limit = self._floor = float(sample)
        self._at_s = 0.0

    def schedule(self, first: float, count: float, at_s: float) -> None:
        """Samples first .. first + count will be heard from at_s on; until then those handed out before are."""
        self._first, self._limit, self._at_s = first, first + count, at_s

    def position(self, now_s: float) -> float:
        """The sample heard at now_s, with the fraction."""
        reached = self._first + (now_s - self._at_s) * self._rate_hz
        self._floor = max(self._floor, min(reached, self._limit))
        return self._floor
