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
    around = _neighbours(codes)
    products = around.T @ around + 10.0 * np.eye(around.shape[1])
    for channel in range(count):
        weights[:, channel] = _predict(around, products, codes[..., channel].ravel(), channel)
    tables = Tables(weights, flat_tables(count).frequencies)
    contexts = np.stack([tables.contexts(segment.astype(np.int64)) for segment in codes])
    chances = [_frequencies(codes[..., c].ravel(), contexts[..., c].ravel()) for c in range(count)]
    return Tables(weights, np.stack(chances))


def _predict(
    around: NDArray[np.float64], products: NDArray[np.float64], codes: NDArray[np.uint8], channel: int
) -> NDArray[np.int32]:
    """Least squares for one channel's codes, then for how far they lie from what is expected: (2, 2 c + 2)."""
    count = around.shape[1] // 2 - 1
    known = [*range(channel + 1), *range(count, count + channel), 2 * count, 2 * count + 1]
    sought, made = codes.astype(np.float64), np.zeros((2, around.shape[1]), np.int32)
    for i, classes in enumerate((EXPECTED, SURENESS)):
        weights = np.zeros(around.shape[1])
        weights[known] = np.linalg.solve(products[np.ix_(known, known)], (sought @ around)[known])
        guess = around @ weights
        scale = min(classes / (2 * _WIDTH * (guess.std() + 1e-9)), 1024.0)
        scaled = weights * scale
        scaled[-2:] += classes / 2 - guess.mean() * scale
        made[i] = np.round(scaled * (1 << _SHIFT)).astype(np.int32)
        sought = np.abs(sought - guess)
    return made


def _neighbours(codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """All that any channel could be predicted from, (n * s, 2 c + 2), in the order of the weights."""
    now = codes.astype(np.float64)
    before = np.zeros_like(now)
    before[:, 1:] = now[:, :-1]
    first = np.zeros((*codes.shape[:2], 2))
    first[:, 0, 0], first[:, 1:, 1] = 1.0, 1.0
    around = np.concatenate((before, now, first), -1)
    return around.reshape(-1, around.shape[-1])


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
