"""Knows how loud and how high a voice is: energy and pitch at 100 values per second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engines.api.values import Audio, FloatArray

RATE_HZ = 100
PITCH_RATE_HZ = 8000
PITCH_WINDOW = 512
_LOW_HZ, _HIGH_HZ = 65.0, 420.0
_VOICED = 0.5
_CHUNK = 4096
_FLOOR_DB, _QUIET_DB = -80.0, -60.0


@dataclass(frozen=True, eq=False)
class Prosody:
    """Rows at RATE_HZ.

    energy_db: (t,) float32, RMS in dB of full scale; pitch_hz: (t,) float32, 0 where unvoiced.
    """

    energy_db: FloatArray
    pitch_hz: FloatArray

    def mean_energy(self, start_s: float, end_s: float) -> float:
        """Mean energy of a stretch in dB; the floor where there is no sound."""
        first = max(0, round(start_s * RATE_HZ))
        part = self.energy_db[first : max(first + 1, round(end_s * RATE_HZ))]
        return float(part.mean()) if len(part) else _FLOOR_DB

    def mean_pitch(self, start_s: float, end_s: float) -> float:
        """Median pitch of the voiced part of a stretch in Hz; 0 if none is voiced."""
        part = self.pitch_hz[max(0, round(start_s * RATE_HZ)) : round(end_s * RATE_HZ) + 1]
        return float(np.median(part[part > 0])) if (part > 0).any() else 0.0


def measure(audio: Audio) -> Prosody:
    """Energy and pitch of a sound, row i at i / 100 s.

    Pitch: peak of the autocorrelation over that of the window (Boersma 1993, eq. 9), at 8 kHz with 64 ms windows.
    """
    import soxr

    samples = audio.samples.astype(np.float32)
    if audio.rate_hz != PITCH_RATE_HZ:
        samples = soxr.resample(samples, audio.rate_hz, PITCH_RATE_HZ)
    hop = PITCH_RATE_HZ // RATE_HZ
    rows = max(1, len(samples) // hop)
    padded = np.pad(samples, (PITCH_WINDOW // 2, PITCH_WINDOW + hop))
    windows = np.lib.stride_tricks.sliding_window_view(padded, PITCH_WINDOW)[::hop][:rows]
    parts = [measure_windows(windows[i : i + _CHUNK]) for i in range(0, rows, _CHUNK)]
    return Prosody(*(np.concatenate(column).astype(np.float32) for column in zip(*parts, strict=True)))


def measure_windows(windows: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure windows (t, PITCH_WINDOW) of samples at PITCH_RATE_HZ: energy in dB (t,), pitch in Hz (t,)."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    middle = centred[:, PITCH_WINDOW // 4 : -PITCH_WINDOW // 4]
    energy_db = 10 * np.log10(np.maximum((middle**2).mean(axis=1), 10 ** (_FLOOR_DB / 10)))
    taper, own = _taper()
    correlation = _autocorrelation(centred * taper)  # (t, lags)
    normal = correlation / np.maximum(correlation[:, :1], 1e-9) / np.maximum(own / own[0], 1e-3)
    shortest, longest = int(PITCH_RATE_HZ / _HIGH_HZ), int(PITCH_RATE_HZ / _LOW_HZ)
    # A small price on long periods keeps the octave below from winning by a hair.
    scores = normal[:, shortest:longest] - 0.08 * np.log2(np.arange(shortest, longest) / shortest) / 2
    best = scores.argmax(axis=1)
    strength = np.take_along_axis(normal[:, shortest:longest], best[:, None], 1)[:, 0]
    voiced = (strength > _VOICED) & (energy_db > _QUIET_DB)
    return energy_db, np.where(voiced, PITCH_RATE_HZ / (best + shortest), 0.0)


@lru_cache(maxsize=1)
def _taper() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The window and its autocorrelation."""
    taper = np.hanning(PITCH_WINDOW)
    return taper, _autocorrelation(taper[None])[0]


def _autocorrelation(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(windows, 2 * PITCH_WINDOW, axis=1)
    lags: NDArray[np.float64] = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :PITCH_WINDOW]
    return lags
