"""A written sentence turned into the words a newsreader says, each still pointing at what was written."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engines.api.jobs import Pronunciation
from engines.speech.lexicon import table
from engines.speech.rules import RULES
from engines.speech.symbols import read_symbol, script_of

_MARKS = "".join(c for c in map(chr, range(0x300, 0x1200)) if unicodedata.category(c)[0] == "M") + "\u200c\u200d"
_LETTERS = rf"[^\W\d_²³¹⁰⁴-⁹₀-₉](?:[^\W\d_²³¹⁰⁴-⁹₀-₉]|[{_MARKS}])*"
_WORD = re.compile(rf"{_LETTERS}(?:['’\-\u00ad]{_LETTERS})*['’]?")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_SILENT = {
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "’": "'",
    "‘": "'",
    "—": " — ",
    "–": " – ",
    "•": ", ",
    "·": ", ",
}
_PUNCTUATION = frozenset(".,;:!?¿¡'\"()[]{}-…‹›‚、。！？「」『』،؟۔।")


@dataclass(frozen=True)
class Said:
    """Words to say for one written word: offset and length of that in the sentence; length 0 for silent marks."""

    words: str
    offset: int
    length: int


@dataclass(frozen=True)
class Reading:
    """A sentence as it is spoken: the pieces in order, and where each begins in the spoken text."""

    pieces: tuple[Said, ...]
    starts: tuple[int, ...]

    @property
    def spoken(self) -> str:
        """The text for the voice."""
        return "".join(piece.words for piece in self.pieces)

    @property
    def words(self) -> tuple[Said, ...]:
        """Pieces that are heard."""
        return tuple(piece for piece in self.pieces if piece.length)

    def locate(self, position: int) -> Said | None:
        """The piece that holds a character of the spoken text; None in silent marks."""
        index = bisect_right(self.starts, position) - 1
        piece = self.pieces[index] if 0 <= index < len(self.pieces) else None
        return piece if piece is not None and piece.length else None


def read(text: str, language: str = "en-gb", pronunciations: Sequence[Pronunciation] = ()) -> Reading:
    """How text is said in a language.

    Rules for figures and capitals are English; other voices read those by their own rules. Pronunciations hold for
    whole words: a term in small letters matches any case, one with capitals only itself. Raises EngineError for
    characters that have no name.
    """
    english = language.startswith("en")
    terms = _terms(tuple(pronunciations))
    pieces: list[Said] = []
    at = 0
    while at < len(text):
        said, length, heard = _next(text, at, english, language.startswith("en-us"), terms)
        if heard and said and pieces and pieces[-1].words[-1:].isalnum() and said[0].isalnum():
            pieces.append(Said(" ", at, 0))
        if said:
            pieces.append(Said(said, at, length if heard else 0))
        at += length
    return _reading(pieces)


def _reading(pieces: Iterable[Said]) -> Reading:
    kept, starts, at = [], [], 0
    for piece in pieces:
        kept.append(piece)
        starts.append(at)
        at += len(piece.words)
    return Reading(tuple(kept), tuple(starts))


_Terms = tuple[re.Pattern[str] | None, dict[str, str], dict[str, str]]


@lru_cache(maxsize=8)
def _terms(pronunciations: tuple[Pronunciation, ...]) -> _Terms:
    """A pattern of all terms, longest first, and the respellings of exact terms and of those of any case."""
    exact = {p.term: p.respelling for p in pronunciations if p.term and p.term != p.term.lower()}
    folded = {p.term: p.respelling for p in pronunciations if p.term and p.term == p.term.lower()}
    if not exact and not folded:
        return None, {}, {}
    ordered = sorted((*exact, *folded), key=len, reverse=True)
    choices = "|".join(re.escape(t) if t in exact else f"(?i:{re.escape(t)})" for t in ordered)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)"), exact, folded


def _next(text: str, at: int, english: bool, american: bool, terms: _Terms) -> tuple[str, int, bool]:
    """What to say for the token at a place, its length, and whether it is heard."""
    pattern, exact, folded = terms
    term = pattern.match(text, at) if pattern else None
    if term:
        return exact.get(term.group()) or folded.get(term.group().lower(), ""), len(term.group()), True
    if text[at].isspace():
        return " ", 1, False
    if english:
        for rule in RULES:
            match = rule.pattern.match(text, at)
            said = rule.say(match, american) if match and match.end() > at else None
            if match and said:
                return said, match.end() - at, True
    word = _WORD.match(text, at) or (None if english else _FIGURES.match(text, at))
    lone = word is not None and len(word.group()) == 1 and (script_of(text[at]) or text[at] in table("symbols"))
    if word and not (english and lone):
        return _plain(word.group()), len(word.group()), True
    return _sign(text, at)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).replace("’", "'").replace("\u00ad", "")


def _sign(text: str, at: int) -> tuple[str, int, bool]:
    """Punctuation is kept for its pause, fractions are read, other signs and emoji are named."""
    character = text[at]
    if character in _SILENT or character in _PUNCTUATION:
        return _SILENT.get(character, character), 1, False
    folded = unicodedata.normalize("NFKC", character)
    if character not in table("symbols") and folded != character and folded.isalnum() and folded.isascii():
        return folded, 1, True
    name, length = read_symbol(text, at)
    return (f" {name} ", length, True) if name else ("", length, False)
