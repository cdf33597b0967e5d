"""The avatar's motion along the timeline: performances of the takes, asked for a pose at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.api.arkit import NAMES
from engines.api.jobs import PerformJob
from engines.api.values import FloatArray, Performance
from studio.bridge.passages import Passage
from studio.bridge.programme import LIVE, Programme
from studio.bridge.rooms import RoomBridge


@dataclass(frozen=True, eq=False)
class Pose:
    """A face at one moment: (52,) weights, (3,) head rotation in radians."""

    weights: FloatArray
    rotation: FloatArray


REST = Pose(np.zeros(len(NAMES), np.float32), np.zeros(3, np.float32))
"""The face that says nothing."""


class Faces(QObject):
    """Performs every take on the timeline once and blends between its frames."""

    changed = Signal()
    failed = Signal(str, str)

    def __init__(self, programme: Programme, rooms: RoomBridge) -> None:
        super().__init__()
        self._programme, self._rooms = programme, rooms
        self._performances: dict[str, Performance] = {}
        self._asked: set[str] = set()
        programme.laid.connect(self._perform)

    def pose_at(self, at_s: float) -> Pose:
        """The face at a time of the timeline."""
        passage = self._programme.passage_at(at_s)
        performance = self._performances.get(passage.item.take.digest) if passage is not None else None
        if passage is None or performance is None:
            return REST
        return blended(performance, at_s - passage.shift_s)

    def has(self, passage: Passage) -> bool:
        """Whether the motion of a passage is there."""
        return passage.item.take.digest in self._performances

    def _perform(self) -> None:
        passages = [p for p in self._programme.passages if p.speech is not None and p.speech.phones]
        wanted = {p.item.take.digest: p for p in passages if not p.item.take.digest.startswith(LIVE)}
        for digest in self._performances.keys() - wanted.keys():
            del self._performances[digest]
        for digest, passage in wanted.items():
            if digest not in self._performances and digest not in self._asked:
                self._ask(digest, passage)

    def _ask(self, digest: str, passage: Passage) -> None:
        assert passage.speech is not None
        self._asked.add(digest)
        running = self._rooms.submit(PerformJob(passage.speech))
        running.finished.connect(lambda performance: self._take(digest, performance))
        running.failed.connect(self.failed)
        running.ended.connect(lambda: self._asked.discard(digest))

    def _take(self, digest: str, performance: Performance) -> None:
        self._performances[digest] = performance
        self.changed.emit()


def blended(performance: Performance, at_s: float) -> Pose:
    """The pose between the two frames around a time; the first or last frame outside."""
    place = min(max(at_s * float(performance.fps), 0.0), len(performance.weights) - 1.0)
    first, share = int(place), np.float32(place % 1.0)
    then = min(first + 1, len(performance.weights) - 1)
    weights = performance.weights[first] * (1 - share) + performance.weights[then] * share
    rotation = performance.rotation[first] * (1 - share) + performance.rotation[then] * share
    return Pose(weights, rotation)
