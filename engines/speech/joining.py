"""Sentences as Speech: words placed in the story, pauses added, sentences joined to a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.api.values import SILENCE, Audio, Phone, Speech, Word
from engines.speech.espeak import Sound
from engines.speech.newsreader import Reading
from engines.speech.sentences import Sentence

SNAP_S = 0.06
"""A word begins with its first phone, which lies at most this far from the voice's own mark."""


def to_speech(sound: Sound, rate_hz: int, reading: Reading, sentence: Sentence, pause_s: float) -> Speech:
    """One sentence followed by a pause; times begin at its own start, word offsets count in the story."""
    pause = np.zeros(round(pause_s * rate_hz), np.float32)
    audio = Audio(np.concatenate([sound.samples, pause]), rate_hz)
    phones = list(sound.phones)
    if phones and phones[-1].symbol == SILENCE:
        phones[-1] = replace(phones[-1], end_s=audio.seconds)
    elif len(pause):
        phones.append(Phone(SILENCE, phones[-1].end_s if phones else 0.0, audio.seconds))
    return Speech(audio, tuple(phones), tuple(_words(sound, reading, sentence)), sentence.text)


def _words(sound: Sound, reading: Reading, sentence: Sentence) -> list[Word]:
    """Written words with their times: what several spoken words stand for is one word."""
    starts: list[tuple[int, int, float]] = []
    for spoken in sound.words:
        piece = reading.locate(spoken.position)
        if piece is not None and (not starts or starts[-1][0] != piece.offset):
            starts.append((piece.offset, piece.length, _snap(spoken.start_s, sound.phones)))
    limits = [start_s for _, _, start_s in starts[1:]] + [float("inf")]
    words = []
    for (offset, length, start_s), limit_s in zip(starts, limits, strict=True):
        written = sentence.text[offset : offset + length]
        end_s = _last_heard(sound.phones, start_s, limit_s)
        words.append(Word(written, start_s, end_s, sentence.offset + offset))
    return words


def _snap(at_s: float, phones: Sequence[Phone]) -> float:
    heard = [phone.start_s for phone in phones if phone.symbol != SILENCE]
    near = min(heard, key=lambda start_s: abs(start_s - at_s), default=at_s)
    return near if abs(near - at_s) <= SNAP_S else at_s


def _last_heard(phones: Sequence[Phone], start_s: float, limit_s: float) -> float:
    """End of the last phone that begins in start_s..limit_s and is not silence."""
    ends = [p.end_s for p in phones if p.symbol != SILENCE and start_s <= p.start_s < limit_s]
    return max(ends, default=start_s)


def join(parts: list[Speech], text: str) -> Speech:
    """All sentences as one Speech about text; parts is emptied on the way, so that the sound is held once."""
    rate_hz = parts[0].audio.rate_hz
    samples = np.empty(sum(len(part.audio.samples) for part in parts), np.float32)
    phones: list[Phone] = []
    words: list[Word] = []
    at = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        shift_s = at / rate_hz
        samples[at : at + len(part.audio.samples)] = part.audio.samples
        phones += (replace(p, start_s=p.start_s + shift_s, end_s=p.end_s + shift_s) for p in part.phones)
        words += (replace(w, start_s=w.start_s + shift_s, end_s=w.end_s + shift_s) for w in part.words)
        at += len(part.audio.samples)
    return Speech(Audio(samples, rate_hz), tuple(_close(phones)), tuple(words), text)


def _close(phones: list[Phone]) -> list[Phone]:
    """Phones whose ends meet exactly, and pauses of neighbouring sentences joined."""
    closed: list[Phone] = []
    for phone in phones:
        if closed and closed[-1].symbol == SILENCE == phone.symbol:
            closed[-1] = replace(closed[-1], end_s=phone.end_s)
        else:
            closed.append(replace(phone, start_s=closed[-1].end_s if closed else 0.0))
    return closed
