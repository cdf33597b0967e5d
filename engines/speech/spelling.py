"""The words of a text as the aligner's dictionary spells them, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engines.speech.newsreader import read
from engines.speech.sentences import split

_SPOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")


@dataclass(frozen=True)
class Told:
    """A spoken word in dictionary spelling and the written word it comes from: offset and length in the text."""

    spoken: str
    offset: int
    length: int


def spoken_words(text: str, voice: str = "en-us") -> list[Told]:
    """Words to align, said as a newsreader would: "14:30" is two of them with the same offset."""
    return [
        Told(word.lower(), sentence.offset + piece.offset, piece.length)
        for sentence in split(text)
        for piece in read(sentence.text, voice).words
        for word in _SPOKEN.findall(piece.words)
    ]
