"""Which IPA phone and which stress belongs to each CMU phone of an aligned word.

The aligner's dictionary has no stress, so espeak's transcription of the same word lends its own.
"""

from __future__ import annotations

from functools import lru_cache

from engines.api.values import SILENCE
from engines.speech.decoding import TimedWord, bare, pronounce
from engines.speech.inventory import ARPABET, VOCALIC
from engines.speech.lexicon import words


def ipa_phones(word: TimedWord) -> list[tuple[str, int]]:
    """(symbol, stress) of each phone of word; silence and noise are SILENCE, consonants have stress 0."""
    names = [ARPABET.get(phone.name, SILENCE) for phone in word.phones]
    vowels = sum(name in VOCALIC for name in names)
    marks = iter(() if word.filler else _stresses(bare(word.name), vowels))
    return [_reduce(name, next(marks)) if name in VOCALIC else (name, 0) for name in names]


def _reduce(symbol: str, stress: int) -> tuple[str, int]:
    """The dictionary writes full and weak central vowels alike: stress tells them apart."""
    weak = {"ʌ": "ə"} if stress == 0 else {"ɚ": "ɜ"}
    return weak.get(symbol, symbol), stress


@lru_cache(maxsize=20000)
def _stresses(word: str, vowels: int) -> tuple[int, ...]:
    """Stress of each of a word's vowels; where espeak counts other vowels, the first one is taken as stressed."""
    if word in words("unstressed"):
        return (0,) * vowels
    found = [unit.stress for unit in pronounce(word) if unit.symbol in VOCALIC]
    return tuple(found) if len(found) == vowels else (1,) + (0,) * (vowels - 1)
