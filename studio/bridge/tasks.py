"""Plain functions on worker threads, their results as signals on the GUI thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

Then = Callable[[Any], object]


class Task(QObject):
    """One function call on a worker thread."""

    finished = Signal(object)
    failed = Signal(object, str)
    """(exception, traceback)"""
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.over = False
        self._dropped = False

    def drop(self) -> None:
        """Hear nothing more of it but `ended`."""
        self._dropped = True

    def deliver(self, future: Future[Any]) -> None:
        """GUI thread: turn the end of a future into signals."""
        self.over = True
        if not self._dropped and not future.cancelled():
            error = future.exception()
            if error is None:
                self.finished.emit(future.result())
            else:
                self.failed.emit(error, "".join(traceback.format_exception(error)))
        self.ended.emit()


class Tasks(QObject):
    """Worker threads of the studio: a few for reading and drawing, one lane each for work that must stay in order."""

    _ended = Signal(object, object)
    """(task, future), emitted on worker threads: this object outlives them, which a task need not."""

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="studio")
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._live: set[Task] = set()
        self._channels: dict[str, Task] = {}

    def run(self, work: Callable[[], Any], then: Then | None = None, *, channel: str = "", lane: str = "") -> Task:
        """Call work on a worker thread and then `then` with its result on this one.

        channel: an unfinished task of the same channel is dropped (latest wins); lane: tasks of a lane run in order.
        """
        task = Task()
        if channel:
            self._replace(channel, task)
        if then is not None:
            task.finished.connect(then)
        self._live.add(task)
        self._threads(lane).submit(work).add_done_callback(lambda future: self._ended.emit(task, future))
        return task

    def wait(self, work: Callable[[], Any], *, lane: str) -> Any:
        """Call work on a lane behind what it has to do and wait for it: for closing down only."""
        return self._threads(lane).submit(work).result()

    @property
    def live(self) -> frozenset[Task]:
        """Tasks that have not ended."""
        return frozenset(self._live)

    def close(self) -> None:
        """Let what runs finish unheard, start nothing more, and join the threads."""
        for task in tuple(self._live):
            task.drop()
        for pool in (self._pool, *self._lanes.values()):
            pool.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, task: Task, future: Future[Any]) -> None:
        if task in self._live:
            task.deliver(future)
            self._forget(task)

    def _threads(self, lane: str) -> ThreadPoolExecutor:
        if not lane:
            return self._pool
        return self._lanes.setdefault(lane, ThreadPoolExecutor(1, thread_name_prefix=f"studio-{lane}"))

    def _replace(self, channel: str, task: Task) -> None:
        old = self._channels.get(channel)
        if old is not None and not old.over:
            old.drop()
        self._channels[channel] = task

    def _forget(self, task: Task) -> None:
        self._live.discard(task)
        for channel, known in tuple(self._channels.items()):
            if known is task:
                del self._channels[channel]
        task.deleteLater()
