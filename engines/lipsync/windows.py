"""Knows how long sound is cut into overlapping windows and their answers joined without a seam.

A window of 50 shapes gives its middle 30; the 10 at either end (40 feature frames) only lend it context. Windows lie
on a fixed grid from the start of the sound, so a stream gives the same shapes as the whole. f shapes, t = 4 f frames.
Source: Zheng et al. 2020, section III-A, "overlap", and figure 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.api.values import FloatArray
from engines.common.mfcc import COEFFICIENTS
from engines.lipsync.config import STEP, LipsyncConfig

Network = Callable[[FloatArray], FloatArray]
"""Normalised cepstra (b, 13, 200) to coefficients (b, 50, 10)."""


class WindowStream:
    """Shapes for cepstra that arrive in blocks, several windows at a time so that memory stays bounded."""

    def __init__(self, config: LipsyncConfig, network: Network, silence: FloatArray, batch: int = 16) -> None:
        """silence: (13,) normalised cepstra of digital silence, heard before the start and after the end."""
        self._config, self._network, self._batch = config, network, batch
        self._silence = silence.astype(np.float32)
        self._frames = self._quiet(config.overlap * STEP)

    def _quiet(self, count: int) -> FloatArray:
        return np.broadcast_to(self._silence, (count, COEFFICIENTS)).astype(np.float32)

    def push(self, mfcc: FloatArray) -> Iterator[FloatArray]:
        """Take (t, 13) cepstra, give the (f, 10) coefficients that are certain by now, in order."""
        self._frames = np.concatenate([self._frames, mfcc])
        size, hop = self._config.window * STEP, self._config.hop * STEP
        while (ready := (len(self._frames) - size) // hop + 1) > 0:
            count = min(ready, self._batch)
            windows = np.stack([self._frames[i * hop : i * hop + size] for i in range(count)])  # (b, 200, 13)
            self._frames = self._frames[count * hop :]
            shapes = self._network(np.ascontiguousarray(windows.transpose(0, 2, 1)))  # (b, 50, 10)
            edge = self._config.overlap
            yield shapes[:, edge : edge + self._config.hop].reshape(-1, shapes.shape[-1])

    def finish(self) -> Iterator[FloatArray]:
        """Give what is left; more shapes than there was sound for, so the caller cuts at its frame count."""
        yield from self.push(self._quiet(self._config.window * STEP))


def shapes_of(
    mfcc: FloatArray, frames: int, config: LipsyncConfig, network: Network, silence: FloatArray, batch: int = 16
) -> FloatArray:
    """Coefficients (frames, 10) of whole sound."""
    stream = WindowStream(config, network, silence, batch)
    parts = [*stream.push(mfcc), *stream.finish()]
    return np.concatenate(parts)[:frames]
