"""Phones of recorded speech: aligned to its text where that is known, recognised where not.

Without text the words of a general language model are recognised first and their phones aligned: on the transcribed
recordings used for checking that halves the phone errors of a plain phone loop (see card.md).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import soxr

from engines.api.events import EngineError, Progress
from engines.api.rooms import result_of
from engines.api.values import SILENCE, Audio, FloatArray, Phone, Speech, Word
from engines.speech import decoding
from engines.speech.decoding import FRAME_S, RATE_HZ, TimedWord
from engines.speech.pieces import Piece, cut, share_words
from engines.speech.silences import find_quiet, settle
from engines.speech.spelling import Told, spoken_words
from engines.speech.stress import ipa_phones

SHIFT_S = 0.0075
"""What the decoder's frame times lack to the true ones, measured on synthetic speech of known times."""


@dataclass(frozen=True)
class Labelled:
    """Phones and words found in one piece, in seconds from the start of the recording."""

    phones: list[Phone]
    words: list[Word]


def label(audio: Audio, text: str = "", voice: str = "en-us") -> Speech:
    """Phones (and words, where text is given) of recorded speech.

    Phones tile the whole sound; stretches without speech are SILENCE. voice: the espeak language of the text. Raises
    EngineError for an empty recording.
    """
    speech: Speech = result_of(label_steps(audio, text, voice))
    return speech


def label_steps(audio: Audio, text: str = "", voice: str = "en-us") -> Generator[Progress, None, Speech]:
    """Like `label`, one step per piece of sound, at most 25 s each."""
    samples = prepare(audio)
    quiet = find_quiet(samples, RATE_HZ)
    told = spoken_words(text, voice)
    shares = share_words(
        cut(samples, quiet, told=bool(told)), told, lambda piece: decoding.recognise(_pcm(samples, piece))
    )
    phones: list[Phone] = []
    words: list[Word] = []
    done = 0.0
    for piece, piece_words in shares:
        found = _label_piece(samples, piece, piece_words, voice if told else "")
        phones += found.phones
        words += found.words
        done = piece.stop / RATE_HZ
        yield Progress(done, audio.seconds, "Finding phones")
    return Speech(audio, tuple(settle(phones, quiet, audio.seconds)), tuple(_join(words, told, text)), text)


def prepare(audio: Audio) -> FloatArray:
    """(n,) float32 at 16 kHz without offset, loud enough for the decoder. Raises EngineError for an empty recording."""
    if len(audio.samples) == 0:
        raise EngineError("The recording is empty: record again or choose another file.")
    samples = np.nan_to_num(audio.samples.astype(np.float32))
    samples = samples - samples.mean()
    if audio.rate_hz != RATE_HZ:
        samples = soxr.resample(samples, audio.rate_hz, RATE_HZ)
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * (0.7 / peak) if peak > 1e-3 else samples


def _pcm(samples: FloatArray, piece: Piece) -> bytes:
    return decoding.to_pcm(samples[piece.start : piece.stop])


def _label_piece(samples: FloatArray, piece: Piece, told: list[Told], voice: str) -> Labelled:
    """voice is empty where the whole text is unknown: then words are recognised."""
    if not piece.heard or (voice and not told):
        return Labelled([], [])
    pcm, start_s = _pcm(samples, piece), piece.start / RATE_HZ
    found = decoding.align(pcm, [word.spoken for word in told], voice) if told else None
    if found is not None:
        return _place(found, start_s, told)
    heard = decoding.recognise(pcm)
    return _place((decoding.align(pcm, heard) if heard else None) or [], start_s, [])


def _place(found: list[TimedWord], start_s: float, told: list[Told]) -> Labelled:
    """Frames to seconds, CMU phones to IPA; told words get their place in the text."""
    phones: list[Phone] = []
    words: list[Word] = []
    rest = iter(told)
    for word in found:
        placed = [
            Phone(symbol, *_seconds(timed.start, timed.frames, start_s), stress)
            for timed, (symbol, stress) in zip(word.phones, ipa_phones(word), strict=True)
        ]
        phones += [phone for phone in placed if phone.symbol != SILENCE]
        source = None if word.filler else next(rest, None)
        if source is not None and placed:
            words.append(Word(source.spoken, placed[0].start_s, placed[-1].end_s, source.offset))
    return Labelled(phones, words)


def _seconds(start: int, frames: int, start_s: float) -> tuple[float, float]:
    begin = start_s + start * FRAME_S + SHIFT_S
    return begin, begin + frames * FRAME_S


def _join(words: list[Word], told: list[Told], text: str) -> list[Word]:
    """Spoken words that come from one written word become that word."""
    lengths = {t.offset: t.length for t in told}
    joined: list[Word] = []
    for word in words:
        if joined and joined[-1].offset == word.offset:
            joined[-1] = Word(joined[-1].text, joined[-1].start_s, word.end_s, word.offset)
        else:
            written = text[word.offset : word.offset + lengths[word.offset]]
            joined.append(Word(written, word.start_s, word.end_s, word.offset))
    return joined
