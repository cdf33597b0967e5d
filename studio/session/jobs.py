"""The list of running and ended jobs: stage, progress, time left, cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from engines.api.events import ENDINGS, Cancelled, Done, Event, Failed, Progress
from studio.listeners import Listeners
from studio.session.pace import Pace


class JobState(Enum):
    """Where a job stands."""

    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class JobEntry:
    """What the user sees of a job. fraction: 0..1 of the present stage; left_s: seconds; both None while unknown.

    message, details: of a failure; outcome: a few words on what came of a job that ended well.
    """

    id: int
    title: str
    state: JobState = JobState.RUNNING
    stage: str = ""
    fraction: float | None = None
    left_s: float | None = None
    started_s: float = 0.0
    ended_s: float | None = None
    message: str = ""
    details: str = ""
    outcome: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.ended_s is None


@dataclass
class _Work:
    """The moving parts behind an entry."""

    cancel: Callable[[], None]
    pace: Pace = field(default_factory=Pace)


class Jobs:
    """Jobs in the order they were started; used from one thread (the bridge brings events to it)."""

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._entries: dict[int, JobEntry] = {}
        self._work: dict[int, _Work] = {}
        self._count = 0
        self.changed: Listeners[[JobEntry]] = Listeners()
        """Called with an entry when it was added or changed."""
        self.removed: Listeners[[int]] = Listeners()
        """Called with the id of an entry that was cleared away."""

    @property
    def all(self) -> tuple[JobEntry, ...]:
        """All entries, oldest first."""
        return tuple(self._entries.values())

    @property
    def running(self) -> tuple[JobEntry, ...]:
        """Those that have not ended."""
        return tuple(entry for entry in self._entries.values() if entry.running)

    def get(self, job_id: int) -> JobEntry:
        """One entry. Raises KeyError."""
        return self._entries[job_id]

    def add(self, title: str, cancel: Callable[[], None]) -> int:
        """List a job that has just been submitted; cancel asks it to stop (a Ticket's cancel). Returns its id."""
        self._count += 1
        self._work[self._count] = _Work(cancel)
        self._put(JobEntry(self._count, title, started_s=self._source()))
        return self._count

    def report(self, job_id: int, event: Event, outcome: str = "") -> None:
        """Bring an event of the job's engine; what comes after its ending or clearing is dropped."""
        entry = self._entries.get(job_id)
        if entry is None or not entry.running:
            return
        if isinstance(event, Progress):
            self._put(self._progressed(entry, event))
        elif isinstance(event, ENDINGS):
            self._put(_ended(replace(entry, outcome=outcome), event, self._source()))
            del self._work[job_id]

    def cancel(self, job_id: int) -> None:
        """Ask a running job to stop; it stays listed as stopping until it says so itself."""
        entry = self._entries.get(job_id)
        if entry is not None and entry.state is JobState.RUNNING:
            self._put(replace(entry, state=JobState.STOPPING, left_s=None))
            self._work[job_id].cancel()

    def cancel_all(self) -> None:
        """Ask all running jobs to stop."""
        for entry in self.running:
            self.cancel(entry.id)

    def clear_ended(self) -> None:
        """Take ended jobs off the list."""
        for entry in self.all:
            if not entry.running:
                del self._entries[entry.id]
                self.removed.emit(entry.id)

    def _progressed(self, entry: JobEntry, event: Progress) -> JobEntry:
        work = self._work[entry.id]
        work.pace.add(event, self._source())
        left_s = work.pace.left_s if entry.state is JobState.RUNNING else None
        return replace(entry, stage=event.stage or entry.stage, fraction=work.pace.fraction, left_s=left_s)

    def _put(self, entry: JobEntry) -> None:
        self._entries[entry.id] = entry
        self.changed.emit(entry)


def _ended(entry: JobEntry, event: Event, now_s: float) -> JobEntry:
    entry = replace(entry, ended_s=now_s, left_s=None)
    if isinstance(event, Done):
        return replace(entry, state=JobState.DONE, fraction=1.0)
    if isinstance(event, Failed):
        return replace(entry, state=JobState.FAILED, message=event.message, details=event.details)
    assert isinstance(event, Cancelled)
    return replace(entry, state=JobState.CANCELLED)
