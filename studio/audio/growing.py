"""An array that grows at its end without being copied each time."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray


class GrowingArray:
    """float32 rows appended over time; one thread appends, others may look at what is there."""

    def __init__(self, *row: int) -> None:
        self._store: FloatArray = np.zeros((1024, *row), np.float32)
        self._count = 0

    @classmethod
    def over(cls, rows: FloatArray) -> GrowingArray:
        """Start from rows that are there already, without copying them; they are never written to."""
        array = cls(*rows.shape[1:])
        array._store, array._count = rows, len(rows)
        return array

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> FloatArray:
        """What has been appended, as a view: (n, *row). Rows already there change only by truncate and append."""
        return self._store[: self._count]

    def append(self, rows: FloatArray) -> None:
        """Add rows at the end."""
        needed = self._count + len(rows)
        if len(rows) == 0:
            return
        if needed > len(self._store):
            grown = np.zeros((max(needed, 2 * len(self._store)), *self._store.shape[1:]), np.float32)
            grown[: self._count] = self.rows
            self._store = grown
        self._store[self._count : needed] = rows
        self._count = needed

    def truncate(self, count: int) -> None:
        """Forget rows from `count` on (never used on an array made by over)."""
        self._count = min(self._count, count)
