"""Knows what a face does besides speaking while nobody knows for how long: blinks, small looks, sway; from a seed.

The same habits as the performance rules' layers, drawn as time goes on instead of for a whole sound.
"""

from __future__ import annotations

import numpy as np

from engines.api.arkit import INDEX
from engines.api.values import FloatArray
from engines.performance.config import LayersConfig
from engines.performance.motion import ease

_CLOSE_S, _HOLD_S = 0.08, 0.11
_GAZE_YAW_RAD, _GAZE_PITCH_RAD = 0.45, 0.38
_HOME = 0.45
_PERIODS_S = np.array([[7.1, 4.3], [9.7, 5.9], [11.3, 6.7]])
_SWAY = np.array([0.55, 1.0, 0.6])
_LOOKS = ("eyeLookOutLeft", "eyeLookInRight", "eyeLookInLeft", "eyeLookOutRight")
_UPS = ("eyeLookDownLeft", "eyeLookDownRight", "eyeLookUpLeft", "eyeLookUpRight")


class Idle:
    """One face's habits; ask for times in order."""

    def __init__(self, seed: int, config: LayersConfig | None = None) -> None:
        self._config = config or LayersConfig()
        self._blinking, self._looking, swaying = (np.random.default_rng([seed, layer]) for layer in range(3))
        self._phases = swaying.uniform(0, 2 * np.pi, (3, 2))
        self._blink_s = self._blinking.exponential(self._config.blink_mean_s)
        self._opening_s = 0.19
        self._look_s, self._next_look_s = 0.0, self._pause_s()
        self._from = self._to = np.zeros(2)

    def lay(self, weights: FloatArray, rotation: FloatArray, time_s: float) -> tuple[FloatArray, FloatArray]:
        """Add sway to rotation (3,), and blinks and a look at the viewer to weights (52,), at a time."""
        turned = np.asarray(rotation + self._sway(time_s), np.float32)
        laid = weights.copy()
        laid[[INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]] = self._blink(time_s)
        yaw, pitch = self._look(time_s) - turned[[1, 0]]  # the eyes turn against the head
        across, down = yaw / _GAZE_YAW_RAD, pitch / _GAZE_PITCH_RAD
        for names, value in ((_LOOKS, across), (_UPS, down)):
            laid[[INDEX[n] for n in names[:2]]] = min(max(value, 0.0), 1.0)
            laid[[INDEX[n] for n in names[2:]]] = min(max(-value, 0.0), 1.0)
        return laid, turned

    def _blink(self, time_s: float) -> float:
        config = self._config
        while time_s > self._blink_s + _HOLD_S + self._opening_s:
            rest_s = self._blinking.exponential(config.blink_mean_s - config.blink_refractory_s)
            self._blink_s += config.blink_refractory_s + rest_s
            self._opening_s = self._blinking.uniform(0.16, 0.22)
        since = time_s - self._blink_s
        return float(0.97 * ease(np.array(since / _CLOSE_S)) * ease(np.array(1 - (since - _HOLD_S) / self._opening_s)))

    def _look(self, time_s: float) -> FloatArray:
        config = self._config
        while time_s > self._next_look_s:
            away = self._looking.normal(0, (config.gaze_yaw_rad, config.gaze_pitch_rad))
            self._from, self._to = self._to, away if self._looking.random() > _HOME else np.zeros(2)
            self._look_s, self._next_look_s = self._next_look_s, self._next_look_s + self._pause_s()
        share = ease(np.array((time_s - self._look_s) / (0.03 + 0.4 * np.abs(self._to - self._from).max())))
        return np.asarray(self._from + share * (self._to - self._from), np.float32)

    def _pause_s(self) -> float:
        config = self._config
        return float(config.gaze_least_s + self._looking.exponential(config.gaze_mean_s - config.gaze_least_s))

    def _sway(self, time_s: float) -> FloatArray:
        waves = np.sin(2 * np.pi * time_s / _PERIODS_S + self._phases).mean(axis=1)
        return np.asarray(0.6 * self._config.sway_rad * _SWAY * waves, np.float32)
