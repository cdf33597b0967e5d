"""Knows where the sound of an encode job lies, and gives it piece by piece at the codec's rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import soxr

from engines.api.codec import StoredSound
from engines.api.events import EngineError
from engines.api.values import Audio, FloatArray
from engines.codec.config import RATE_HZ

BLOCK = 60 * RATE_HZ
"""Samples looked at together."""
_LOUDEST = 1e6
"""Samples beyond this are no sound but a broken file."""


class Source(Protocol):
    """Sound at RATE_HZ. count: its samples."""

    @property
    def count(self) -> int: ...

    def piece(self, first: int, count: int) -> FloatArray:
        """Samples first.. (m,), fewer at the end."""
        ...


class HeldSound:
    """Sound in memory."""

    def __init__(self, samples: FloatArray) -> None:
        self._samples = samples
        self.count = len(samples)

    def piece(self, first: int, count: int) -> FloatArray:
        """A view of the samples."""
        return self._samples[first : first + count]


def source_of(audio: Audio | StoredSound) -> Source:
    """The sound of a job. Fails with EngineError where there is none."""
    if isinstance(audio, StoredSound):
        source: Source = audio
    elif audio.rate_hz == RATE_HZ or not len(audio.samples):
        source = HeldSound(np.asarray(audio.samples, np.float32))
    else:
        _check(audio.samples)  # a resampler would spread one broken sample over its neighbours
        source = HeldSound(soxr.resample(np.asarray(audio.samples, np.float32), audio.rate_hz, RATE_HZ))
    if source.count == 0:
        raise EngineError("There is no sound to encode: choose another recording.")
    return source


def blocks_of(source: Source) -> Iterator[FloatArray]:
    """All of a sound in blocks. Fails with EngineError for broken samples and lost files."""
    for first in range(0, source.count, BLOCK):
        yield piece_of(source, first, BLOCK)


def piece_of(source: Source, first: int, count: int) -> FloatArray:
    """Samples first.. of a sound, checked. Fails with EngineError for broken samples and lost files."""
    try:
        piece = source.piece(first, count)
    except OSError as error:
        raise EngineError("The sound on disk cannot be read any more: begin again.") from error
    _check(piece)
    return piece


def _check(samples: FloatArray) -> None:
    if not np.isfinite(samples).all() or (len(samples) and np.abs(samples).max() > _LOUDEST):
        raise EngineError("The sound holds broken samples: export it again as 16-bit WAV.")
