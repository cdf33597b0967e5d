"""How likely each code is after its neighbours: integers only, so every machine reads and writes the same bits.

A code's context says what its neighbours (all channels up to its own one step before, the lower channels of its own
step) lead one to expect, and how surely: two integer linear predictions, each cut into a few classes. Learned on
training voices by `learn`; ships inside the model. Letters: s steps, c channels, d contexts, k levels.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engines.codec.config import LEVELS

PRECISION = 12
"""Frequencies of a context sum to 1 << PRECISION."""
EXPECTED, SURENESS = 16, 4
"""Classes of the two predictions."""
CONTEXTS = EXPECTED * SURENESS
_SHIFT = 12
_WIDTH = 3.0
"""Standard deviations of a prediction either side of its mean that the classes cover."""
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tables:
    """Predictions (2, c, 2 c + 2) int32: weights of the codes one step before, of this step, a constant for the first
    step and one for the others, in 1 / 4096 of a class; frequencies (c, d, k) uint16."""

    weights: NDArray[np.int32]
    frequencies: NDArray[np.uint16]

    def context(self, codes: Codes, step: int, channel: int) -> int:
        """Context of one code from those coded before it in its segment; later entries of (s, c) are not read."""
        count, lower, known = self.frequencies.shape[0], codes[step, :channel], channel + 1
        # Wider than the weights: a sum of many products may not overflow.
        total = self.weights[:, channel, count : count + channel].astype(np.int64) @ lower.astype(np.int64)
        if step:
            total += self.weights[:, channel, :known].astype(np.int64) @ codes[step - 1, :known].astype(np.int64)
        total += self.weights[:, channel, 2 * count + (step > 0)]
        expected = min(max(int(total[0]) >> _SHIFT, 0), EXPECTED - 1)
        sureness = min(max(int(total[1]) >> _SHIFT, 0), SURENESS - 1)
        return expected * SURENESS + sureness

    def contexts(self, codes: Codes) -> Codes:
        """Contexts of all codes (s, c) of a segment, (s, c)."""
        count, width = self.frequencies.shape[0], codes.shape[1]
        now = codes.astype(np.int64)
        before = np.concatenate((np.zeros((1, width), np.int64), now[:-1]))
        weights = self.weights[:, :width].astype(np.int64)
        total = np.einsum("pcj,sj->psc", weights[:, :, :width], before)
        total += np.einsum("pcj,sj->psc", weights[:, :, count : count + width], now)
        total[:, :1] += weights[:, None, :, 2 * count]
        total[:, 1:] += weights[:, None, :, 2 * count + 1]
        return _joined(total[0], total[1])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """All arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _joined(expected: Codes, sureness: Codes) -> Codes:
    """Sums of the two predictions to context numbers."""
    first = np.clip(expected >> _SHIFT, 0, EXPECTED - 1)
    return np.asarray(first * SURENESS + np.clip(sureness >> _SHIFT, 0, SURENESS - 1), np.int64)


def flat_tables(channels: int) -> Tables:
    """Tables of a model that has learned nothing: every code as likely as any other."""
    even = np.full((channels, CONTEXTS, LEVELS), (1 << PRECISION) // LEVELS, np.uint16)
    return Tables(np.zeros((2, channels, 2 * channels + 2), np.int32), even)


def learn(codes: NDArray[np.uint8]) -> Tables:
    """Tables from the codes of many segments (n, s, c)."""
    count = codes.shape[2]
    weights = np.zeros((2, count, 2 * count + 2), np.int32)
    for channel in range(count):
        _predict(codes.astype(np.float64), channel, weights[:, channel])
    tables = Tables(weights, flat_tables(count).frequencies)
    contexts = np.stack([tables.contexts(segment.astype(np.int64)) for segment in codes])
    chances = [_frequencies(codes[..., c].ravel(), contexts[..., c].ravel()) for c in range(count)]
    return Tables(weights, np.stack(chances))


def _predict(codes: NDArray[np.float64], channel: int, out: NDArray[np.int32]) -> None:
    """Least squares for one channel, of the code and of how far it lies from what is expected; writes both rows."""
    count = codes.shape[2]
    known, rows = _neighbours(codes, channel)
    error = codes[..., channel].ravel()
    for i, classes in enumerate((EXPECTED, SURENESS)):
        weights = np.linalg.solve(known.T @ known + 10.0 * np.eye(known.shape[1]), known.T @ error)
        guess = known @ weights
        scale = classes / (2 * _WIDTH * (guess.std() + 1e-9))
        scale = min(scale, 1024.0)
        weights = weights * scale
        weights[-2:] += classes / 2 - guess.mean() * scale
        out[i, rows] = np.round(weights * (1 << _SHIFT)).astype(np.int32)
        error = np.abs(error - guess)
    assert out.shape[-1] == 2 * count + 2


def _neighbours(codes: NDArray[np.float64], channel: int) -> tuple[NDArray[np.float64], list[int]]:
    """What a channel is predicted from, (n * s, x), and where each weight goes."""
    count = codes.shape[2]
    before = np.zeros_like(codes[..., : channel + 1])
    before[:, 1:] = codes[:, :-1, : channel + 1]
    first = np.zeros((*codes.shape[:2], 2))
    first[:, 0, 0], first[:, 1:, 1] = 1.0, 1.0
    known = np.concatenate((before, codes[..., :channel], first), -1)
    rows = [*range(channel + 1), *range(count, count + channel), 2 * count, 2 * count + 1]
    return known.reshape(-1, known.shape[-1]), rows


def _frequencies(codes: NDArray[np.uint8], contexts: Codes) -> NDArray[np.uint16]:
    """Counts of codes by context, leaning on the same expectation and on the channel where they are few: (d, k)."""
    seen = np.bincount(contexts * LEVELS + codes, minlength=CONTEXTS * LEVELS).reshape(EXPECTED, SURENESS, LEVELS) + 0.0
    channel = seen.sum((0, 1)) + 0.5
    similar = seen.sum(1, keepdims=True) + 8.0 * channel / channel.sum()
    seen += 16.0 * similar / similar.sum(-1, keepdims=True)
    chances = (seen / seen.sum(-1, keepdims=True)).reshape(CONTEXTS, LEVELS)
    whole = np.floor(chances * ((1 << PRECISION) - LEVELS)).astype(np.int64) + 1
    whole[np.arange(CONTEXTS), chances.argmax(-1)] += (1 << PRECISION) - whole.sum(-1)
    return whole.astype(np.uint16)
