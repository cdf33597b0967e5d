"""A mirrored ring: the newest samples always lie in one piece, so neither writer nor reader ever waits or wraps."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray


class MirroredRing:
    """Holds the newest `capacity` samples. One thread writes, one reads; positions count samples since the start.

    channels: None for mono blocks (n,), else blocks are (n, channels).
    """

    def __init__(self, capacity: int, channels: int | None = None) -> None:
        self.capacity = capacity
        shape = (2 * capacity,) if channels is None else (2 * capacity, channels)
        self._samples = np.zeros(shape, np.float32)  # the second half repeats the first
        self.written = 0
        """Samples written since the start: the position of the next one."""
        self.lost = 0
        """Samples overwritten before read_from came for them."""

    def write(self, block: FloatArray) -> None:
        """Append (n,) samples; of more than fit only the newest stay."""
        newest = block[-self.capacity :]
        at = (self.written + len(block) - len(newest)) % self.capacity
        first = newest[: self.capacity - at]
        rest = newest[len(first) :]
        for base in (0, self.capacity):
            self._samples[base + at : base + at + len(first)] = first
            self._samples[base : base + len(rest)] = rest
        self.written += len(block)  # last, so that a reader never sees samples that are not there yet

    def latest(self, count: int) -> FloatArray:
        """A copy of the newest samples, (n,) with n <= count and <= capacity."""
        written = self.written
        count = min(count, written, self.capacity)
        return self._piece(written - count, count)

    def read_from(self, position: int) -> tuple[FloatArray, int]:
        """A copy of what came since position and the position to ask for next; what was overwritten counts as lost."""
        written = self.written
        oldest = max(written - self.capacity, 0)
        if position < oldest:
            self.lost += oldest - position
            position = oldest
        return self._piece(position, written - position), written

    def wipe(self) -> None:
        """Overwrite all sound with silence; positions stay."""
        self._samples.fill(0.0)

    def _piece(self, position: int, count: int) -> FloatArray:
        at = position % self.capacity
        return self._samples[at : at + count].copy()
