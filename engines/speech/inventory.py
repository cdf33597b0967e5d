"""The phone symbols of the product: which IPA letters a Phone may hold, and how other spellings fold into them.

English speech holds CORE symbols and SILENCE only. Other languages may add OTHER symbols; `nearest` gives the CORE
symbol whose mouth looks most like it. Long marks, ties, tones, palatal and nasal marks are dropped: length is in the
times. Diphthongs and affricates are one phone; r-coloured vowels, triphthongs and syllabic consonants are two.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

VOWELS = ("i", "ɪ", "ɛ", "æ", "ɑ", "ɒ", "ɔ", "ʊ", "u", "ʌ", "ə", "ɜ", "ɚ")
DIPHTHONGS = ("aɪ", "aʊ", "eɪ", "ɔɪ", "oʊ", "ɪə", "eə", "ʊə")
STOPS = ("p", "b", "t", "d", "k", "ɡ", "tʃ", "dʒ", "ʔ")
CONTINUANTS = ("f", "v", "θ", "ð", "s", "z", "ʃ", "ʒ", "h", "m", "n", "ŋ", "l", "ɹ", "ɾ", "j", "w")
CORE: tuple[str, ...] = VOWELS + DIPHTHONGS + STOPS + CONTINUANTS
"""Every symbol English speech may hold besides SILENCE."""

_OTHER_VOWELS = {
    "a": "ɑ", "e": "ɛ", "o": "ɔ", "y": "u", "ø": "ʊ", "œ": "ɜ", "ɐ": "ə", "ɘ": "ə", "ɵ": "ʊ", "ɤ": "ʌ",
    "ɯ": "ɪ", "ɨ": "ɪ", "ʉ": "u", "ɶ": "æ", "ʏ": "ʊ", "ɞ": "ɜ", "ɝ": "ɚ",
}  # fmt: skip
_OTHER_STOPS = {"c": "k", "ɟ": "ɡ", "ʈ": "t", "ɖ": "d", "q": "k", "ɢ": "ɡ", "ɓ": "b", "ɗ": "d", "ɠ": "ɡ"}
_OTHER_CONTINUANTS = {
    "r": "ɹ", "ʀ": "ɹ", "ʁ": "ɹ", "ɻ": "ɹ", "ɽ": "ɹ", "ɣ": "h", "x": "h", "χ": "h", "ħ": "h", "ʕ": "h", "ɦ": "h",
    "ç": "ʃ", "ʝ": "j", "ɲ": "n", "ɳ": "n", "ɴ": "ŋ", "ɱ": "m", "ʎ": "l", "ɭ": "l", "ɫ": "l", "ɬ": "l", "ɮ": "l",
    "ʂ": "ʃ", "ʐ": "ʒ", "ɕ": "ʃ", "ʑ": "ʒ", "ɸ": "f", "β": "v", "ʋ": "v", "ɥ": "w", "ʍ": "w", "ɰ": "w", "ɺ": "l",
}  # fmt: skip
NEAREST: dict[str, str] = _OTHER_VOWELS | _OTHER_STOPS | _OTHER_CONTINUANTS
OTHER: tuple[str, ...] = tuple(NEAREST)
"""Symbols that only languages other than English use."""

VOCALIC = frozenset(VOWELS + DIPHTHONGS + tuple(_OTHER_VOWELS))
STOPPED = frozenset(STOPS + tuple(_OTHER_STOPS))

_PAIRS = {
    "tʃ": "tʃ", "dʒ": "dʒ", "tɕ": "tʃ", "dʑ": "dʒ", "tʂ": "tʃ", "dʐ": "dʒ", "aɪ": "aɪ", "ʌɪ": "aɪ", "ɑɪ": "aɪ",
    "ai": "aɪ", "aʊ": "aʊ", "au": "aʊ", "eɪ": "eɪ", "ɛɪ": "eɪ", "ei": "eɪ", "ɔɪ": "ɔɪ", "oɪ": "ɔɪ", "ɔø": "ɔɪ",
    "oʊ": "oʊ", "əʊ": "oʊ", "ou": "oʊ", "ɪə": "ɪə", "iə": "ɪə", "eə": "eə", "ɛə": "eə", "ʊə": "ʊə",
}  # fmt: skip
_SINGLES = {"ᵻ": "ɪ", "ᵿ": "ʊ", "g": "ɡ", "ʦ": "t", "ʧ": "tʃ", "ʤ": "dʒ"}
_ENGLISH = {"a": "æ", "ɐ": "ə", "e": "ɛ", "o": "ɔ", "r": "ɹ", "ɫ": "l", "x": "k", "ɝ": "ɚ", "ɬ": "l"}
_LANGUAGE_MARK = re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class Unit:
    """One phone of a transcription: symbol, stress (vowels only) and its share of the time of what it was cut from."""

    symbol: str
    stress: int
    share: float


def nearest(symbol: str) -> str:
    """CORE symbol that looks most like symbol; SILENCE and CORE symbols stay as they are."""
    return NEAREST.get(symbol, symbol)


def parse(ipa: str, *, english: bool = True) -> list[Unit]:
    """Phones of an IPA string in the product's inventory; letters it does not know (tones, marks) are dropped."""
    text = _plain(_LANGUAGE_MARK.sub("", ipa))
    units: list[Unit] = []
    stress = 0
    i = 0
    while i < len(text):
        if text[i] in "ˈˌ":
            stress = 1 if text[i] == "ˈ" else 2
            i += 1
            continue
        symbol, width = _match(text, i, english)
        i += width
        if symbol:
            vowel = symbol in VOCALIC
            units.append(Unit(symbol, stress if vowel else 0, _share(symbol)))
            stress = 0 if vowel else stress
    return units


def knows(letter: str) -> bool:
    """Whether an IPA sign is a sound or a stress mark."""
    return letter in ("ˈ", "ˌ") or bool(parse(letter))


def grow(spelling: str, sign: str) -> bool:
    """Whether sign belongs to the phone spelled so far: a mark, the sound after a stress mark, or half of a pair."""
    if sign in "ˈˌ":
        return False
    if spelling in ("ˈ", "ˌ"):
        return knows(sign)
    return not _plain(sign) or _plain(spelling).lstrip("ˈˌ") + sign in _PAIRS


def _plain(ipa: str) -> str:
    """ipa without combining marks, length marks and ties."""
    joined = unicodedata.normalize("NFD", ipa).replace("ç", "ç")
    return "".join(c for c in joined if not unicodedata.combining(c) and c not in "ːˑ.‿")


def _match(text: str, i: int, english: bool) -> tuple[str, int]:
    pair = _PAIRS.get(text[i : i + 2])
    if pair is not None:
        return pair, 2
    letter = _SINGLES.get(text[i], text[i])
    if english:
        letter = _ENGLISH.get(letter, letter)
    return (letter, 1) if letter in CORE or letter in NEAREST else ("", 1)


def _share(symbol: str) -> float:
    if symbol in DIPHTHONGS:
        return 1.5
    return 0.6 if symbol == "ə" else 1.0 if symbol in VOCALIC else 0.7


ARPABET: dict[str, str] = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɚ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
"""The 39 phones of the CMU dictionary in the product's symbols."""

_TO_ARPABET: dict[str, str] = {ipa: name for name, ipa in ARPABET.items()} | {
    "ə": "AH", "ɒ": "AA", "ɜ": "ER", "ɾ": "T", "ʔ": "T", "ɪə": "IY AH", "eə": "EH R", "ʊə": "UH R",
}  # fmt: skip


def to_arpabet(units: list[Unit]) -> str:
    """Space-separated CMU phones of a transcription, for the aligner's dictionary."""
    return " ".join(_TO_ARPABET[nearest(unit.symbol)] for unit in units)
