"""The words of a text as the aligner's dictionary spells them, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)


@dataclass(frozen=True)
class Told:
    """A spoken word in dictionary spelling and the written word it comes from: offset and length in the text."""

    spoken: str
    offset: int
    length: int


def spoken_words(text: str) -> list[Told]:
    """Words to align; text in other scripts keeps its letters and gets its pronunciation from espeak."""
    return [
        Told(match.group().lower().replace("’", "'"), match.start(), len(match.group()))
        for match in _WORD.finditer(text)
    ]
