"""Sound as the encoder takes it: levelled, resampled and cut into blocks just ahead of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from engines.api.values import Audio, FloatArray
from studio.export.levelling import Levelling


class SoundFeed:
    """Hands out the sound of a clip in order, at the rate of the file, levelled and resampled block by block."""

    def __init__(self, audio: Audio, rate_hz: int, sample: str = "fltp", levelling: Levelling | None = None) -> None:
        """sample: how the encoder takes samples, as FFmpeg names it; levelling None: as loud as it is."""
        self.rate_hz, self._sample = rate_hz, sample
        self._blocks = _resampled((levelling or Levelling()).blocks(audio), audio.rate_hz, rate_hz)
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


def _resampled(blocks: Iterator[FloatArray], from_hz: int, to_hz: int) -> Iterator[FloatArray]:
    """Blocks (n,) -> blocks that together hold round(seconds x to_hz) samples."""
    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")
    for block in blocks:
        out: FloatArray = stream.resample_chunk(block)
        if len(out):
            yield out
    rest: FloatArray = stream.resample_chunk(np.zeros(0, np.float32), last=True)
    if len(rest):
        yield rest
