"""The newest poses of a live face on the clock of the sound: blended between two of them, and wiped when asked."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

from engines.api.values import FloatArray

KEPT = 64
STEP_S = 0.04
"""Poses come 25 times a second: so long the face waits for the next one, to have two to blend."""
FADE_S = 0.4
"""How long the face takes to come to rest after poses stop coming."""
LONGEST_DELAY_S = 0.4
CREEP = 0.05
"""How much of a change of delay is made with each pose: a face that jumps in time is seen, one that creeps is not."""


@dataclass(frozen=True, eq=False)
class TimedPose:
    """(52,) weights and (3,) rotation of the face at heard_s (time.monotonic()), known since arrived_s."""

    heard_s: float
    arrived_s: float
    weights: FloatArray
    rotation: FloatArray


class PoseTrack:
    """Poses in time order. Any thread adds, any thread asks."""

    def __init__(self) -> None:
        self._poses: deque[TimedPose] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self.delay_s = 2 * STEP_S
        """How far the face is shown behind the sound: as long as poses take to come, and one step to blend."""

    def __len__(self) -> int:
        return len(self._poses)

    def add(self, pose: TimedPose) -> None:
        """Take the next pose; one that is older than the newest is dropped."""
        with self._lock:
            if self._poses and pose.heard_s <= self._poses[-1].heard_s:
                return
            self._poses.append(pose)
            lags = sorted(each.arrived_s - each.heard_s for each in self._poses)
            wanted_s = min(lags[int(0.95 * (len(lags) - 1))] + STEP_S, LONGEST_DELAY_S)
            self.delay_s += (wanted_s - self.delay_s) * (CREEP if len(lags) > 4 else 1.0)

    def at(self, now_s: float) -> tuple[FloatArray, FloatArray] | None:
        """Weights and rotation to show at that time.monotonic(): two poses blended; fading to rest where none came."""
        with self._lock:
            poses, wanted_s = tuple(self._poses), now_s - self.delay_s
        if not poses:
            return None
        after = next((pose for pose in poses if pose.heard_s >= wanted_s), None)
        if after is None:
            left = max(1.0 - max(wanted_s - poses[-1].heard_s - STEP_S, 0.0) / FADE_S, 0.0)
            return _scaled(poses[-1], left)
        before = max((pose for pose in poses if pose.heard_s < wanted_s), key=lambda p: p.heard_s, default=after)
        span_s = after.heard_s - before.heard_s
        share = np.float32((wanted_s - before.heard_s) / span_s if span_s > 0 else 1.0)
        return (
            before.weights * (1 - share) + after.weights * share,
            before.rotation * (1 - share) + after.rotation * share,
        )

    def wipe(self) -> None:
        """Forget every pose."""
        with self._lock:
            self._poses.clear()


def _scaled(pose: TimedPose, factor: float) -> tuple[FloatArray, FloatArray]:
    return pose.weights * np.float32(factor), pose.rotation * np.float32(factor)
