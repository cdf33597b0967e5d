"""Knows how a text is said without any sound: sentences, their phones, and the times the network gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from engines.api.events import EngineError
from engines.api.jobs import Pronunciation
from engines.api.values import SILENCE, Phone
from engines.speech.espeak import is_english, transcribe
from engines.speech.newsreader import read
from engines.speech.sentences import split
from engines.speech.symbols import refuse_foreign
from engines.textlip.batch import spell
from engines.textlip.config import SYMBOLS
from engines.textlip.model import ParaLip
from engines.textlip.runs import FPS

REFERENCE_WPM = 165
"""Words a minute of the pace that durations are learnt at."""
SLOWEST_WPM, FASTEST_WPM = 80, 450
LONGEST = 200_000
"""Characters of a text; more is refused."""
LEAD_S = 0.12
"""Silence before the first sentence."""
PIECE = 120
"""Phones painted at once; a longer stretch is cut at a pause, else anywhere."""
_PAUSE = re.compile(r"[,;:–—…()]+")


@dataclass(frozen=True)
class Said:
    """One sentence: where it begins in the text, and its phones, not yet timed (all times 0)."""

    offset: int
    phones: tuple[Phone, ...]


def check_text(text: str, rate_wpm: int) -> None:
    """Raise EngineError for a text that cannot be said."""
    if not text.strip():
        raise EngineError("There is nothing to say: type a sentence first.")
    if len(text) > LONGEST:
        raise EngineError(f"The text has {len(text)} characters: split it below {LONGEST}.")
    if not SLOWEST_WPM <= rate_wpm <= FASTEST_WPM:
        raise EngineError(f"The rate must lie between {SLOWEST_WPM} and {FASTEST_WPM} words a minute.")


def say(text: str, language: str = "en-gb", pronunciations: Sequence[Pronunciation] = ()) -> Iterator[Said]:
    """Sentences of a text with their phones; unknown words are spelled by rule, signs read by name.

    Raises EngineError for characters that nobody can read, and for a text without words.
    """
    refuse_foreign(text, language, language)
    spoken = False
    for sentence in split(text):
        clauses = [c for c in _PAUSE.split(read(sentence.text, language, pronunciations).spoken) if _heard(c)]
        phones = _phones(clauses, language) if clauses else ()
        if any(phone.symbol != SILENCE for phone in phones):
            spoken = True
            yield Said(sentence.offset, phones)
    if not spoken:
        raise EngineError(f"“{text.strip()[:40]}” holds no words to say: write at least one word.")


def _heard(clause: str) -> bool:
    return any(character.isalnum() for character in clause)


def _phones(clauses: list[str], language: str) -> tuple[Phone, ...]:
    """Phones of a sentence's clauses, a silence after each."""
    voice = language if is_english(language) or language else "en-gb"
    found: list[Phone] = []
    for units in transcribe(clauses, voice):
        found += (Phone(unit.symbol, 0.0, 0.0, unit.stress) for unit in units)
        found.append(Phone(SILENCE, 0.0, 0.0))
    return tuple(found)


def time(said: Said, network: ParaLip, rate_wpm: int = REFERENCE_WPM, start_s: float = 0.0) -> tuple[Phone, ...]:
    """The sentence's phones one after another from start_s on, as long as the network thinks they last."""
    with torch.inference_mode():
        pictures = network.durations(spell([said.phones], network.config))[0].tolist()
    timed, at_s = [], start_s
    for phone, count in zip(said.phones, pictures, strict=True):
        end_s = at_s + max(count, 0.2) / FPS * REFERENCE_WPM / rate_wpm
        timed.append(replace(phone, start_s=at_s, end_s=end_s))
        at_s = end_s
    return tuple(timed)


def pieces(phones: Sequence[Phone]) -> Iterator[tuple[Phone, ...]]:
    """Stretches of timed phones short enough to be painted at once, cut in the longest pause of their last half."""
    rest = list(phones)
    while len(rest) > PIECE:
        half = range(PIECE // 2, PIECE)
        cut = max(half, key=lambda i: rest[i].end_s - rest[i].start_s if rest[i].symbol == SILENCE else 0.0) + 1
        yield tuple(rest[:cut])
        rest = rest[cut:]
    if rest:
        yield tuple(rest)


def check_phones(phones: Sequence[Phone]) -> None:
    """Raise EngineError for phones whose times do not run forward."""
    if not phones or any(p.end_s < p.start_s for p in phones):
        raise EngineError("The phones of this sound are not known yet: speak it or label it first.")


def known(symbol: str) -> bool:
    """Whether a phone has an embedding of its own."""
    return symbol in SYMBOLS
