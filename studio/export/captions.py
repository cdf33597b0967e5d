"""Captions from the words of the story and when they are heard: SRT and WebVTT."""

from __future__ import annotations

import re
import textwrap
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pysubs2

from engines.api.values import Word
from studio.atomic import explain, write_bytes
from studio.export.errors import ExportError

LINE = 42
"""Characters in a line (EBU and Netflix guides alike)."""
LINES = 2
LONGEST_S = 6.0
SHORTEST_S = 1.0
PAUSE_S = 0.7
"""A silence this long always ends a caption."""
FORMATS = {".srt": "srt", ".vtt": "vtt"}


_ABBREVIATION = re.compile(r"(?:[A-Z][a-z]{0,2}\.)+")
"""Mr. and U.S. end no sentence."""


@dataclass(frozen=True)
class Caption:
    """Words shown together and when."""

    text: str
    start_s: float
    end_s: float


def captions_of(words: Sequence[Word], text: str = "") -> tuple[Caption, ...]:
    """Group words into captions of at most two lines; sentences, pauses and six seconds end one; none overlap.

    text: the story, from which words that know their offset take their punctuation back.
    """
    words = as_written(words, text) if text else words
    groups: list[list[Word]] = []
    for word in words:
        if groups and _goes_on(groups[-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    ends = [*(group[0].start_s for group in groups[1:]), float("inf")]
    return tuple(_caption(group, limit_s) for group, limit_s in zip(groups, ends, strict=False))


def write_captions(captions: Iterable[Caption], path: Path) -> None:
    """Write .srt or .vtt in one move. Raises ExportError."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ExportError(f"{path.name} is no name for captions: let it end in .srt or .vtt.")
    file = pysubs2.SSAFile()
    for caption in captions:
        text = caption.text.replace("\n", "\\N")
        file.append(pysubs2.SSAEvent(round(caption.start_s * 1000), round(caption.end_s * 1000), text))
    try:
        write_bytes(path, file.to_string(kind).encode())
    except OSError as error:
        raise ExportError(f"{path} could not be written: {explain(error)}.") from None


def _goes_on(group: list[Word], word: Word) -> bool:
    last = group[-1]
    lines = _wrap([*group, word])
    bare = last.text.rstrip("\"'”’)")
    ended = bare.endswith((".", "!", "?", ":", ";")) and not _ABBREVIATION.fullmatch(bare)
    late = word.start_s - last.end_s > PAUSE_S or word.end_s - group[0].start_s > LONGEST_S
    return not ended and not late and len(lines) <= LINES


def as_written(words: Sequence[Word], text: str) -> tuple[Word, ...]:
    """Words with everything that touches them in the story they have offsets into: "well-known," stays one piece."""
    tokens = [token.span() for token in re.finditer(r"\S+", text)]
    starts = [start for start, _ in tokens]
    joined: list[Word] = []
    shown = 0  # characters of the story already shown
    for word in words:
        first, last = (bisect(starts, at) - 1 for at in (word.offset, word.offset + len(word.text) - 1))
        if word.offset < 0 or first < 0:
            joined.append(word)
        elif word.offset < shown:
            joined[-1] = replace(joined[-1], end_s=word.end_s)
        else:
            shown = tokens[last][1]
            joined.append(replace(word, text=text[tokens[first][0] : shown]))
    return tuple(joined)


def _caption(group: list[Word], limit_s: float) -> Caption:
    start_s, end_s = group[0].start_s, group[-1].end_s
    return Caption("\n".join(_wrap(group)), start_s, min(max(end_s, start_s + SHORTEST_S), max(limit_s, end_s)))


def _wrap(group: list[Word]) -> list[str]:
    return textwrap.wrap(" ".join(word.text for word in group), LINE, break_on_hyphens=False)
