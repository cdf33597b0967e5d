"""Knows what somebody is typing: where a text changed, the words at that place, and the sentence around it."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"'”’)]*\s|\n")
WORDS = 3
"""Words said while typing: the one under the caret and those before it."""


def changed_at(old: str, new: str) -> int:
    """The end of what changed, as a place in the new text."""
    longest = min(len(old), len(new))
    same = next((i for i in range(longest) if old[i] != new[i]), longest)
    tail = 0
    while tail < longest - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return len(new) - tail


def sentence_around(text: str, at: int) -> str:
    """The sentence that holds a place, without outer white space; that before it where the place is after its end."""
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        if end > at or end == len(text):
            found = text[start:end].strip()
            return found or sentence_around(text, max(start - 1, 0)) if start else found
        start = end
    return ""


def words_before(text: str, at: int, count: int = WORDS) -> str:
    """The last words of the sentence up to a place, the word at the place whole."""
    while at < len(text) and not text[at].isspace():
        at += 1
    start = max((match.end() for match in _END.finditer(text, 0, max(at - 1, 0))), default=0)
    return " ".join(text[start:at].split()[-count:])
