"""The voices there are: espeak's languages, English speakers, and Piper files on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engines.api.values import VoiceInfo
from engines.speech import espeak
from engines.speech.espeak import Sound
from engines.speech.newsreader import Reading
from engines.speech.piper import PREFIX, PiperSpeaker, list_piper_voices

_ACCENTS = ("en-gb", "en-us")
_HIDDEN = frozenset(("xex", "en-shaw"))
_EFFECTS = frozenset(("fast", "klatt6"))
"""Variants that are tests of espeak rather than speakers."""


class Voice(Protocol):
    """Something that can speak a reading; rate_hz is that of every sound it gives."""

    title: str
    language: str
    rate_hz: int

    def say(self, reading: Reading, rate_wpm: int, pitch: int) -> Sound:
        """Sound of one reading; word positions refer to reading.spoken. Raises EngineError."""
        ...


@dataclass(frozen=True)
class EspeakVoice:
    """A language of espeak, perhaps with a variant: key "en-gb" or "en-gb+f3"."""

    key: str
    title: str
    language: str
    rate_hz: int = espeak.RATE_HZ

    def say(self, reading: Reading, rate_wpm: int, pitch: int) -> Sound:
        """Sound of one reading, with the library's own times."""
        return espeak.synthesize(reading.spoken, self.key, rate_wpm, pitch)


def open_voice(key: str, folder: Path) -> Voice:
    """The voice of a key. Raises EngineError for an unknown voice and for damaged voice files."""
    if key.startswith(PREFIX):
        return PiperSpeaker.open(key, folder)
    espeak.identify(key)
    tag, _, variant = key.partition("+")
    title = espeak.languages()[tag][0]
    return EspeakVoice(key, f"{title}, {_speaker(variant)}" if variant else title, tag)


def list_voices(folder: Path) -> tuple[VoiceInfo, ...]:
    """Piper voices in folder, the English speakers, then every other language of espeak."""
    languages = {tag: title for tag, (title, _) in espeak.languages().items() if tag not in _HIDDEN}
    plain = [VoiceInfo(tag, title, tag, "espeak") for tag, title in languages.items()]
    speakers = [
        VoiceInfo(f"{tag}+{variant}", f"{languages[tag]}, {_speaker(variant)}", tag, "espeak")
        for tag in _ACCENTS
        for variant in espeak.variants()
        if variant not in _EFFECTS
    ]
    first = sorted(plain, key=lambda voice: (voice.key not in _ACCENTS, not voice.key.startswith("en"), voice.title))
    return (*list_piper_voices(folder), *first, *speakers)


def _speaker(variant: str) -> str:
    """ "f3" as "female 3", other variants by their own name."""
    sexes = {"f": "female", "m": "male"}
    if variant[:1] in sexes and variant[1:].isdigit():
        return f"{sexes[variant[0]]} {variant[1:]}"
    return variant[:1].upper() + variant[1:]
