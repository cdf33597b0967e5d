"""Tuning applied: over what a model put out, smoothing, gains, emotion and keys, for a take or frame by frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import NAMES
from engines.api.values import FloatArray, Performance
from studio.document.emotions import emotion_layer
from studio.document.filters import OneEuro, smoothed
from studio.document.keys import bend
from studio.document.tuning import BLINKS, CHANNELS, COLUMN, GAZE, REGION_OF, REGIONS, Tuning

Floats = NDArray[np.float64]
SHAPES = len(NAMES)
_QUICK = [COLUMN[name] for name in BLINKS]
"""Never smoothed: a blink is meant to be quick."""


def tuned(performance: Performance, tuning: Tuning, take: str = "") -> Performance:
    """The performance under its layers; the one given stays as it is. take: whose keys count."""
    values = channels(performance)
    values = under_keys(values, performance.fps, tuning)
    times_s = np.arange(len(values)) / float(performance.fps)
    for curve in tuning.curves:
        if curve.take == take:
            column = COLUMN[curve.shape]
            values[:, column] = bend(values[:, column], times_s, curve)
    return performance_of(values, performance.fps)


def under_keys(values: Floats, fps: Fraction, tuning: Tuning) -> Floats:
    """All layers (f, 55) below the keys, in a new array."""
    quick = values[:, _QUICK]
    values = smoothed(values, float(fps), tuning.smoothing).copy()
    values[:, _QUICK] = quick
    return _mixed(values, tuning)


def channels(performance: Performance) -> Floats:
    """Weights and head rotation side by side: (f, 55) in the order of CHANNELS."""
    return np.hstack([performance.weights, performance.rotation]).astype(np.float64)


def channel(performance: Performance, name: str) -> Floats:
    """One channel of a performance: (f,)."""
    column = COLUMN[name]
    values = performance.weights[:, column] if column < SHAPES else performance.rotation[:, column - SHAPES]
    return values.astype(np.float64)


def performance_of(values: Floats, fps: Fraction) -> Performance:
    """Channels back as a performance, shapes within [0, 1]."""
    weights: FloatArray = np.clip(values[:, :SHAPES], 0, 1).astype(np.float32)
    return Performance(weights, values[:, SHAPES:].astype(np.float32), fps)


def gains(tuning: Tuning) -> tuple[Floats, Floats]:
    """What each channel is multiplied by, and what is then added: (55,) each."""
    factor, offset = np.ones(len(CHANNELS)), np.zeros(len(CHANNELS))
    for row in tuning.shapes:
        factor[COLUMN[row.shape]], offset[COLUMN[row.shape]] = row.gain, row.offset
    free = free_channels(tuning)
    by_region = {region: tuning.region_gain(region) for region in REGIONS}
    factor *= np.where(free, [by_region[REGION_OF[name]] for name in CHANNELS], 1.0)
    for names, layer in ((BLINKS, tuning.blinks), (GAZE, tuning.gaze)):
        for name in names:
            factor[COLUMN[name]] *= layer.gain if free[COLUMN[name]] else 1.0
    return factor, offset


def audible(tuning: Tuning) -> NDArray[np.bool_]:
    """Which channels the view shows, (55,): the soloed ones, or all. An export never leaves any out."""
    soloed = tuning.soloed
    return np.array([not soloed or name in soloed for name in CHANNELS])


def free_channels(tuning: Tuning) -> NDArray[np.bool_]:
    """Which channels are not locked: (55,)."""
    free = np.ones(len(CHANNELS), bool)
    free[[COLUMN[row.shape] for row in tuning.shapes if row.locked]] = False
    return free


class LiveTuning:
    """The same layers for poses that come one by one; keys and Savitzky-Golay, which need the future, are left out."""

    def __init__(self, tuning: Tuning) -> None:
        self.tuning = tuning
        smoothing = tuning.smoothing
        self._filter = OneEuro(smoothing.cutoff_hz, smoothing.beta) if smoothing.kind == "one-euro" else None

    def push(self, weights: FloatArray, rotation: FloatArray, step_s: float) -> tuple[FloatArray, FloatArray]:
        """The tuned pose for the next (52,) weights and (3,) rotation, step_s after the one before."""
        values = np.concatenate([weights, rotation]).astype(np.float64)
        if self._filter is not None:
            quick = values[_QUICK]
            values = self._filter.push(values, step_s).copy()
            values[_QUICK] = quick
        posed = performance_of(_mixed(values[None], self.tuning), Fraction(25))
        return posed.weights[0], posed.rotation[0]


def _mixed(values: Floats, tuning: Tuning) -> Floats:
    """Layers that look at one frame at a time: gains, offsets, emotion."""
    factor, offset = gains(tuning)
    values = values * factor + offset
    if tuning.emotion != "neutral":
        added = emotion_layer(values, tuning.emotion, tuning.emotion_strength)
        values = values + added * free_channels(tuning)
    values[:, :SHAPES] = values[:, :SHAPES].clip(0, 1)
    return values
