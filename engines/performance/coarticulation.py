"""Knows how neighbouring phones share the mouth: dominance functions, lips that certainly close, stillness in pauses.

Each part of the mouth is a mean of the phones' targets weighted by dominance (M. M. Cohen, D. W. Massaro, "Modeling
coarticulation in synthetic visual speech", 1993, eq. 1-3). Two departures: the exponent is 2, which makes the path
smooth at a phone's centre, and closures are constraints laid over the mean, as a mean alone undershoots them
(S. A. King, R. E. Parent, "Creating speech-synchronized animation", IEEE TVCG 11(3), 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import NAMES
from engines.api.values import SILENCE, FloatArray, Phone
from engines.performance.config import MouthConfig
from engines.performance.prosody import Prosody
from engines.performance.targets import GROUPS, PARTS, Target, columns, segments

Array = NDArray[np.float64]
_PARTS = tuple(PARTS)
_COLUMN = {part: i for i, part in enumerate(_PARTS)}
_CHUNK = 512
_REACH_S = 1.2
_CLOSED = {"press": 0.06, "roll_up": 0.04, "roll_low": 0.06, "shrug_low": 0.03}
_REST = {"press": 0.03, "shrug_low": 0.02}


@dataclass(frozen=True, eq=False)
class Gestures:
    """The mouths of a speech in time order (s of them).

    centre_s: (s,); width_s, dominance: (s, groups); shape: (s, parts); start_s, end_s of the phones that close (c, 2)
    and of the pauses long enough to be still (p, 2).
    """

    centre_s: Array
    width_s: Array
    dominance: Array
    shape: Array
    closures: Array
    pauses: Array


def plan(phones: tuple[Phone, ...], prosody: Prosody, config: MouthConfig) -> Gestures:
    """Turn phones into gestures: targets scaled by stress and by loudness against the speaker's median."""
    voiced = [p for p in phones if p.symbol != SILENCE and p.end_s > p.start_s]
    loudness = [prosody.mean_energy(p.start_s, p.end_s) for p in voiced]
    median = float(np.median(loudness)) if loudness else 0.0
    rows = [
        _row(target, start_s, end_s, _gain(phone, energy - median, config))
        for phone, energy in zip(voiced, loudness, strict=True)
        for target, start_s, end_s in _simple(phone)
    ]
    centre, width, dominance, shape = (np.array([r[i] for r in rows], float) for i in range(4))
    closures = [(p.start_s, p.end_s) for p in voiced for t, _ in segments(p.symbol)[:1] if t.kind == "bilabial"]
    return Gestures(
        centre.reshape(-1),
        width.reshape(-1, len(GROUPS)),
        dominance.reshape(-1, len(GROUPS)),
        shape.reshape(-1, len(_PARTS)),
        np.array(closures, float).reshape(-1, 2),
        _pauses(voiced, config),
    )


def mouth(gestures: Gestures, times_s: Array, config: MouthConfig) -> FloatArray:
    """Mouth curves at any times: (t,) seconds -> (t, 52) float32; only mouth columns are ever not zero."""
    result = np.zeros((len(times_s), len(NAMES)), np.float32)
    for first in range(0, len(times_s), _CHUNK):
        part = times_s[first : first + _CHUNK]
        shapes = _close(_blend(gestures, part), gestures.closures, part, config)
        shapes = _still(shapes, gestures.pauses, part, config)
        for name, column in _COLUMN.items():
            result[first : first + _CHUNK, columns(name)] = np.clip(shapes[:, column, None], 0.0, 1.0)
    return result


def _simple(phone: Phone) -> list[tuple[Target, float, float]]:
    pieces, start_s = [], phone.start_s
    for target, share in segments(phone.symbol):
        end_s = start_s + share * (phone.end_s - phone.start_s)
        pieces.append((target, start_s, end_s))
        start_s = end_s
    return pieces


def _gain(phone: Phone, louder_db: float, config: MouthConfig) -> float:
    stress = {0: 0.0, 1: 1.0, 2: 0.5}.get(phone.stress, 0.0) * config.stress_gain
    return float(np.clip(0.94 + stress + config.energy_gain * np.clip(louder_db, -8, 8), 0.75, 1.25))


def _row(target: Target, start_s: float, end_s: float, gain: float) -> tuple[object, ...]:
    """Centre, width and dominance by group, and shape by part of one mouth."""
    opening = gain if target.kind == "vowel" else 1.0
    half_s = min(end_s - start_s, 0.4) / 2
    widths = [0.75 * half_s + (target.reach_s if group == "round" else 0.022) for group in GROUPS]
    # Short vowels are said less fully: their dominance falls, so neighbours pull them in (undershoot, Lindblom 1963).
    fullness = min(1.0, 0.35 + half_s / 0.05)
    dominance = [getattr(target, group) * fullness for group in GROUPS]
    scaled = {part: weight * (opening if part in GROUPS["open"] else 1.0) for part, weight in target.shape.items()}
    return (start_s + end_s) / 2, widths, dominance, [scaled.get(part, 0.0) for part in _PARTS]


def _blend(gestures: Gestures, times_s: Array) -> Array:
    """Dominance-weighted mean of the targets near some times: (t, parts)."""
    shapes = np.zeros((len(times_s), len(_PARTS)))
    low, high = np.searchsorted(gestures.centre_s, [times_s[0] - _REACH_S, times_s[-1] + _REACH_S])
    near = slice(int(low), int(high))
    distance = times_s[:, None] - gestures.centre_s[near]  # (t, s)
    for g, parts in enumerate(GROUPS.values()):
        power = -((distance / gestures.width_s[near, g]) ** 2)
        weight = gestures.dominance[near, g] * np.exp(np.maximum(power, -60.0))
        which = [_COLUMN[part] for part in parts]
        shapes[:, which] = weight @ gestures.shape[near][:, which] / (weight.sum(axis=1, keepdims=True) + 1e-9)
    return shapes


def _close(shapes: Array, closures: Array, times_s: Array, config: MouthConfig) -> Array:
    """Lay certain lip closure over p b m: shut for hold_s or more around the phone's centre."""
    near = closures[(closures[:, 1] > times_s[0] - 0.5) & (closures[:, 0] < times_s[-1] + 0.5)]
    if not len(near):
        return shapes
    start_s, end_s = near[:, 0], near[:, 1]
    centre_s, half_s = (start_s + end_s) / 2, (end_s - start_s) / 2
    shut_s = np.minimum(start_s + 0.4 * half_s, centre_s - config.hold_s / 2)
    open_s = np.maximum(centre_s + 0.3 * half_s, centre_s + config.hold_s / 2)
    rise = _smooth((times_s[:, None] - shut_s) / config.closing_s + 1)
    fall = _smooth((open_s - times_s[:, None]) / config.opening_s + 1)
    shut = 1 - np.prod(1 - rise * fall, axis=1)[:, None]
    return shapes + shut * (_closed(shapes) - shapes)


def _closed(shapes: Array) -> Array:
    """The nearest shut mouth to each of shapes: rounding and a little jaw stay, mouthClose takes the jaw back."""
    closed = np.zeros_like(shapes)
    for part, weight in _CLOSED.items():
        closed[:, _COLUMN[part]] = weight
    jaw = np.minimum(0.5 * shapes[:, _COLUMN["jaw"]], 0.05)
    closed[:, _COLUMN["jaw"]] = closed[:, _COLUMN["close"]] = jaw
    closed[:, _COLUMN["pucker"]] = 0.6 * shapes[:, _COLUMN["pucker"]]
    return closed


def _pauses(voiced: list[Phone], config: MouthConfig) -> Array:
    """Stretches of silence to be still in, open-ended before the first and after the last phone: (p, 2)."""
    ends = [-np.inf, *(p.end_s for p in voiced)]
    starts = [*(p.start_s for p in voiced), np.inf]
    gaps = [(end, start) for end, start in zip(ends, starts, strict=True) if start - end >= config.still_pause_s]
    return np.array(gaps, float).reshape(-1, 2)


def _still(shapes: Array, pauses: Array, times_s: Array, config: MouthConfig) -> Array:
    """Close the lips in pauses and hold them exactly at rest, opening a little before speech begins again."""
    near = pauses[(pauses[:, 1] > times_s[0] - 0.5) & (pauses[:, 0] < times_s[-1] + 0.5)]
    if not len(near):
        return shapes
    length_s = near[:, 1] - near[:, 0]
    settle_s = np.minimum(config.settle_s, 0.45 * length_s)
    anticipate_s = np.minimum(config.anticipate_s, 0.35 * length_s)
    rise = _smooth((times_s[:, None] - near[:, 0]) / settle_s)
    # The mouth is fully the phone's a little after its onset, so the ramp runs on into the phone.
    fall = _smooth((near[:, 1] - times_s[:, None] + 0.03) / (anticipate_s + 0.03))
    rest = np.zeros(len(_PARTS))
    for part, weight in _REST.items():
        rest[_COLUMN[part]] = weight
    calm = (1 - np.prod(1 - rise * fall, axis=1))[:, None]
    return np.where(calm >= 1.0, rest, shapes + calm * (rest - shapes))


def _smooth(x: Array) -> Array:
    """Quintic smoothstep: 0 below 0, 1 above 1, first and second derivatives zero at both."""
    x = np.clip(x, 0.0, 1.0)
    result: Array = x**3 * (x * (6 * x - 15) + 10)
    return result
