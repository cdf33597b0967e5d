"""The way of live sound from the pump to a tuned pose, on the threads that carry it: pushed, timed, recorded, sent."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from typing import Protocol

from engines.api.face import LIVE_FPS, Pose
from engines.api.values import Audio, FloatArray
from studio.audio.hops import LIVE_RATE_HZ
from studio.audio.live import Hop
from studio.audio.live_take import LiveTake
from studio.document.layers import LiveTuning
from studio.document.tuning import Tuning
from studio.session.latency import Latency
from studio.session.poses import PoseTrack, TimedPose

FRAME_S = float(1 / LIVE_FPS)


class Receiver(Protocol):
    """Where poses are sent besides the screen (studio.export.vmc)."""

    def send(self, weights: FloatArray, rotation: FloatArray) -> None:
        """Send one pose; never waits, never raises."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class LivePath:
    """hear is called on the pump thread, see on the room's; what is between them needs no other lock."""

    def __init__(self, tuning: Callable[[], Tuning] = Tuning, clock: Callable[[], float] = time.monotonic) -> None:
        """tuning: the layers to put over the next pose."""
        self.push: Callable[[Audio], object] = lambda block: None
        """Where gated hops go: the running job's ticket."""
        self.latency, self.track = Latency(), PoseTrack()
        self.take: LiveTake | None = None
        self.receiver: Receiver | None = None
        self._tuning, self._layers = tuning, LiveTuning(Tuning())
        self.poses = self.lost_in_engine = 0
        self._clock = clock
        self._pushed: deque[tuple[float, Hop]] = deque(maxlen=256)

    def hear(self, hop: Hop) -> None:
        """Record and push a hop."""
        if self.take is not None:
            self.take.hear(hop)
        self._pushed.append((self._clock(), hop))
        self.push(Audio(hop.gated, LIVE_RATE_HZ))

    def see(self, pose: Pose) -> None:
        """Tune a pose, show it, send it, record it as it came, and note what it took to get here."""
        arrived_s = self._clock()
        hop = self._completed_by(pose.pushed_s)
        if hop is None:
            return
        tuning = self._tuning()
        if tuning != self._layers.tuning:
            self._layers = LiveTuning(tuning)
        weights, rotation = self._layers.push(pose.weights, pose.rotation, FRAME_S)
        self.track.add(TimedPose(hop.heard_s - pose.delay_s, arrived_s, weights, rotation))
        if self.receiver is not None:
            self.receiver.send(weights, rotation)
        if self.take is not None:
            self.take.see(hop.number, pose.delay_s, pose.weights, pose.rotation)
        self.poses, self.lost_in_engine = self.poses + 1, pose.dropped
        self._note(hop, pose, arrived_s)

    def forget(self) -> None:
        """Keep neither sound nor poses; what is being recorded is dropped too."""
        self.take = None
        self.track.wipe()
        self._pushed.clear()
        self._layers = LiveTuning(self._layers.tuning)

    def _completed_by(self, pushed_s: float) -> Hop | None:
        """The hop whose push completed a frame: pushes follow each other, so the time of the call tells."""
        pushed = tuple(self._pushed)
        place = bisect_right(pushed, pushed_s, key=lambda each: each[0]) - 1
        return pushed[place][1] if place >= 0 else None

    def _note(self, hop: Hop, pose: Pose, arrived_s: float) -> None:
        note = self.latency.note
        note("capture", max(hop.taken_s - hop.heard_s, 0.0))
        note("window", pose.delay_s)
        note("network", arrived_s - hop.taken_s)
        note("smoothing", max(self.track.delay_s - (arrived_s - hop.heard_s) - pose.delay_s, 0.0))
