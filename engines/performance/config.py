"""What can be tuned in the rule-based animator: times in seconds, angles in radians, weights in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians


@dataclass(frozen=True)
class MouthConfig:
    """Times of the mouth.

    hold_s: least time lips stay shut on p b m; not under 1/25 s, so that a frame falls into it at 25 fps and above.
    """

    hold_s: float = 0.044
    closing_s: float = 0.080
    opening_s: float = 0.075
    still_pause_s: float = 0.150
    settle_s: float = 0.140
    anticipate_s: float = 0.110
    stress_gain: float = 0.14
    energy_gain: float = 0.018
    """Change of opening per decibel that a phone is louder than the speaker's median."""


@dataclass(frozen=True)
class LayersConfig:
    """Times and sizes of everything that is not speech."""

    blink_mean_s: float = 3.6
    blink_refractory_s: float = 1.1
    blink_at_pause: float = 0.65
    gaze_mean_s: float = 1.3
    gaze_least_s: float = 0.35
    gaze_yaw_rad: float = radians(1.1)
    gaze_pitch_rad: float = radians(0.6)
    accent_gap_s: float = 0.45
    brow_raise: float = 0.30
    nod_rad: float = radians(1.8)
    sway_rad: float = radians(1.5)
    breath_rad: float = radians(0.18)
    breath_s: float = 3.9
    limit_rad: float = radians(4.0)
