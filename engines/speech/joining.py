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
    pieces = reading.words
    starts = _starts(sound, reading)
    limits = [*starts[1:], float("inf")]
    words = []
    for piece, start_s, limit_s in zip(pieces, starts, limits, strict=True):
        written = sentence.text[piece.offset : piece.offset + piece.length]
        words.append(
            Word(written, start_s, _last_heard(sound.phones, start_s, limit_s), sentence.offset + piece.offset)
        )
    return words


def _starts(sound: Sound, reading: Reading) -> list[float]:
    """When each heard piece of the reading begins.

    Voices run some words together ("of the") and tell only the first: its phones are shared out by letters.
    """
    told: dict[int, float] = {}
    for spoken in sound.words:
        piece = reading.locate(spoken.position)
        if piece is not None:
            told.setdefault(piece.offset, _snap(spoken.start_s, sound.phones))
    known = [told.get(piece.offset) for piece in reading.words]
    starts: list[float] = []
    for i, start_s in enumerate(known):
        if start_s is not None:
            starts.append(max(start_s, starts[-1] if starts else 0.0))
            continue
        first = max((k for k in range(i) if known[k] is not None), default=0)
        last = next((k for k in range(i, len(known)) if known[k] is not None), len(known))
        limit_s = known[last] if last < len(known) else None
        letters = [len(piece.words) for piece in reading.words[first:last]]
        share = sum(letters[: i - first]) / sum(letters)
        starts.append(_share(sound.phones, starts[first] if starts else 0.0, limit_s, share))
    return starts


def _share(phones: Sequence[Phone], start_s: float, limit_s: float | None, share: float) -> float:
    """Start of the phone at a share of those heard between two times."""
    end_s = float("inf") if limit_s is None else limit_s
    heard = [p.start_s for p in phones if p.symbol != SILENCE and start_s <= p.start_s < end_s]
    return heard[min(len(heard) - 1, round(share * len(heard)))] if heard else start_s


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
