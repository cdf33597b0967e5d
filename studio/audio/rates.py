"""Sample rates: the one the studio works at, and sound brought from one to another."""

from __future__ import annotations

import numpy as np
import soxr

from engines.api.values import Audio

RATE_HZ = 48_000
"""Rate of imported sound and of the timeline."""


def resample(audio: Audio, rate_hz: int) -> Audio:
    """The same sound at another rate."""
    if audio.rate_hz == rate_hz:
        return audio
    samples = soxr.resample(audio.samples, audio.rate_hz, rate_hz).astype(np.float32, copy=False)
    return Audio(samples, rate_hz)
