"""How fast a job gets on: fraction done and time left, from its progress events."""

from __future__ import annotations

from collections import deque

from engines.api.events import Progress

WINDOW_S = 20.0
"""Pace is judged over this much of the recent past: long enough to be calm, short enough to follow a slower stretch."""


class Pace:
    """The pace of the present stage; another stage or another total begins anew."""

    def __init__(self) -> None:
        self._stage: tuple[str, float] | None = None
        self._seen: deque[tuple[float, float]] = deque()  # (time in s, units done)
        self._total = 0.0

    def add(self, event: Progress, now_s: float) -> None:
        """Take in a progress event heard at now_s."""
        if (event.stage, event.total) != self._stage:
            self._stage = (event.stage, event.total)
            self._seen.clear()
        self._total = event.total
        self._seen.append((now_s, event.done))
        while len(self._seen) > 2 and self._seen[1][0] <= now_s - WINDOW_S:
            self._seen.popleft()

    @property
    def fraction(self) -> float | None:
        """0..1 of the stage, None if its total is unknown."""
        if not self._seen or self._total <= 0:
            return None
        return min(max(self._seen[-1][1] / self._total, 0.0), 1.0)

    @property
    def left_s(self) -> float | None:
        """Seconds until the stage ends at the present pace, None until two events show one."""
        if len(self._seen) < 2 or self._total <= 0:
            return None
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        if last <= first or last_s <= first_s:
            return None
        return max(self._total - last, 0.0) * (last_s - first_s) / (last - first)
