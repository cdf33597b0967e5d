"""What the avatar does while nobody talks to it: a demo line, spoken without sound, performed again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engines.api.jobs import PerformJob, SpeakJob
from engines.api.values import Performance, Speech
from studio.bridge.faces import REST, Pose, blended
from studio.bridge.rooms import RoomBridge

LINE = (
    "Hello! I am a face that listens. Come closer, say a few words, and watch my lips move with your voice. "
    "Nothing you say is kept."
)
PAUSE_S = 4.0
CHANNEL = "attract"


class Attract(QObject):
    """A PoseSource (studio.bridge.faces) that loops a performance; each round has its own seed, so no two are alike."""

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, rooms: RoomBridge, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._rooms, self._clock = rooms, clock
        self._speech: Speech | None = None
        self._now: Performance | None = None
        self._next: Performance | None = None
        self._begun_s, self._seed = 0.0, 0

    def begin(self) -> None:
        """Start the loop; the line is spoken, in silence, the first time."""
        self._begun_s = self._clock()
        if self._speech is None:
            running = self._rooms.submit(SpeakJob(LINE), channel=CHANNEL)
            running.finished.connect(self._spoken)
            running.failed.connect(self.failed)

    def pose_at(self, at_s: float) -> Pose:
        """The face now, by the attract loop's own clock; still for a while between rounds."""
        if self._now is None:
            return REST
        inside_s = self._clock() - self._begun_s
        if inside_s > len(self._now.weights) / self._now.fps + PAUSE_S and self._next is not None:
            self._now, self._next, inside_s = self._next, None, 0.0
            self._begun_s = self._clock()
            self._perform()
        return blended(self._now, inside_s)

    def shown(self, seconds: float) -> None:
        """Nobody measures the attract loop."""

    def _spoken(self, speech: Speech) -> None:
        self._speech = speech
        self._perform()

    def _perform(self) -> None:
        assert self._speech is not None
        self._seed += 1
        job = PerformJob(self._speech, seed=self._seed, expressiveness=1.2)
        running = self._rooms.submit(job, channel=CHANNEL)
        running.finished.connect(self._take)
        running.failed.connect(self.failed)

    def _take(self, performance: Performance) -> None:
        if self._now is None:
            self._now, self._begun_s = performance, self._clock()
            self._perform()
        else:
            self._next = performance
        self.changed.emit()
