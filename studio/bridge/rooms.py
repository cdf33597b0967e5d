"""Jobs of an engine room as Qt objects: events arrive on the room's thread and leave as signals on the GUI thread.

A job may carry minutes of sound and its first submission starts a process, so rooms are only ever called from a
courier thread: the GUI thread never waits for a pipe.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from engines.api.events import Cancelled, Done, Event, Failed, Partial, Progress
from engines.api.jobs import Job
from engines.api.rooms import Room, Ticket
from engines.api.values import Audio

Sieve = Callable[[Any], Any]
"""Runs on the room's thread with each partial value: heavy work goes here; what it returns goes to the GUI thread."""
Post = Callable[["RoomJob", Event], None]
"""Brings an event to the GUI thread."""


class RoomJob(QObject):
    """One submitted job; every signal is emitted on the GUI thread and exactly one ending comes last."""

    progressed = Signal(Progress)
    arrived = Signal(object)
    finished = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, job: Job, sieve: Sieve | None, courier: ThreadPoolExecutor, post: Post) -> None:
        super().__init__()
        self.job = job
        self.over = False
        self._courier, self._post = courier, post
        self._ticket: Ticket | None = None
        self._unwanted = False
        self._sieve = sieve
        self._muted = False

    def start(self, room: Room) -> None:
        """Have the courier hand the job to a room."""
        self._courier.submit(self._submit, room)

    def push(self, block: Audio) -> None:
        """Feed a live job, on any one thread: without the courier, as a push never waits."""
        if self._ticket is not None and not self.over:
            self._ticket.push(block)

    def cancel(self) -> None:
        """Ask the job to stop; `cancelled` (or an ending that was quicker) follows."""
        self._unwanted = True
        if not self.over:
            self._courier.submit(self._withdraw)

    def abandon(self) -> None:
        """Stop the job and hear nothing more of it but `ended`: a newer one has taken its place."""
        self._muted = True
        self.cancel()

    def _submit(self, room: Room) -> None:
        """Courier thread."""
        if self._unwanted:
            self._post(self, Cancelled())
            return
        try:
            self._ticket = room.submit(self.job, self._hear)
        except Exception as error:
            self._post(self, Failed(f"The job could not be started: {error}", traceback.format_exc()))

    def _withdraw(self) -> None:
        """Courier thread."""
        if self._ticket is not None and not self.over:
            self._ticket.cancel()

    def _hear(self, event: Event) -> None:
        """Room thread: sieve heavy values here, then post to the GUI thread."""
        if isinstance(event, Partial):
            if self._muted:
                return
            if self._sieve is not None:
                event = Partial(self._sieve(event.value))
        self._post(self, event)

    def deliver(self, event: Event) -> None:
        """GUI thread: turn an event into a signal."""
        if self.over:
            return
        match event:
            case Progress() if not self._muted:
                self.progressed.emit(event)
            case Partial(value) if not self._muted:
                self.arrived.emit(value)
            case Done() | Failed() | Cancelled():
                self._end(event)

    def _end(self, event: Event) -> None:
        self.over = True
        if not self._muted:
            match event:
                case Done(value):
                    self.finished.emit(value)
                case Failed(message, details):
                    self.failed.emit(message, details)
                case Cancelled():
                    self.cancelled.emit()
        self.ended.emit()


class RoomBridge(QObject):
    """The studio's door to an engine room: submits jobs, keeps them alive, lets the latest of a channel win."""

    _posted = Signal(object, object)
    """(job, event), emitted on rooms' threads: the bridge outlives them, which a job need not."""

    def __init__(self, room: Room, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._courier = ThreadPoolExecutor(1, thread_name_prefix="courier")
        self._live: set[RoomJob] = set()
        self._channels: dict[str, RoomJob] = {}
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def live(self) -> frozenset[RoomJob]:
        """Jobs that have not ended."""
        return frozenset(self._live)

    def submit(self, job: Job, sieve: Sieve | None = None, *, channel: str = "") -> RoomJob:
        """Start a job; a channel abandons its previous job first. Signals come from the event loop, never from here."""
        running = RoomJob(job, sieve, self._courier, self._posted.emit)
        if channel:
            self.drop(channel)
            self._channels[channel] = running
        self._live.add(running)
        running.start(self._room)
        return running

    def drop(self, channel: str) -> None:
        """Abandon what runs on a channel."""
        old = self._channels.pop(channel, None)
        if old is not None and not old.over:
            old.abandon()

    def close(self) -> None:
        """Stop everything and free the room; blocks until its processes are gone."""
        for job in tuple(self._live):
            job.abandon()
        self._courier.shutdown(wait=True)
        self._room.close()

    def _deliver(self, job: RoomJob, event: Event) -> None:
        if job in self._live:
            job.deliver(event)
            if job.over:
                self._forget(job)

    def _forget(self, job: RoomJob) -> None:
        self._live.discard(job)
        for channel, known in tuple(self._channels.items()):
            if known is job:
                del self._channels[channel]
        job.deleteLater()
