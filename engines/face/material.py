"""Knows the speech the face networks learn from and are measured on: recordings, and synthetic voices in emotions.

Split by voice: those of LibriSpeech test-other, and two synthetic ones, are only ever measured on; a few others are
kept to tune by. A synthetic voice acts an emotion by pitch, rate, loudness and spectral tilt (K. R. Scherer, "Vocal
communication of emotion", Speech Communication 40, 2003, table 1): a stand-in for actors until RAVDESS is at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soxr

from engines.api.face import EMOTIONS
from engines.api.jobs import SpeakJob
from engines.api.values import Audio, Speech
from engines.common.corpus import Utterance, labelled, sentences
from engines.common.weights import ROOT
from engines.face.ravdess import Performed, Tracked, load, performances
from engines.lipsync.augment import through_channel
from engines.lipsync.material import CACHE as LIPSYNC_CACHE
from engines.lipsync.material import spoken
from engines.phase.material import voices_of

Split = Literal["train", "tune", "test"]
CACHE = ROOT / "work" / "face"
LABELS = LIPSYNC_CACHE / "labels"
RATE_HZ = 16_000
"""All speech is brought to the rate of most recordings."""


@dataclass(frozen=True)
class Delivery:
    """How an emotion sounds. rate: times as fast; pitch: espeak steps higher; tilt_db: treble against bass."""

    rate: float = 1.0
    pitch: int = 0
    gain_db: float = 0.0
    tilt_db: float = 0.0


DELIVERIES: dict[str, Delivery] = {
    "neutral": Delivery(),
    "calm": Delivery(0.88, -8, -3.0, -4.0),
    "happy": Delivery(1.10, 18, 2.0, 3.0),
    "sad": Delivery(0.80, -14, -5.0, -7.0),
    "angry": Delivery(1.12, 6, 6.0, 8.0),
    "fearful": Delivery(1.28, 26, 0.0, 1.0),
    "disgust": Delivery(0.90, -20, 1.0, -2.0),
    "surprised": Delivery(1.04, 38, 3.0, 4.0),
}
_VOICES = ("en-gb", "en-us", "en-gb+f1", "en-us+f2", "en-gb+m3", "en-gb-x-rp", "en-us+m1", "en-gb+f3", "en-gb-scotland")
_UNSEEN_VOICES = ("en-gb+f4", "en-us+m2")
_RATE_WPM, _PITCH = 165, 50
_ACTED, _ACTED_UNSEEN = 32, 3
"""Sentences acted in each emotion by the known voices in turn, and by every unseen one."""


@dataclass(frozen=True, eq=False)
class Item:
    """One piece of speech. load: gives it, labelled, when asked; tracked: gives the face of an actor, where one was."""

    key: str
    voice: str
    split: Split
    load: Callable[[], Speech]
    emotion: str = "neutral"
    real: bool = True
    tracked: Callable[[], Tracked] | None = None


def real_items(data: Path, labels: Path = LABELS) -> Iterator[Item]:
    """Recordings below a folder, labelled on first use: aligned to their text, or recognised; then tracked actors."""
    performed = performances(data)
    tracked = {p.sound for p in performed}
    voices = voices_of(data)
    sides: tuple[tuple[Split, tuple[Utterance, ...]], ...] = (
        ("train", voices.train),
        ("tune", voices.tune),
        ("test", voices.test),
    )
    for split, found in sides:
        for each in found:
            if each.path not in tracked:
                yield Item(each.key, each.voice, split, lambda u=each: _recorded(u, labels))
    yield from actor_items(performed)


def actor_items(performed: tuple[Performed, ...]) -> Iterator[Item]:
    """Tracked performances; the last two actors of RAVDESS are only measured on, the two before them tuned on."""
    for each in performed:
        split: Split = "train" if each.actor <= 20 else "tune" if each.actor <= 22 else "test"
        yield Item(
            each.sound.name,
            each.voice,
            split,
            lambda p=each: at_rate(Speech(load(p).audio, text=p.text)),
            each.emotion,
            tracked=lambda p=each: load(p),
        )


def acted_items() -> Iterator[Item]:
    """Sentences in eight emotions by synthetic voices; two voices and the sentences they say are unseen."""
    lines = sentences()
    for e, emotion in enumerate(EMOTIONS):
        for i in range(_ACTED):
            text = lines[_ACTED_UNSEEN * len(EMOTIONS) + (i + e * 31) % (len(lines) - _ACTED_UNSEEN * len(EMOTIONS))]
            yield _acted(text, _VOICES[(i + e) % len(_VOICES)], emotion, "train")
        for i in range(_ACTED_UNSEEN):
            for voice in _UNSEEN_VOICES:
                yield _acted(lines[e * _ACTED_UNSEEN + i], voice, emotion, "test")


def all_items(data: Path | None) -> tuple[Item, ...]:
    """Acted speech, and the recordings of a folder where one is given."""
    return (*(real_items(data) if data is not None else ()), *acted_items())


def _acted(text: str, voice: str, emotion: str, split: Split) -> Item:
    key = f"{voice}-{emotion}-{text[:24]}"
    return Item(key, voice, split, lambda: act(text, voice, emotion), emotion, real=False)


def act(text: str, voice: str, emotion: str) -> Speech:
    """A sentence by a synthetic voice in an emotion, with the true times of its phones."""
    how = DELIVERIES[emotion]
    said = at_rate(spoken(SpeakJob(text, voice, round(_RATE_WPM * how.rate), min(99, max(0, _PITCH + how.pitch)))))
    samples = through_channel(said.audio.samples, how.tilt_db, RATE_HZ / 2) * np.float32(10 ** (how.gain_db / 20 - 0.3))
    return Speech(Audio(samples.astype(np.float32), RATE_HZ), said.phones, text=text)


def at_rate(speech: Speech) -> Speech:
    """The same speech at RATE_HZ."""
    audio = speech.audio
    if audio.rate_hz == RATE_HZ:
        return speech
    samples = soxr.resample(audio.samples, audio.rate_hz, RATE_HZ).astype(np.float32)
    return Speech(Audio(samples, RATE_HZ), speech.phones, text=speech.text)


def _recorded(utterance: Utterance, labels: Path) -> Speech:
    from engines.speech.align import label

    return at_rate(labelled(utterance, labels, label))
