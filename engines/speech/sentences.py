"""Where the sentences and paragraphs of a story begin and end, in character offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engines.speech.lexicon import table, words

LONGEST = 300
"""Characters spoken at once: longer sentences are cut at a comma or a space."""

_CLOSERS = "\"'”’»)\\]}"
_STOP = re.compile(rf"[.!?…؟۔]+[{_CLOSERS}]*(?=\s|$)|[。！？।]+[{_CLOSERS}」』]*|\n\s*\n|\n|$")
_LAST_WORD = re.compile(r"((?:\w\.)*\w+)\.$")
_HEADING = 50


@dataclass(frozen=True)
class Sentence:
    """Text to speak at once, its offset in the story, and whether a paragraph ends with it or just a part of one."""

    text: str
    offset: int
    ends_paragraph: bool = False
    ends_sentence: bool = True


def split(text: str) -> Iterator[Sentence]:
    """Sentences of text in order; together they hold every character except the white space between them."""
    start, last = 0, len(text.rstrip())
    for stop in _STOP.finditer(text):
        if not _ends(text, start, stop):
            continue
        paragraph = "\n" in text[stop.end() : _next_word(text, stop.end())] or "\n" in stop.group()
        yield from _chunks(text, start, stop.end(), paragraph or stop.end() >= last)
        start = stop.end()


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a sentence that began at start really ends at this stop."""
    if not stop.group():
        return True
    if stop.group().startswith("\n"):
        return "\n" in stop.group().lstrip("\n ") or stop.group().count("\n") > 1 or _is_heading(text, start, stop)
    following = text[stop.end() : stop.end() + 80].lstrip()
    if not following or stop.group()[0] in "。！？।":
        return True
    if following[0].islower():  # “Stop!” she said.
        return False
    if not re.match(r"\.(?!\.)", stop.group()):
        return True
    word = _LAST_WORD.search(text, max(start, stop.start() - 20), stop.start() + 1)
    return word is None or _may_end(word.group(1), following)


def _may_end(word: str, following: str) -> bool:
    """Whether a sentence may end at the stop after word, when following comes next."""
    starts_anew = following.split()[0].strip("\"'“‘(,").lower() in words("unstressed")
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):  # U.S., a.m.
        return starts_anew
    if re.fullmatch(r"[A-HJ-Z]", word):  # an initial
        return False
    if word in ("No", "Nos"):
        return not following[0].isdigit()
    row = table("abbreviations").get(word)
    return row is None or ("end" in row and starts_anew)


def _is_heading(text: str, start: int, stop: re.Match[str]) -> bool:
    """A single line break ends a short line before a capital; longer lines were wrapped by their author's mail."""
    line = text[max(start, text.rfind("\n", 0, stop.start()) + 1) : stop.start()].strip()
    following = text[stop.end() : stop.end() + 40].lstrip()
    return bool(line) and len(line) <= _HEADING and bool(following) and not following[0].islower()


def _next_word(text: str, at: int) -> int:
    match = re.compile(r"\s*").match(text, at)
    return match.end() if match else at


def _chunks(text: str, start: int, end: int, ends_paragraph: bool) -> Iterator[Sentence]:
    """text[start:end] without outer white space, in parts of at most LONGEST characters."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = _cut(text, start)
        yield Sentence(text[start:cut].rstrip(), start, ends_sentence=False)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield Sentence(text[start:end], start, ends_paragraph)


def _cut(text: str, start: int) -> int:
    """End of a part that begins at start: after a comma in its last half, else after a space, else anywhere."""
    window = text[start : start + LONGEST]
    for pattern in (r"[;:,،、，—–]\s", r"\s"):
        places = [match.end() for match in re.finditer(pattern, window) if match.end() > LONGEST // 2]
        if places:
            return start + places[-1]
    return start + LONGEST
