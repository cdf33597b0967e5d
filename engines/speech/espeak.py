"""espeak-ng inside the process: text to sound with the true times of every phone and word, through ctypes.

The library keeps one global state, so every call holds one lock. Header followed: espeak-ng 1.52 `speak_lib.h`.
"""

from __future__ import annotations

import _ctypes
import ctypes
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.api.events import EngineError
from engines.api.values import Phone
from engines.speech.inventory import Unit, parse
from engines.speech.tiling import Mark, tile

RATE_HZ = 22050
_LOCK = threading.RLock()
_SYNCHRONOUS, _PHONEMES_IPA_NO_EXIT = 2, 0x0001 | 0x0002 | 0x8000
_WORD, _PHONEME = 1, 7
_UTF8, _IPA = 1, 2
_RATE, _PITCH = 1, 3


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", _Name),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("spare", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare_pointer", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class Spoken:
    """A word as the library spoke it: position and length in the text given to it, start in seconds."""

    position: int
    length: int
    start_s: float


@dataclass(frozen=True, eq=False)
class Sound:
    """What one synthesis gave: (n,) float32 at RATE_HZ, phones that tile it, words in text order."""

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    words: tuple[Spoken, ...]


@dataclass
class _Recording:
    """What the callback has heard so far."""

    blocks: list[NDArray[np.int16]] = field(default_factory=list)
    phones: list[Mark] = field(default_factory=list)
    words: list[Spoken] = field(default_factory=list)

    def hear(self, wave: Any, count: int, events: Any) -> int:
        """espeak's synth callback: copy the sound, keep word and phoneme events; 0 means go on."""
        if wave and count > 0:
            self.blocks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        i = 0
        while events[i].type:
            self._keep(events[i])
            i += 1
        return 0

    def _keep(self, event: Any) -> None:
        if event.type == _WORD:
            self.words.append(Spoken(event.text_position - 1, event.length, event.sample / RATE_HZ))
        elif event.type == _PHONEME:
            self.phones.append(Mark(event.id.string.decode("utf-8", "ignore"), event.sample))


@contextmanager
def _open() -> Iterator[ctypes.CDLL]:
    """The library, loaded anew and locked for one piece of work.

    It keeps hidden state (the phase of the voice's flutter) between syntheses, which would make the same text sound
    different the second time; unloading it is the only way to clear that, and costs about a millisecond.
    """
    import espeakng_loader

    with _LOCK:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        try:
            _declare(library)
            data = espeakng_loader.get_data_path().encode()
            if library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEMES_IPA_NO_EXIT) != RATE_HZ:
                raise EngineError("The speech library could not start: install the package espeakng-loader again.")
            library.espeak_ng_SetRandSeed(ctypes.c_long(1))
            yield library
        finally:
            library.espeak_Terminate()
            _unload(library._handle)


def _declare(library: ctypes.CDLL) -> None:
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int)


def _unload(handle: int) -> None:
    if sys.platform == "win32":
        _ctypes.FreeLibrary(handle)
    else:
        _ctypes.dlclose(handle)


def synthesize(text: str, voice: str = "en-gb", rate_wpm: int = 165, pitch: int = 50) -> Sound:
    """Speak text with an espeak voice; the same call gives the same samples.

    voice: language tag or "tag+variant"; rate_wpm: 80..450; pitch: 0..100. Word positions are character offsets into
    text. Raises EngineError for an unknown voice.
    """
    identifier = identify(voice)
    heard = _Recording()
    callback = _Callback(heard.hear)
    with _open() as library:
        _choose(library, voice, identifier)
        library.espeak_SetParameter(_RATE, int(rate_wpm), 0)
        library.espeak_SetParameter(_PITCH, int(pitch), 0)
        library.espeak_SetSynthCallback(callback)
        data = _encode(text)
        library.espeak_Synth(ctypes.c_char_p(data), ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None)
    samples = np.concatenate(heard.blocks or [np.zeros(0, np.int16)]).astype(np.float32) / 32768.0
    return Sound(samples, tile(heard.phones, samples, RATE_HZ, english=is_english(voice)), tuple(heard.words))


def transcribe(texts: Iterable[str], voice: str = "en-us") -> list[list[Unit]]:
    """Phones of each text without sound. Raises EngineError for an unknown voice."""
    identifier = identify(voice)
    with _open() as library:
        _choose(library, voice, identifier)
        return [parse(_spell(library, text), english=is_english(voice)) for text in texts]


def _spell(library: ctypes.CDLL, text: str) -> str:
    """IPA of text; the library moves the pointer over one clause a call."""
    data = ctypes.c_char_p(_encode(text))
    pointer = ctypes.c_void_p(ctypes.cast(data, ctypes.c_void_p).value)
    clauses: list[str] = []
    while pointer.value:
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA).decode("utf-8", "ignore"))
    return " ".join(clauses)


def _encode(text: str) -> bytes:
    return text.replace("\0", " ").encode("utf-8", "ignore")


@cache
def languages() -> dict[str, tuple[str, str]]:
    """Language tag -> (title, the library's own identifier) of every espeak voice, in the library's order."""
    found: dict[str, tuple[str, str]] = {}
    with _open() as library:
        listed = library.espeak_ListVoices(None)
        i = 0
        while listed[i]:
            voice = listed[i].contents
            tag = ctypes.string_at(voice.languages + 1).decode()  # the first byte is a priority
            found.setdefault(tag, (voice.name.decode().strip(), voice.identifier.decode()))
            i += 1
    return found


@cache
def variants() -> tuple[str, ...]:
    """Names of the speakers that can be put on any language as "language+variant"."""
    import espeakng_loader

    return tuple(sorted(path.name for path in (Path(espeakng_loader.get_data_path()) / "voices" / "!v").iterdir()))


def identify(voice: str) -> str:
    """The library's name of a voice key. Raises EngineError for an unknown voice."""
    tag, plus, variant = voice.partition("+")
    if tag not in languages() or (plus and variant not in variants()):
        raise EngineError(f"There is no voice “{voice}”: choose from the list of voices (or see doctor --voices).")
    return f"{languages()[tag][1]}{plus}{variant}"


def is_english(voice: str) -> bool:
    """Whether a voice key names a kind of English."""
    return voice.lower().startswith("en")


def _choose(library: ctypes.CDLL, voice: str, identifier: str) -> None:
    if library.espeak_SetVoiceByName(identifier.encode()) != 0:
        raise EngineError(f"The voice “{voice}” could not be loaded: choose another one.")
