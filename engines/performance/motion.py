"""Knows the primitives of facial motion: chance arrivals, smooth wandering, bumps; all the same at any frame rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Span:
    """The time to fill.

    times_s: (t,) instants asked for; seconds: length of the sound, which alone fixes what chance draws.
    """

    times_s: Array
    seconds: float


def arrivals(span: Span, rng: np.random.Generator, mean_s: float, least_s: float) -> Iterator[float]:
    """Times of a Poisson process with a dead time of least_s, from 0 to the end."""
    time_s = least_s * rng.random() + rng.exponential(mean_s - least_s)
    while time_s < span.seconds:
        yield time_s
        time_s += least_s + rng.exponential(mean_s - least_s)


def wander(span: Span, rng: np.random.Generator, period_s: float) -> Array:
    """Smooth noise about 0 with deviation near 0.5: a spline through random knots one period apart, (t,)."""
    knots = np.arange(-2, int(span.seconds / period_s) + 4) * period_s
    values: Array = CubicSpline(knots, rng.uniform(-1, 1, len(knots)))(span.times_s)
    return values


def bump(since_s: Array, rise_s: float, hold_s: float, fall_s: float) -> Array:
    """0 -> 1 -> 0, smooth, at 1 from 0 to hold_s."""
    return ease(since_s / rise_s + 1) * ease(1 - (since_s - hold_s) / fall_s)


def ease(x: Array) -> Array:
    """Cubic smoothstep: 0 below 0, 1 above 1."""
    x = np.clip(x, 0.0, 1.0)
    eased: Array = x * x * (3 - 2 * x)
    return eased
