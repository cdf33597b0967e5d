"""Sound of any rate and channel count, block by block, as mono hops of 20 ms at the rate the networks hear."""

from __future__ import annotations

from math import ceil

import numpy as np
import soxr

from engines.api.values import FloatArray

LIVE_RATE_HZ = 44_100
HOP_S = 0.02
HOP = round(LIVE_RATE_HZ * HOP_S)
QUALITY = "QQ"
"""soxr's cubic interpolation: the better ones hand sound out in lumps of up to 60 ms, which a live face would show."""
_REACH = 2
"""Samples that interpolation holds back: with as many of silence before it, a hop comes with its own last block."""


class HopCutter:
    """Takes blocks (n,) or (n, channels) at rate_hz and gives hops (HOP,) at LIVE_RATE_HZ."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._rest: FloatArray
        self._resampler: soxr.ResampleStream | None
        self.wipe()

    def push(self, block: FloatArray) -> list[FloatArray]:
        """The hops a block completes: channels averaged, broken samples silent, overshoots clipped."""
        mono = block if block.ndim == 1 else block.mean(axis=1, dtype=np.float32)
        sound = np.clip(np.nan_to_num(mono, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        if self._resampler is not None:
            sound = self._resampler.resample_chunk(sound)
        self._rest = np.concatenate([self._rest, sound]) if len(self._rest) else sound
        whole = len(self._rest) // HOP * HOP
        hops, self._rest = self._rest[:whole], self._rest[whole:].copy()
        return list(hops.reshape(-1, HOP)) if whole else []

    @property
    def waiting_s(self) -> float:
        """Sound that waits for its hop to be full."""
        return len(self._rest) / LIVE_RATE_HZ

    def wipe(self) -> None:
        """Forget all sound."""
        same = self.rate_hz == LIVE_RATE_HZ
        self._rest = np.zeros(0 if same else ceil(_REACH * LIVE_RATE_HZ / self.rate_hz), np.float32)
        self._resampler = None if same else soxr.ResampleStream(self.rate_hz, LIVE_RATE_HZ, 1, "float32", QUALITY)
