"""Spectrogram pictures: log magnitude over time, linear or mel, computed tile by tile as they come into view."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.api.values import Audio, FloatArray

TILE = 256
"""Columns of a tile."""
KEPT = 64
"""Tiles kept; at 256 rows that is 16 MB."""
FLOOR_DB = -100.0


@dataclass(frozen=True)
class SpectrogramConfig:
    """size: samples of a window; hop: samples between columns; rows of the picture; scale of its vertical axis."""

    size: int = 1024
    hop: int = 256
    rows: int = 256
    scale: Literal["mel", "linear"] = "mel"


class Spectrogram:
    """Pictures of one sound. Column i is centred on sample i x hop; row 0 is the lowest frequency."""

    def __init__(self, audio: Audio, config: SpectrogramConfig | None = None) -> None:
        self.audio = audio
        self.config = config or SpectrogramConfig()
        self.columns = 1 + len(audio.samples) // self.config.hop
        self._window = np.hanning(self.config.size + 1)[:-1].astype(np.float32)
        self._bank = _bank(self.config, audio.rate_hz)
        self._tiles: OrderedDict[int, FloatArray] = OrderedDict()

    @property
    def tiles(self) -> int:
        """How many tiles cover the sound."""
        return -(-self.columns // TILE)

    def frequencies_hz(self) -> FloatArray:
        """Centre of each row, (rows,)."""
        return _centres_hz(self.config, self.audio.rate_hz)[1:-1].astype(np.float32)

    def tile(self, number: int) -> FloatArray:
        """(rows, up to TILE) float32 decibels of full scale, not below FLOOR_DB; the newest KEPT are remembered."""
        if number not in self._tiles:
            self._tiles[number] = self._compute(number * TILE, min((number + 1) * TILE, self.columns))
            while len(self._tiles) > KEPT:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(number)
        return self._tiles[number]

    def _compute(self, first: int, last: int) -> FloatArray:
        size, hop = self.config.size, self.config.hop
        start = first * hop - size // 2
        stop = (last - 1) * hop + size - size // 2
        piece = self.audio.samples[max(start, 0) : max(stop, 0)]
        padded = np.pad(piece, (max(-start, 0), max(stop - start - max(-start, 0) - len(piece), 0)))
        rows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]  # (columns, size)
        spectrum = np.abs(np.fft.rfft(rows * self._window, axis=1)).astype(np.float32)  # (columns, size // 2 + 1)
        power = np.square(spectrum * (2 / self._window.sum()))
        decibels = 10 * np.log10(np.maximum(power @ self._bank, 10 ** (FLOOR_DB / 10)))
        return np.ascontiguousarray(decibels.T, np.float32)


def _centres_hz(config: SpectrogramConfig, rate_hz: int) -> FloatArray:
    """Row centres with one more at either end, evenly spaced on the scale (mel: O'Shaughnessy 1987)."""
    top = rate_hz / 2
    if config.scale == "linear":
        return np.linspace(0, top, config.rows + 2, dtype=np.float32)
    mel = np.linspace(0, 2595 * np.log10(1 + top / 700), config.rows + 2)
    return np.asarray(700 * (10 ** (mel / 2595) - 1), np.float32)


def _bank(config: SpectrogramConfig, rate_hz: int) -> FloatArray:
    """Triangles of height 1 that gather bins into rows: (size // 2 + 1, rows).

    Rows narrower than a bin interpolate between their neighbours, so that low mel rows leave no gaps.
    """
    width = rate_hz / config.size
    bins = np.arange(config.size // 2 + 1)[:, np.newaxis] * width
    centres = _centres_hz(config, rate_hz)
    middle = centres[1:-1]
    below = np.maximum(middle - centres[:-2], width)
    above = np.maximum(centres[2:] - middle, width)
    rising, falling = 1 - (middle - bins) / below, 1 - (bins - middle) / above
    bank: FloatArray = np.maximum(np.minimum(rising, falling), 0).astype(np.float32)
    return bank
