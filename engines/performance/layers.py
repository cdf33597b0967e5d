"""Knows what a newsreader's eyes and brows do besides speaking, from a seed; never writes a mouth shape."""

from __future__ import annotations

import numpy as np

from engines.api.values import SILENCE, Phone
from engines.performance.config import LayersConfig
from engines.performance.head import Accent
from engines.performance.motion import Array, Span, arrivals, bump, ease, wander

Curves = dict[str, Array]
_GAZE_YAW_RAD, _GAZE_PITCH_RAD = 0.45, 0.38
"""How far the eye turns at weight 1 of eyeLookOut/In and eyeLookUp/Down."""


def blinks(phones: tuple[Phone, ...], span: Span, rng: np.random.Generator, config: LayersConfig) -> Curves:
    """Lids: Poisson blinks with a dead time, likelier at pauses; they close in 80 ms and open in about 190 ms.

    Source of times: Trutoiu et al., "Modeling and animating eye blinks", ACM TAP 8(3), 2011.
    """
    lids = np.zeros((2, len(span.times_s)))
    for onset_s in _blink_times(phones, span, rng, config):
        depth, lag_s = rng.uniform(0.94, 1.0), rng.normal(0, 0.004)
        opening_s = rng.uniform(0.16, 0.22)
        for lid, shift_s in zip(lids, (0.0, lag_s), strict=True):
            since = span.times_s - onset_s - shift_s
            shut = ease(since / 0.08) * ease(1 - (since - 0.11) / opening_s)
            np.maximum(lid, depth * shut, out=lid)
    return {"eyeBlinkLeft": lids[0], "eyeBlinkRight": lids[1]}


def gaze(span: Span, head_yaw: Array, head_pitch: Array, rng: np.random.Generator, config: LayersConfig) -> Curves:
    """Small saccades about the camera; the eyes turn against the head, so that the look stays on the viewer."""
    yaw, pitch = np.zeros(len(span.times_s)), np.zeros(len(span.times_s))
    before = np.zeros(2)
    for onset_s in arrivals(span, rng, config.gaze_mean_s, config.gaze_least_s):
        home = rng.random() < 0.45
        after = np.zeros(2) if home else rng.normal(0, (config.gaze_yaw_rad, config.gaze_pitch_rad))
        step = ease((span.times_s - onset_s) / (0.03 + 0.4 * np.abs(after - before).max()))
        yaw += step * (after - before)[0]
        pitch += step * (after - before)[1]
        before = after
    yaw, pitch = yaw - head_yaw, pitch - head_pitch
    left, down = yaw / _GAZE_YAW_RAD, pitch / _GAZE_PITCH_RAD
    return {
        "eyeLookOutLeft": left.clip(0),
        "eyeLookInRight": left.clip(0),
        "eyeLookInLeft": (-left).clip(0),
        "eyeLookOutRight": (-left).clip(0),
        "eyeLookDownLeft": down.clip(0),
        "eyeLookDownRight": down.clip(0),
        "eyeLookUpLeft": (-down).clip(0),
        "eyeLookUpRight": (-down).clip(0),
    }


def brows(
    accented: tuple[Accent, ...],
    span: Span,
    rng: np.random.Generator,
    config: LayersConfig,
    expressiveness: float = 1.0,
) -> Curves:
    """Brows rise on about half of the accents and drift a little; lids widen with the strongest."""
    lift = np.zeros(len(span.times_s))
    for accent in accented:
        if rng.random() < 0.3 + 0.35 * accent.strength:
            height = accent.strength * config.brow_raise * rng.uniform(0.6, 1.1)
            lift = np.maximum(lift, height * bump(span.times_s - accent.time_s, 0.20, 0.12, 0.38))
    lift = expressiveness * lift
    drift = 0.03 + 0.025 * wander(span, rng, 0.9)
    inner, outer = (lift * rng.uniform(0.8, 1.0) + drift).clip(0), (lift * rng.uniform(0.55, 0.75)).clip(0)
    wide, squint = 0.22 * lift, (0.04 + 0.03 * wander(span, rng, 1.7)).clip(0)
    return {
        "browInnerUp": inner,
        "browOuterUpLeft": outer * rng.uniform(0.9, 1.0),
        "browOuterUpRight": outer * rng.uniform(0.9, 1.0),
        "eyeWideLeft": wide,
        "eyeWideRight": wide,
        "eyeSquintLeft": squint,
        "eyeSquintRight": squint,
    }


def _blink_times(phones: tuple[Phone, ...], span: Span, rng: np.random.Generator, config: LayersConfig) -> list[float]:
    pauses = [p.start_s for p in phones if p.symbol == SILENCE and p.end_s - p.start_s > 0.12]
    wanted = [t + rng.uniform(0.0, 0.15) for t in pauses if rng.random() < config.blink_at_pause]
    spontaneous = list(arrivals(span, rng, config.blink_mean_s, config.blink_refractory_s))
    times: list[float] = []
    for time_s in sorted(wanted + spontaneous):
        if not times or time_s - times[-1] >= config.blink_refractory_s:
            times.append(time_s)
    return times
