"""What pocketsphinx hears in a piece of speech: words of an English language model, and the frames of their phones.

Acoustic model, dictionary and language models ship in the pocketsphinx wheel. Frames are 10 ms. Decoding follows the
wheel's own recipe: `set_align_text`, decode, `set_alignment`, decode again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.speech.espeak import is_english, transcribe
from engines.speech.inventory import Unit, to_arpabet

RATE_HZ = 16000
FRAME_S = 0.01
LANGUAGE_MARK = "@"
_FILLER = re.compile(r"^[<\[+]")
_WIDE = {"beam": 1e-200, "wbeam": 1e-200, "pbeam": 1e-200, "maxhmmpf": -1, "bestpath": False}
"""Beams so wide that noisy recordings still reach the end of their text."""

_BOUNDED = {"maxhmmpf": 4000, "maxwpf": 20}
"""Limits that keep recognition quicker than the sound even where that is noise."""


@dataclass(frozen=True)
class TimedPhone:
    """A CMU phone (SIL for silence) and the frames it covers."""

    name: str
    start: int
    frames: int


@dataclass(frozen=True)
class TimedWord:
    """A dictionary word (or a filler such as <sil>) with its phones."""

    name: str
    phones: tuple[TimedPhone, ...]

    @property
    def filler(self) -> bool:
        """Whether this is silence or noise rather than a word."""
        return bool(_FILLER.match(self.name))


def align(pcm: bytes, words: list[str], voice: str = "en-us") -> list[TimedWord] | None:
    """Times of words that are known to be spoken in pcm (16-bit, 16 kHz), or None where they do not fit the sound.

    Words of another language than English carry it in their names, "und@de", so that they get that language's sounds.
    """
    decoder = _aligner()
    words = words if is_english(voice) else [f"{word}{LANGUAGE_MARK}{voice}" for word in words]
    _teach(decoder, words)
    decoder.set_align_text(" ".join(words))
    _decode(decoder, pcm)
    if decoder.hyp() is None:
        return None
    segments = list(decoder.seg())
    if sum(not _FILLER.match(segment.word) for segment in segments) != len(words):
        return None
    return _refine(decoder, pcm) or _spread(decoder, segments)


def _refine(decoder: Any, pcm: bytes) -> list[TimedWord]:
    """Second pass: phones inside the words found; empty where the library loses its way in it, as it sometimes does."""
    try:
        decoder.set_alignment()
        _decode(decoder, pcm)
    except RuntimeError:
        return []
    words = decoder.get_alignment()
    return [TimedWord(w.name, tuple(TimedPhone(p.name, p.start, p.duration) for p in w)) for w in words]


def _spread(decoder: Any, segments: list[Any]) -> list[TimedWord]:
    """Phones spread evenly over each word of the first pass."""
    words = []
    for segment in segments:
        names = (decoder.lookup_word(segment.word) or "SIL").split()
        edges = np.linspace(segment.start_frame, segment.end_frame + 1, len(names) + 1).round().astype(int)
        phones = (TimedPhone(n, int(a), int(b - a)) for n, a, b in zip(names, edges[:-1], edges[1:], strict=True))
        words.append(TimedWord(segment.word, tuple(phones)))
    return words


def recognise(pcm: bytes) -> list[str]:
    """Words that the wheel's general English language model hears in pcm; they guide the phones, not the reader."""
    decoder = _recogniser()
    _decode(decoder, pcm)
    if decoder.hyp() is None:
        return []
    return [bare(segment.word) for segment in decoder.seg() if not _FILLER.match(segment.word)]


def bare(word: str) -> str:
    """A dictionary word without the number of its pronunciation, "the(2)" as "the"."""
    return re.sub(r"\(\d+\)$", "", word)


def to_pcm(samples: NDArray[np.float32]) -> bytes:
    """(n,) float32 in [-1, 1] as 16-bit little-endian bytes."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def _teach(decoder: Any, words: list[str]) -> None:
    """Add pronunciations, by espeak, of the words that the dictionary lacks."""
    unknown = sorted({word for word in words if decoder.lookup_word(word) is None})
    for word in unknown:
        decoder.add_word(word, to_arpabet(pronounce(word)) or "AH", True)


@lru_cache(maxsize=20000)
def pronounce(word: str) -> list[Unit]:
    """espeak's phones of a dictionary word, which may carry its language."""
    plain, _, voice = bare(word).partition(LANGUAGE_MARK)
    return transcribe([plain], voice or "en-us")[0]


def _decode(decoder: Any, pcm: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _open(**options: Any) -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(hmm=str(_model() / "en-us"), loglevel="FATAL", **options)


def _model() -> Path:
    import pocketsphinx

    return Path(pocketsphinx.get_model_path("en-us"))


@cache
def _aligner() -> Any:
    return _open(dict=str(_model() / "cmudict-en-us.dict"), lm=None, **_WIDE)


@cache
def _recogniser() -> Any:
    return _open(dict=str(_model() / "cmudict-en-us.dict"), lm=str(_model() / "en-us.lm.bin"), **_BOUNDED)
