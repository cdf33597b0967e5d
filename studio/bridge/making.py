"""A presenter being made in the window: the import, then the training with its pictures; listed among the jobs."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from engines.api.events import Cancelled, Done, Failed, Progress
from engines.api.jobs import Job
from engines.api.presenter import ImportJob, ImportReport, TrainingLook, TrainPresenterJob
from engines.api.values import ByteArray
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.session.jobs import Jobs
from studio.session.pace import Pace

PREVIEW = 512
"""Rows of a training's sheet that are shown: its first picture."""


class Making(QObject):
    """One presenter's way from footage to a folder. Lives as long as the window, so that a dialog may be closed."""

    changed = Signal()
    looked = Signal(object)
    imported = Signal(object)
    trained = Signal(str)
    failed = Signal(str)

    def __init__(self, rooms: RoomBridge, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rooms, self._jobs = rooms, jobs
        self._job: RoomJob | None = None
        self.pace, self.stage, self.name = Pace(), "", ""
        self.look: ByteArray | None = None

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._job is not None

    @property
    def importing(self) -> bool:
        """Whether what runs is an import."""
        return self._job is not None and isinstance(self._job.job, ImportJob)

    def bring_in(self, job: ImportJob) -> None:
        """Start an import; `imported` or `failed` follows, and `changed` whenever something is new."""
        self.name = job.name
        self._start(job, f"Import {job.name}", self.imported.emit)

    def train(self, job: TrainPresenterJob) -> None:
        """Start or go on with a training; `trained` or `failed` follows."""
        self.name = job.name
        self._start(job, f"Train {job.name}", self.trained.emit)

    def stop(self) -> None:
        """Stop what runs. A training keeps what it has learned and can go on."""
        if self._job is not None:
            self._job.cancel()

    def _start(self, job: Job, title: str, then: object) -> None:
        assert self._job is None, "one at a time"
        self.pace, self.stage, self.look = Pace(), title, None
        running = self._rooms.submit(job, first_row)
        self._job = running
        entry = self._jobs.add(title, running.cancel)
        running.progressed.connect(lambda event: self._progress(entry, event))
        running.arrived.connect(self._show)
        running.finished.connect(lambda value: self._jobs.report(entry, Done(None)))
        running.failed.connect(lambda words, details: self._jobs.report(entry, Failed(words, details)))
        running.cancelled.connect(lambda: self._jobs.report(entry, Cancelled()))
        running.ended.connect(self._over)
        running.finished.connect(lambda value: self._then(then, value))
        running.failed.connect(lambda words, details: self.failed.emit(words))

    def _then(self, then: object, value: ImportReport | str) -> None:
        assert callable(then)
        self._job = None
        then(value)

    def _progress(self, entry: int, event: Progress) -> None:
        self._jobs.report(entry, event)
        self.stage = event.stage
        self.pace.add(event, time.monotonic())
        self.changed.emit()

    def _show(self, row: ByteArray) -> None:
        self.look = row
        self.looked.emit(row)

    def _over(self) -> None:
        self._job = None
        self.changed.emit()


def first_row(look: TrainingLook) -> ByteArray:
    """The first row (512, w, 3) of a training's sheet; on the room's thread."""
    return look.sheet[:PREVIEW].copy()
