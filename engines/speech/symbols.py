"""Signs, emoji and scripts: what each is called, and which voices can read it."""

from __future__ import annotations

import re
import unicodedata

from engines.api.events import EngineError
from engines.speech.lexicon import table

_NATIVE = {
    "ARABIC": "ar fa ur ug sd", "HEBREW": "he", "CYRILLIC": "ru uk be bg mk sr ba cv kk ky tt nog",
    "GREEK": "el grc", "DEVANAGARI": "hi mr ne kok", "BENGALI": "bn as bpy", "GURMUKHI": "pa", "GUJARATI": "gu",
    "ORIYA": "or", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th",
    "MYANMAR": "my shn", "ETHIOPIC": "am ti", "GEORGIAN": "ka", "ARMENIAN": "hy hyw", "CJK": "cmn hak yue ja",
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CHEROKEE": "chr", "SHAVIAN": "en-shaw",
}  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]{2,}|[⺀-鿿가-힯]")
_INVISIBLE = re.compile("[​-‏‪-‮⁠-⁯\ufeff­︎️]")
_TONES = {0x1F3FB: "light", 0x1F3FC: "medium light", 0x1F3FD: "medium", 0x1F3FE: "medium dark", 0x1F3FF: "dark"}
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_KEYCAP = re.compile("([0-9#*])️?⃣")
_JOINER = "‍"


def script_of(letter: str) -> str:
    """Script of a letter by its Unicode name, "" where the name does not begin with a script that some voice needs."""
    first = unicodedata.name(letter, "").split(" ")[0]
    return first if first in _NATIVE else ""


def refuse_foreign(text: str, language: str, title: str) -> None:
    """Raise EngineError naming the first characters that a voice of this language cannot read."""
    tag = language.split("-")[0] if language != "en-shaw" else language
    for match in _LETTERS.finditer(unicodedata.normalize("NFC", text)):
        script = script_of(match.group()[0])
        if script and tag not in _NATIVE[script].split():
            kind = "Chinese" if script == "CJK" else script.capitalize()
            raise EngineError(
                f"The voice “{title}” cannot read the {kind} characters “{match.group()[:20]}”: "
                "choose a voice of their language or take them out."
            )


def read_symbol(text: str, at: int) -> tuple[str, int]:
    """What the sign at a place is called, and how many characters it takes; "" for invisible marks.

    Raises EngineError for characters that have no name.
    """
    flag, keycap = _FLAG.match(text, at), _KEYCAP.match(text, at)
    if flag:
        letters = "-".join(chr(ord("A") + ord(c) - 0x1F1E6) for c in flag.group())
        return f"flag {letters}", 2
    if keycap:
        return f"keycap {name_of(keycap[1])}", len(keycap.group())
    said, end = name_of(text[at]), at + 1
    while end < len(text) and (text[end] == _JOINER or _INVISIBLE.match(text[end]) or ord(text[end]) in _TONES):
        if ord(text[end]) in _TONES:
            said += f" {_TONES[ord(text[end])]} skin tone"
        elif text[end] == _JOINER and end + 1 < len(text) and unicodedata.category(text[end + 1]) == "So":
            end += 1
            said += f" {name_of(text[end])}"
        end += 1
    return said, end - at


def name_of(character: str) -> str:
    """The name of one character in small letters: from the list of signs, else from Unicode."""
    if character.isdigit() and character.isascii():
        return character
    if character in table("symbols"):
        return table("symbols")[character][0]
    if _INVISIBLE.match(character) or unicodedata.category(character) in ("Cc", "Cf", "Mn"):
        return ""
    name = unicodedata.name(character, "")
    if not name:
        raise EngineError(f"The character U+{ord(character):04X} has no name and cannot be spoken: take it out.")
    name = re.sub(r"^(?:GREEK|CYRILLIC|HEBREW|ARABIC) (?:SMALL |CAPITAL )?LETTER ", "", name)
    return name.lower().replace(" sign", "").replace("-", " ")
