"""The low anchor of a listening test: the sound with nothing left above 3.5 kHz."""

from __future__ import annotations

import numpy as np

from engines.api.values import Audio, FloatArray

PASS_HZ, STOP_HZ = 3500.0, 4000.0
DEPTH_DB = 60.0


def low_pass_anchor(audio: Audio) -> Audio:
    """The 3.5 kHz anchor of ITU-R BS.1534-3, section 5.1: ripple below 0.1 dB, 25 dB down at 4 kHz, 50 dB at 4.5 kHz.

    The delay of the filter is taken out, so that every sample stays at its place.
    """
    from scipy.signal import oaconvolve

    taps = _taps(audio.rate_hz)
    filtered = oaconvolve(audio.samples, taps, mode="full")[len(taps) // 2 :][: len(audio.samples)]
    return Audio(filtered.astype(np.float32), audio.rate_hz)


def _taps(rate_hz: int) -> FloatArray:
    """A linear-phase low pass of odd length, by a Kaiser window. (taps,)"""
    from scipy.signal import firwin, kaiserord

    count, beta = kaiserord(DEPTH_DB, (STOP_HZ - PASS_HZ) / (rate_hz / 2))
    taps = firwin(count | 1, (PASS_HZ + STOP_HZ) / 2, window=("kaiser", beta), fs=rate_hz)
    return np.asarray(taps, np.float32)
