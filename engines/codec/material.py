"""Knows what the codec learns from: log-mel frames of the training voices, as they are and at other paces.

Letters: t frames, m bands.
"""

from __future__ import annotations

import numpy as np
import soxr
import torch
from torch import Tensor

from engines.api.values import FloatArray
from engines.codec.config import BANDS, CONTEXT, FRAMES, GRID, HOP, RATE_HZ
from engines.codec.mel import FLOOR, gain_of, level_of, log_bands, spectra_of
from engines.common.corpus import Utterance
from engines.phase.material import sound_of

PACES = (1.0, 0.9, 1.12)
"""Each recording is also heard slower and faster, which makes other voices."""
LENGTH = CONTEXT + FRAMES + CONTEXT
SAMPLES = (LENGTH - 1) * HOP + GRID.size
"""Samples of so many whole frames."""


def levelled(utterance: Utterance, pace: float = 1.0) -> FloatArray:
    """A recording at 16 kHz and the codec's level, (n,)."""
    sound = sound_of(utterance, RATE_HZ)
    if pace != 1.0:
        sound = soxr.resample(sound, RATE_HZ * pace, RATE_HZ).astype(np.float32)
    return sound * np.float32(gain_of(level_of(sound)))


def log_mel(sound: FloatArray) -> Tensor:
    """All whole frames of a levelled sound (n,) -> (t, m)."""
    return log_bands(spectra_of(torch.from_numpy(sound)[None], 0, max(1, len(sound) // HOP)).abs())[0]


class Crops:
    """Random segments with their context from recordings, at random loudness."""

    def __init__(self, recordings: tuple[Utterance, ...], seed: int, paces: tuple[float, ...] = PACES) -> None:
        mels = [log_mel(levelled(u, pace)).half() for u in recordings for pace in paces]
        self._mels = [m for m in mels if len(m) >= LENGTH] or [_lengthened(m) for m in mels]
        sizes = np.array([len(m) - LENGTH + 1 for m in self._mels], np.float64)
        self._chances, self._chance = sizes / sizes.sum(), np.random.default_rng(seed)
        self.seconds = sum(map(len, self._mels)) * HOP / RATE_HZ / len(paces)

    def batch(self, count: int, samples: int) -> FloatArray:
        """(count, LENGTH, m); the second argument is that of sounds, unused."""
        picked = self._chance.choice(len(self._mels), count, p=self._chances)
        mel = torch.stack([self._cut(self._mels[i]) for i in picked]).float()
        gain = torch.from_numpy(np.exp(self._chance.uniform(-0.4, 0.3, (count, 1, 1)))).float()
        return torch.log(gain * (mel.exp() - FLOOR).clamp(min=0.0) + FLOOR).numpy()

    def _cut(self, mel: Tensor) -> Tensor:
        first = int(self._chance.integers(0, len(mel) - LENGTH + 1))
        return mel[first : first + LENGTH]


class Sounds:
    """Random pieces of levelled recordings, long enough for the frames of a segment and its context."""

    def __init__(self, recordings: tuple[Utterance, ...], seed: int) -> None:
        self._sounds = [np.pad(s, (0, max(0, SAMPLES - len(s)))) for u in recordings for s in (levelled(u),)]
        sizes = np.array([len(s) - SAMPLES + 1 for s in self._sounds], np.float64)
        self._chances, self._chance = sizes / sizes.sum(), np.random.default_rng(seed)

    def batch(self, count: int, samples: int = SAMPLES) -> FloatArray:
        """(count, samples) float32."""
        return np.stack([self._cut(i, samples) for i in self._chance.choice(len(self._sounds), count, p=self._chances)])

    def _cut(self, i: int, samples: int) -> FloatArray:
        first = int(self._chance.integers(0, len(self._sounds[i]) - samples + 1))
        gain = np.float32(np.exp(self._chance.uniform(-0.4, 0.3)))
        return self._sounds[i][first : first + samples] * gain


def _lengthened(mel: Tensor) -> Tensor:
    """A short recording, repeated to a segment."""
    return mel.repeat(-(-LENGTH // len(mel)), 1)[:LENGTH].reshape(LENGTH, BANDS)
