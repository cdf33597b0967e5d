"""Sound as the encoder takes it: resampled and cut into blocks just ahead of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from engines.api.values import Audio, FloatArray

BLOCK_S = 0.5


class SoundFeed:
    """Hands out the sound of a clip in order, at the rate of the file, resampled block by block."""

    def __init__(self, audio: Audio, rate_hz: int, sample: str = "fltp") -> None:
        """sample: how the encoder takes samples, as FFmpeg names it."""
        self.rate_hz, self._sample = rate_hz, sample
        self._blocks = _resampled(audio, rate_hz)
        self._given = 0

    def until(self, seconds: Fraction | None) -> Iterator[av.AudioFrame]:
        """Frames of sound up to that time of the clip and a little beyond; None: all that is left."""
        while seconds is None or self._given < seconds * self.rate_hz:
            block = next(self._blocks, None)
            if block is None:
                return
            frame = av.AudioFrame.from_ndarray(_as(block, self._sample)[np.newaxis], format=self._sample, layout="mono")
            frame.sample_rate, frame.pts = self.rate_hz, self._given
            frame.time_base = Fraction(1, self.rate_hz)
            self._given += len(block)
            yield frame


def _as(block: FloatArray, sample: str) -> NDArray[Any]:
    """Samples as floats or as whole numbers of 32 bits."""
    return np.rint(np.clip(block, -1, 1) * (2**31 - 128)).astype(np.int32) if sample == "s32" else block


def _resampled(audio: Audio, rate_hz: int) -> Iterator[FloatArray]:
    """(n,) at audio.rate_hz -> blocks that together hold round(seconds x rate_hz) samples."""
    step = max(1, int(BLOCK_S * audio.rate_hz))
    stream = soxr.ResampleStream(audio.rate_hz, rate_hz, 1, dtype="float32")
    for start in range(0, len(audio.samples), step):
        block = np.ascontiguousarray(audio.samples[start : start + step], np.float32)
        out: FloatArray = stream.resample_chunk(block, last=start + step >= len(audio.samples))
        if len(out):
            yield out
