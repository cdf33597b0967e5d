"""Knows which syllables a speaker leans on, and how the head moves with them: sway, nods, lift with pitch, breath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from engines.api.values import Phone
from engines.performance.config import LayersConfig
from engines.performance.motion import Array, Span, bump, wander
from engines.performance.prosody import RATE_HZ, Prosody

_VOWELS = frozenset("aeiouyɐɑɒæʌəɚɛɜɝɪᵻɔʊ")


@dataclass(frozen=True)
class Accent:
    """A stressed syllable that stands out; strength about 1 for a strong one."""

    time_s: float
    strength: float


def accents(phones: tuple[Phone, ...], prosody: Prosody, config: LayersConfig) -> tuple[Accent, ...]:
    """Find the syllables a speaker leans on: loud, high, stressed vowels, at least accent_gap_s apart."""
    vowels = [p for p in phones if p.symbol and p.symbol[0] in _VOWELS]
    if not vowels:
        return ()
    loud = _standard([prosody.mean_energy(p.start_s, p.end_s) for p in vowels])
    high = _standard([prosody.mean_pitch(p.start_s, p.end_s) for p in vowels], skip_zero=True)
    score = 0.5 * loud + 0.6 * high + np.array([0.5 if p.stress == 1 else -0.3 for p in vowels])
    chosen: list[Accent] = []
    for i in np.argsort(-score):
        time_s = (vowels[i].start_s + vowels[i].end_s) / 2
        if score[i] > 0.35 and all(abs(time_s - a.time_s) >= config.accent_gap_s for a in chosen):
            chosen.append(Accent(time_s, float(np.clip(score[i], 0.3, 1.6))))
    return tuple(sorted(chosen, key=lambda a: a.time_s))


def turn(
    accented: tuple[Accent, ...],
    prosody: Prosody,
    span: Span,
    rng: np.random.Generator,
    config: LayersConfig,
    expressiveness: float = 1.0,
) -> Array:
    """Head rotation (t, 3) radians: sway, nods on accents, a lift with pitch, breath; held within limit_rad.

    Head motion follows pitch and loudness (Munhall et al., "Visual prosody and speech intelligibility", 2004).
    """
    sway = np.stack([wander(span, rng, period_s) for period_s in (1.5, 1.9, 2.3)], axis=1)
    rotation = sway * config.sway_rad * np.array([0.55, 1.0, 0.6])
    for accent in accented:
        size = config.nod_rad * min(accent.strength, 1.2) * rng.uniform(0.5, 1.1)
        rotation[:, 0] += size * bump(span.times_s - accent.time_s - 0.03, 0.17, 0.03, 0.34)
        rotation[:, 1] += 0.35 * size * rng.normal() * bump(span.times_s - accent.time_s, 0.25, 0.15, 0.45)
    rotation[:, 0] -= 0.35 * config.nod_rad * _melody(prosody, span.times_s)
    rotation[:, 0] += config.breath_rad * np.sin(2 * np.pi * (span.times_s / config.breath_s + rng.random()))
    limited: Array = config.limit_rad * np.tanh(expressiveness * rotation / config.limit_rad)
    return limited


def _melody(prosody: Prosody, times_s: Array) -> Array:
    """Pitch against the speaker's median in units of 4 semitones, smoothed over half a second: (t,)."""
    pitch = prosody.pitch_hz.astype(float)
    voiced = pitch > 0
    if not voiced.any():
        return np.zeros(len(times_s))
    semitones = np.where(voiced, 12 * np.log2(np.maximum(pitch, 1) / np.median(pitch[voiced])), 0.0)
    width = 0.22 * RATE_HZ
    smooth = gaussian_filter1d(semitones.clip(-8, 8), width) / (gaussian_filter1d(voiced.astype(float), width) + 0.3)
    return np.interp(times_s, np.arange(len(smooth)) / RATE_HZ, smooth / 4).clip(-1.5, 1.5)


def _standard(values: list[float], *, skip_zero: bool = False) -> Array:
    array = np.array(values, float)
    known = array[array > 0] if skip_zero else array
    if not len(known):
        return np.zeros(len(array))
    scaled = (array - known.mean()) / (known.std() + 1e-6)
    return np.where(array > 0, scaled, 0.0) if skip_zero else scaled
