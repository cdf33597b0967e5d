"""Brings live sound of any rate to another with hardly any delay: a windowed sinc of two milliseconds, block by block.

The library's streams hold sound back for 10 to 130 ms, which a live face cannot afford. Passband flat to 7.6 kHz from
16 kHz upwards, and nothing folds below it; what lies above is not listened to. Source: J. O. Smith, "Digital audio
resampling", CCRMA, 2002, with a Kaiser window.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd

import numpy as np

from engines.api.events import EngineError
from engines.api.values import FloatArray

REACH_S = 0.001
"""Half the length of the sinc: how long sound is held back."""
_LEAST_TAPS = 16
_LOWEST_HZ, _HIGHEST_HZ = 4_000, 384_000
_TOP_HZ = 12_000.0
_KAISER_BETA = 5.0
_CHUNK = 8192


class Resampler:
    """One stream of samples; the same samples come out whatever the blocks were. n samples in, m out."""

    def __init__(self, rate_hz: int, to_hz: int) -> None:
        if not _LOWEST_HZ <= rate_hz <= _HIGHEST_HZ:
            raise EngineError(f"Sound at {rate_hz} Hz cannot be animated: choose a device between 4 and 384 kHz.")
        common = gcd(rate_hz, to_hz)
        self._step, self._phases = rate_hz // common, to_hz // common
        self._half = max(_LEAST_TAPS, ceil(REACH_S * rate_hz))
        self._table = sinc_table(rate_hz, to_hz, self._half)
        self._tail = np.zeros(self._half - 1, np.float32)
        self._next = 0
        """Place of the next output in steps of 1 / phases of an input sample, from the first sample of the tail."""

    def push(self, samples: FloatArray) -> FloatArray:
        """Take (n,) samples, give those that are certain by now."""
        self._tail = np.concatenate([self._tail, np.asarray(samples, np.float32)])
        last = len(self._tail) - 2 * self._half  # the newest input an output may begin at
        count = (last * self._phases + self._phases - 1 - self._next) // self._step + 1 if last >= 0 else 0
        if count <= 0:
            return np.zeros(0, np.float32)
        out = np.concatenate([self._outputs(i, min(_CHUNK, count - i)) for i in range(0, count, _CHUNK)])
        self._next += count * self._step
        used = min(self._next // self._phases, len(self._tail))
        self._tail, self._next = self._tail[used:], self._next - used * self._phases
        return out

    def _outputs(self, first: int, count: int) -> FloatArray:
        place = self._next + (first + np.arange(count)) * self._step
        windows = np.lib.stride_tricks.sliding_window_view(self._tail, 2 * self._half)
        made: FloatArray = np.einsum("mt,mt->m", windows[place // self._phases], self._table[place % self._phases])
        return made


@lru_cache(maxsize=8)
def sinc_table(rate_hz: int, to_hz: int, half: int) -> FloatArray:
    """Taps (phases, 2 half) that give the sample each phase after the middle input."""
    phases = to_hz // gcd(rate_hz, to_hz)
    cutoff = min(0.5, 0.5 * to_hz / rate_hz, max(_TOP_HZ, 0.5 * to_hz * 0.27) / rate_hz)  # cycles an input sample
    at = np.arange(-half + 1, half + 1)[None] - (np.arange(phases) / phases)[:, None]
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (at / half) ** 2, 0, 1))) / np.i0(_KAISER_BETA)
    taps = 2 * cutoff * np.sinc(2 * cutoff * at) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)
