"""Puts sounds of segments together: each fades into the next where their margins overlap."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray
from engines.codec.config import HOP, MARGIN, SEGMENT

_MARGIN = MARGIN * HOP
FADE = 512
"""Samples of a fade, half of them in either segment."""


class Join:
    """Sounds (SEGMENT + two margins,) in, samples out as soon as they are certain."""

    def __init__(self) -> None:
        self._tail: FloatArray | None = None  # what the segment before says of the first half of the fade

    def push(self, sound: FloatArray, last: bool = False) -> FloatArray:
        """The samples now certain, (m,): SEGMENT a segment in all; the first FADE / 2 fewer, the last as many more."""
        half = FADE // 2
        middle = sound[_MARGIN - half : _MARGIN + SEGMENT + half].copy()
        if self._tail is None:
            middle = middle[half:]
        else:
            rise = _rise()
            middle[:FADE] = middle[:FADE] * rise + self._tail * (1.0 - rise)
        self._tail = middle[-FADE:].copy()
        return middle[:-half] if last else middle[:-FADE]


def _rise() -> FloatArray:
    turn = (np.arange(FADE) + 0.5) / FADE
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * turn), np.float32)
