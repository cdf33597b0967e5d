"""Knows how 16 kHz sound becomes 13 cepstral coefficients a hundred times a second, the same in blocks as whole.

Letters: n samples, t feature frames (100 Hz), k bands.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import soxr
from scipy.fft import dct

from engines.api.values import Audio, FloatArray

RATE_HZ = 16_000
HOP = 160
"""Samples between feature frames: 10 ms. Frame i is centred on sample i * HOP."""
FRAME = 400
"""Samples a frame looks at: 25 ms."""
FFT = 512
BANDS = 40
COEFFICIENTS = 13
LEVEL = 0.1
"""Root mean square of the active parts after level normalisation (-20 dBFS)."""
QUIET = 1e-3
"""A recording whose loudest parts stay below this root mean square (-60 dBFS) holds no speech."""

_FLOOR = 1e-7
"""Power below which a mel band counts as silent, so that digital silence and a quiet room look alike."""


def resampled(audio: Audio) -> FloatArray:
    """Samples at RATE_HZ: (n,) float32, with the recording's constant offset removed."""
    samples = np.asarray(audio.samples, dtype=np.float32)
    if audio.rate_hz != RATE_HZ:
        samples = soxr.resample(samples, audio.rate_hz, RATE_HZ)
    return (samples - samples.mean(dtype=np.float64)).astype(np.float32) if len(samples) else samples


def frame_rms(samples: FloatArray) -> FloatArray:
    """Root mean square of each frame: (t,) with t = n // HOP + 1, in the units of the samples."""
    power = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    centres = np.arange(len(samples) // HOP + 1) * HOP
    first = np.clip(centres - FRAME // 2, 0, len(samples))
    last = np.clip(centres + FRAME // 2, 0, len(samples))
    return np.sqrt(np.maximum(power[last] - power[first], 0.0) / FRAME).astype(np.float32)


def level_gain(samples: FloatArray) -> float:
    """Factor that brings the spoken parts of a recording to LEVEL; 1 for a recording without speech.

    Spoken parts are the frames within 25 dB of the 95th percentile, so pauses do not count.
    """
    rms = frame_rms(samples)
    loud = float(np.percentile(rms, 95)) if len(rms) else 0.0
    if loud < QUIET:
        return 1.0
    return LEVEL / float(np.sqrt(np.mean(np.square(rms[rms > loud * 10 ** (-25 / 20)]))))


@cache
def _bank(warp: float) -> FloatArray:
    """Triangular filters (BANDS, FFT // 2 + 1), evenly spaced in mel from 60 to 7600 Hz, each of area 1 in Hz.

    warp > 1 reads the spectrum as if the voice were pitched higher. Mel: O'Shaughnessy 1987, 2595 lg(1 + f / 700).
    """
    low, high = 60.0 / warp, min(7600.0 / warp, RATE_HZ / 2)
    mel = np.linspace(*(2595 * np.log10(1 + np.array([low, high]) / 700)), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.arange(FFT // 2 + 1) * (RATE_HZ / FFT)
    up = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    triangles = np.maximum(np.minimum(up, down), 0.0)  # (k, bins)
    return (triangles * 2 / (edges[2:] - edges[:-2])[:, None]).astype(np.float32)


def _coefficients(frames: FloatArray, warp: float) -> FloatArray:
    """Cepstra (t, 13) of windows of sound (t, FRAME); each window's mean is removed first."""
    centred = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(FRAME).astype(np.float32)
    power = np.abs(np.fft.rfft(centred, FFT, axis=1)).astype(np.float32) ** 2 / FFT
    bands = np.log(power @ _bank(round(warp, 3)).T + _FLOOR)  # (t, k)
    return dct(bands, type=2, axis=1, norm="ortho")[:, :COEFFICIENTS].astype(np.float32)


class MfccStream:
    """Cepstra of sound that arrives in blocks; joined, they equal those of the whole recording."""

    def __init__(self, gain: float = 1.0, warp: float = 1.0) -> None:
        self._gain, self._warp = np.float32(gain), warp
        self._tail = np.zeros(FRAME // 2, np.float32)

    def push(self, samples: FloatArray) -> FloatArray:
        """Take (n,) samples at RATE_HZ, return the (t, 13) frames that are complete by now."""
        self._tail = np.concatenate([self._tail, samples.astype(np.float32) * self._gain])
        count = max((len(self._tail) - FRAME) // HOP + 1, 0)
        if not count:
            return np.zeros((0, COEFFICIENTS), np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(self._tail, FRAME)[: count * HOP : HOP]
        self._tail = self._tail[count * HOP :]
        return _coefficients(frames, self._warp)

    def finish(self) -> FloatArray:
        """Return the frames that only the end of the sound completes; silence follows it."""
        return self.push(np.zeros(FRAME // 2, np.float32))


def mfcc(samples: FloatArray, gain: float = 1.0, warp: float = 1.0) -> FloatArray:
    """Cepstra (t, 13), t = n // HOP + 1, of whole sound at RATE_HZ.

    40 mel bands of 60..7600 Hz, natural logarithm of power, orthonormal DCT-II.
    Works a minute at a time, so memory stays bounded.
    """
    stream = MfccStream(gain, warp)
    step = 60 * RATE_HZ
    blocks = [stream.push(samples[i : i + step]) for i in range(0, len(samples), step)]
    return np.concatenate([*blocks, stream.finish()])
