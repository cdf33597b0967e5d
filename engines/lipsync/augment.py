"""Knows how recordings differ that say the same: level, noise, room, bandwidth, pitch and speed.

All work on samples at 16 kHz with a generator of chance given by the caller, so that a seed repeats them. n samples.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import soxr
from scipy.signal import fftconvolve

from engines.api.values import Audio, FloatArray, Speech
from engines.common.mfcc import RATE_HZ, frame_rms


def quicker(speech: Speech, factor: float) -> Speech:
    """Play speech faster (factor > 1) and by as much higher, as tape does; its phones keep to it."""
    samples = soxr.resample(speech.audio.samples, RATE_HZ * factor, RATE_HZ).astype(np.float32)
    phones = tuple(replace(p, start_s=p.start_s / factor, end_s=p.end_s / factor) for p in speech.phones)
    return Speech(Audio(samples, RATE_HZ), phones, text=speech.text)


def with_noise(samples: FloatArray, snr_db: float, colour: float, rng: np.random.Generator) -> FloatArray:
    """Add steady noise whose power falls with frequency as 1 / f^colour (0 white, 1 pink, 2 rumble)."""
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)).astype(np.float32))
    spectrum *= (np.arange(len(spectrum)) + len(spectrum) / 200) ** (-colour / 2)
    noise = np.fft.irfft(spectrum, len(samples)).astype(np.float32)
    speech_rms = float(np.percentile(frame_rms(samples), 80))
    return samples + noise * (speech_rms * 10 ** (-snr_db / 20) / (float(noise.std()) + 1e-9))


def in_room(samples: FloatArray, decay_s: float, wet: float, rng: np.random.Generator) -> FloatArray:
    """Let sound ring in a room: exponentially dying noise after the direct sound (Polack's model).

    decay_s: time to fall by 60 dB; wet: energy of the tail against the direct sound.
    """
    time_s = np.arange(round(decay_s * RATE_HZ)) / RATE_HZ
    tail = rng.standard_normal(len(time_s)) * 10 ** (-3 * time_s / decay_s)
    tail[: round(0.002 * RATE_HZ)] = 0.0
    tail *= np.sqrt(wet / np.sum(tail**2))
    tail[0] = 1.0
    return fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


def through_channel(samples: FloatArray, tilt_db: float, top_hz: float) -> FloatArray:
    """Tilt the spectrum by tilt_db from 0 to 8 kHz and fade out what lies above top_hz."""
    spectrum = np.fft.rfft(samples)
    hz = np.linspace(0, RATE_HZ / 2, len(spectrum))
    gain_db = tilt_db * (hz / 8000 - 0.25) - 24 * np.maximum(np.log2(np.maximum(hz, 1) / top_hz), 0)
    return np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(samples)).astype(np.float32)


def recorded_elsewhere(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The same speech as another microphone in another room might have heard it."""
    if rng.random() < 0.5:
        samples = in_room(samples, rng.uniform(0.15, 0.6), rng.uniform(0.02, 0.3), rng)
    samples = through_channel(samples, rng.uniform(-12, 12), rng.choice([3600.0, 5500.0, 8000.0]))
    return with_noise(samples, rng.uniform(12, 45), rng.uniform(0, 2), rng)
