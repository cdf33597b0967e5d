"""What the models put out for the takes on the timeline: each take is animated once by each model that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from engines.api.face import AnimateJob
from engines.api.jobs import Job, PerformJob
from engines.api.values import Performance, Speech
from studio.bridge.project_file import ProjectFile
from studio.bridge.rooms import RoomBridge
from studio.bridge.tasks import Tasks

RECORDED = "recorded"
"""The model of a take that was animated while it was recorded: its motion lies beside its sound."""


@dataclass(frozen=True)
class Wanted:
    """A take, by its digest, animated by a model."""

    take: str
    model: str
    seed: int = 0


def face_job(speech: Speech, model: str, fps: Fraction, seed: int) -> Job:
    """The job that animates speech by a model; blinks and gaze come with it, the emotion is a layer of the tuning."""
    if model == "rules":
        return PerformJob(speech, fps, seed)
    return AnimateJob(speech.audio, model, fps, seed=seed)


def can_animate(speech: Speech, model: str) -> bool:
    """The rules need phones; the networks only hear."""
    return model != "rules" or bool(speech.phones)


class Outputs(QObject):
    """Keeps the outputs wanted now and asks the room for those that are missing."""

    arrived = Signal(object)
    """(Wanted)"""
    failed = Signal(str, str)
    doing = Signal()
    """What is being made changed."""

    def __init__(self, file: ProjectFile, rooms: RoomBridge, tasks: Tasks) -> None:
        super().__init__()
        self._file, self._rooms, self._tasks = file, rooms, tasks
        self._known: dict[Wanted, Performance] = {}
        self._asked: set[Wanted] = set()
        self._hopeless: set[Wanted] = set()

    def get(self, wanted: Wanted) -> Performance | None:
        """The output, None while it is being made."""
        return self._known.get(wanted)

    def making(self, wanted: Wanted) -> bool:
        """Whether it is being made just now."""
        return wanted in self._asked

    def keep_to(self, wanted: Mapping[Wanted, Speech]) -> None:
        """Have exactly these; one that failed is tried again only after it was not wanted for a while."""
        for old in self._known.keys() - wanted.keys():
            del self._known[old]
        self._hopeless &= wanted.keys()
        for one, speech in wanted.items():
            if one not in self._known and one not in self._asked and one not in self._hopeless:
                self._ask(one, speech)

    def _ask(self, wanted: Wanted, speech: Speech) -> None:
        self._asked.add(wanted)
        if wanted.model == RECORDED:
            takes = self._file.store.takes
            task = self._tasks.run(lambda: takes.motion(wanted.take), lambda motion: self._take(wanted, motion))
            task.failed.connect(lambda error, details: self._fail(wanted, str(error), details))
            task.ended.connect(lambda: self._end(wanted))
        else:
            running = self._rooms.submit(face_job(speech, wanted.model, Fraction(25), wanted.seed))
            running.finished.connect(lambda performance: self._take(wanted, performance))
            running.failed.connect(lambda message, details: self._fail(wanted, message, details))
            running.ended.connect(lambda: self._end(wanted))
        self.doing.emit()

    def _take(self, wanted: Wanted, performance: Performance | None) -> None:
        if performance is None:
            self._fail(wanted, "The motion recorded with this take is missing: choose another model.", "")
        elif len(performance.weights):
            self._known[wanted] = performance
            self.arrived.emit(wanted)

    def _fail(self, wanted: Wanted, message: str, details: str) -> None:
        self._hopeless.add(wanted)
        self.failed.emit(message, details)

    def _end(self, wanted: Wanted) -> None:
        self._asked.discard(wanted)
        self.doing.emit()
