"""Keys of a curve: how they bend it, and the edits an animator makes to them, each a new tuple."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.document.tuning import Curve, Key

Floats = NDArray[np.float64]
Keys = tuple[Key, ...]
Chosen = frozenset[Key]
EASE_S = 0.24
"""Beyond the first and the last key their effect dies away in this time."""
CLOSE = 0.012
"""A baked curve stays this near the curve it was made from."""
SAME_S = 0.004
"""Keys nearer than this are at the same time."""


def bend(values: Floats, times_s: Floats, curve: Curve) -> Floats:
    """Values (f,) of one channel at times (f,), bent by the keys of a curve."""
    if not curve.keys or not len(values):
        return values
    first_s, last_s = curve.keys[0].at_s, curve.keys[-1].at_s
    drawn = between(curve.keys, times_s)
    if curve.baked:
        drawn = drawn - np.interp(np.clip(times_s, first_s, last_s), times_s, values)
    outside_s = np.maximum(first_s - times_s, times_s - last_s).clip(0.0)
    return np.asarray(values + drawn * _fade(outside_s))


def between(keys: Keys, times_s: Floats) -> Floats:
    """The smooth curve through keys, without overshoot; before the first and after the last it holds.

    Source: Fritsch and Carlson, SIAM J. Numerical Analysis 17 (1980), as in scipy.interpolate.
    """
    if len(keys) == 1:
        return np.full(len(times_s), keys[0].value)
    from scipy.interpolate import PchipInterpolator

    at_s, values = np.array([key.at_s for key in keys]), np.array([key.value for key in keys])
    return np.asarray(PchipInterpolator(at_s, values)(np.clip(times_s, at_s[0], at_s[-1])), np.float64)


def on_frame(at_s: float, rate_hz: float) -> float:
    """The time of the nearest frame, never before the first."""
    return max(round(at_s * rate_hz), 0) / rate_hz


def with_key(keys: Keys, key: Key) -> Keys:
    """Add a key; one at the same time gives way."""
    return _ordered([*(k for k in keys if abs(k.at_s - key.at_s) > SAME_S), key])


def without(keys: Keys, chosen: Chosen) -> Keys:
    """Take keys away."""
    return tuple(key for key in keys if key not in chosen)


def moved(keys: Keys, chosen: Chosen, by_s: float, by: float, *, ripple: bool = False) -> tuple[Keys, Chosen]:
    """Drag chosen keys; ripple: all later keys go along in time. Others in the way give way.

    Returns the keys and those of them that are chosen now.
    """
    if not chosen:
        return keys, chosen
    from_s = min(key.at_s for key in chosen)
    by_s = max(by_s, -from_s)
    if ripple:
        before = max((k.at_s for k in keys if k.at_s < from_s - SAME_S), default=-1.0)
        by_s = max(by_s, before + 2 * SAME_S - from_s)
    new = {key: replace(key, at_s=key.at_s + by_s, value=key.value + by) for key in chosen}
    late = [key for key in keys if key not in chosen and ripple and key.at_s > from_s]
    new |= {key: replace(key, at_s=key.at_s + by_s) for key in late}
    return _placed(keys, new, chosen)


def scaled(keys: Keys, chosen: Chosen, factor: float) -> tuple[Keys, Chosen]:
    """Multiply the values of chosen keys."""
    return _placed(keys, {key: replace(key, value=key.value * factor) for key in chosen}, chosen)


def stretched(keys: Keys, chosen: Chosen, factor: float, rate_hz: float) -> tuple[Keys, Chosen]:
    """Spread chosen keys in time from the first of them, on frames."""
    if not chosen:
        return keys, chosen
    from_s = min(key.at_s for key in chosen)
    new = {key: replace(key, at_s=on_frame(from_s + factor * (key.at_s - from_s), rate_hz)) for key in chosen}
    return _placed(keys, new, chosen)


def baked(values: Floats, times_s: Floats, start_s: float, end_s: float) -> Keys:
    """As few keys as follow values (f,) within CLOSE between two times: the worst frames are pinned until all fit."""
    inside = np.flatnonzero((times_s >= start_s - 1e-9) & (times_s <= end_s + 1e-9))
    if not len(inside):
        return ()
    times_s, values = times_s[inside], values[inside]
    pinned = {0, len(inside) - 1}
    while True:
        keys = tuple(Key(float(times_s[i]), float(values[i])) for i in sorted(pinned))
        away = np.abs(between(keys, times_s) - values)
        if away.max() <= CLOSE:
            return keys
        pinned |= _worst(away, sorted(pinned))


def _worst(away: Floats, pinned: list[int]) -> set[int]:
    """The frame of the largest error in each gap between pinned frames where it is too large."""
    found = set()
    for start, end in pairwise(pinned):
        place = start + int(away[start : end + 1].argmax())
        if away[place] > CLOSE:
            found.add(place)
    return found


def _placed(keys: Keys, new: dict[Key, Key], chosen: Chosen) -> tuple[Keys, Chosen]:
    still = [key for key in keys if key not in new]
    free = [k for k in still if all(abs(k.at_s - moved_key.at_s) > SAME_S for moved_key in new.values())]
    single = {round(key.at_s / SAME_S): key for key in new.values()}
    kept = frozenset(new[key] for key in chosen if key in new) & frozenset(single.values())
    return _ordered([*free, *single.values()]), kept


def _ordered(keys: list[Key]) -> Keys:
    return tuple(sorted(keys, key=lambda key: key.at_s))


def _fade(outside_s: Floats) -> Floats:
    """1 inside, 0 from EASE_S on, smooth between."""
    x = np.clip(1 - outside_s / EASE_S, 0, 1)
    return np.asarray(x * x * (3 - 2 * x))
