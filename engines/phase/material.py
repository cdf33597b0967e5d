"""Knows the recordings the phase networks learn from: which voices, and how pieces of them are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from engines.api.events import EngineError
from engines.api.values import FloatArray
from engines.common.corpus import Utterance, utterances

TEST = "test_other"
"""Folder whose voices are kept for the bench: neither trained on nor tuned on."""


@dataclass(frozen=True)
class Voices:
    """Recordings by their use."""

    train: tuple[Utterance, ...]
    tune: tuple[Utterance, ...]
    test: tuple[Utterance, ...]


def voices_of(data: Path | None) -> Voices:
    """Split a folder: test is LibriSpeech test-other where it is there, tune the other unseen voices, train the rest.

    Fails with EngineError where there is no folder or nothing to train on.
    """
    if data is None:
        raise EngineError("There are no recordings here: name a folder of speech with --data.")
    found = utterances(data)
    test = tuple(u for u in found if TEST in Path(u.key).parts)
    voices = {u.voice for u in test}
    others = [u for u in found if u.voice not in voices]
    tune = tuple(u for u in others if u.split == "unseen-voice")
    train = tuple(u for u in others if u.split == "train")
    if not train:
        raise EngineError(f"{data} holds no voice to train on; put more recordings there.")
    return Voices(train, tune, test)


def sound_of(utterance: Utterance, rate_hz: int) -> FloatArray:
    """A recording at a rate, without its constant part: (n,) float32."""
    audio = utterance.load()
    samples = audio.samples - audio.samples.mean(dtype=np.float64).astype(np.float32)
    if audio.rate_hz != rate_hz:
        samples = soxr.resample(samples, audio.rate_hz, rate_hz)
    return np.ascontiguousarray(samples, np.float32)


class Pieces:
    """Random pieces of recordings, long ones as likely by the second as short ones.

    spare: share of the draws replaced by the same piece played slightly faster or slower, which makes other voices.
    """

    def __init__(self, recordings: tuple[Utterance, ...], rate_hz: int, seed: int, spare: float = 0.5) -> None:
        self._sounds = [sound_of(u, rate_hz) for u in recordings]
        sizes = np.array([len(s) for s in self._sounds], np.float64)
        self._chances = sizes / sizes.sum()
        self._chance = np.random.default_rng(seed)
        self._spare = spare
        self.seconds = float(sizes.sum()) / rate_hz

    def batch(self, count: int, samples: int) -> FloatArray:
        """(count, samples) float32."""
        return np.stack([self._piece(samples) for _ in range(count)])

    def stream(self, count: int, samples: int) -> Iterator[FloatArray]:
        """Batches without end."""
        while True:
            yield self.batch(count, samples)

    def _piece(self, samples: int) -> FloatArray:
        sound = self._sounds[self._chance.choice(len(self._sounds), p=self._chances)]
        pace = self._chance.uniform(0.85, 1.15) if self._chance.random() < self._spare else 1.0
        wanted = int(np.ceil(samples * pace)) + 1
        first = int(self._chance.integers(0, max(1, len(sound) - wanted)))
        piece = sound[first : first + wanted]
        if pace != 1.0:
            piece = np.interp(np.arange(samples) * pace, np.arange(len(piece)), piece).astype(np.float32)
        piece = piece[:samples]
        return np.pad(piece, (0, samples - len(piece)))
