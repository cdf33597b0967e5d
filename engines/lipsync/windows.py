"""Knows how long sound is cut into overlapping windows and their answers joined without a seam.

A network is trained on windows of 50 shapes, whose 10 at either end (40 feature frames) only lend context to the rest.
In use it hears a minute at a time, so that little is heard twice. Windows lie on a fixed grid from the start of the
sound, so a stream gives the same shapes as the whole. f shapes, t = 4 f frames.
Source: Zheng et al. 2020, section III-A, "overlap", and figure 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.api.values import FloatArray
from engines.common.mfcc import COEFFICIENTS
from engines.lipsync.config import STEP, LipsyncConfig

Network = Callable[[FloatArray], FloatArray]
"""Normalised cepstra (1, 13, t) to coefficients (1, f, 10)."""


class WindowStream:
    """Shapes for cepstra that arrive in blocks, a window at a time so that memory stays bounded."""

    def __init__(self, config: LipsyncConfig, network: Network, silence: FloatArray) -> None:
        """silence: (13,) normalised cepstra of digital silence, heard before the start and after the end."""
        self._config, self._network, self._silence = config, network, silence.astype(np.float32)
        self._frames = self._quiet(config.overlap * STEP)

    def _quiet(self, count: int) -> FloatArray:
        return np.broadcast_to(self._silence, (count, COEFFICIENTS)).astype(np.float32)

    def push(self, mfcc: FloatArray) -> Iterator[FloatArray]:
        """Take (t, 13) cepstra, give the (f, 10) coefficients that are certain by now, in order."""
        self._frames = np.concatenate([self._frames, mfcc])
        size, hop = self._config.heard * STEP, self._config.hop * STEP
        while len(self._frames) >= size:
            yield self._middle(self._frames[:size])
            self._frames = self._frames[hop:]

    def finish(self) -> Iterator[FloatArray]:
        """Give what is left; a shape or two more than there was sound for, so the caller cuts at its frame count."""
        edge = self._config.overlap * STEP
        odd = -len(self._frames) % STEP
        yield self._middle(np.concatenate([self._frames, self._quiet(odd + STEP + edge)]))
        self._frames = self._quiet(edge)

    def _middle(self, frames: FloatArray) -> FloatArray:
        """The shapes of a window without those at its ends."""
        shapes = self._network(np.ascontiguousarray(frames.T[None]))[0]
        return shapes[self._config.overlap : len(shapes) - self._config.overlap]


def shapes_of(
    mfcc: FloatArray, frames: int, config: LipsyncConfig, network: Network, silence: FloatArray
) -> FloatArray:
    """Coefficients (frames, 10) of whole sound."""
    stream = WindowStream(config, network, silence)
    parts = [*stream.push(mfcc), *stream.finish()]
    return np.concatenate(parts)[:frames]
