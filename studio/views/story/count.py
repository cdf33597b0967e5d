"""How much text a story is and how long it takes to read."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def count_words(text: str) -> int:
    """Words as a newsroom counts them: "don't", "3.5" and "well-known" are one each."""
    return len(_WORD.findall(text))


def reading_s(text: str, rate_wpm: int) -> float:
    """Seconds a text takes at a rate, with a breath at each sentence end."""
    ends = len(re.findall(r"[.!?…]+(?:\s|$)", text))
    return count_words(text) * 60 / rate_wpm + 0.25 * ends
