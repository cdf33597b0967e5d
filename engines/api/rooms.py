"""Where engines work: a room takes jobs and reports events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from engines.api.events import Event, Partial, Progress
from engines.api.jobs import Job
from engines.api.values import Audio

Listener = Callable[[Event], None]
Work = Generator[Progress | Partial, None, Any]
"""What Engine.run returns: yields Progress and Partial, returns the result; every yield is a place to stop."""


def result_of(work: Work) -> Any:
    """The result of work whose events nobody needs."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


class Engine(Protocol):
    """Runs jobs of the classes the registry maps to it. Constructed once per process, loads weights on first use."""

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        ...


@dataclass(frozen=True, eq=False)
class Heard:
    """A block of live sound on its way into an engine.

    at_s: where it begins in all the sound pushed; pushed_s: time.monotonic() of the push; dropped, dropped_s: blocks,
    and seconds of sound, that were late and thrown away so far.
    """

    block: Audio
    at_s: float
    pushed_s: float
    dropped: int = 0
    dropped_s: float = 0.0


class Hearing(Protocol):
    """A live job under way: what an engine remembers of the sound so far."""

    def push(self, heard: Heard) -> Iterator[Progress | Partial]:
        """Hear one block; yields what it completes."""
        ...


class LiveEngine(Protocol):
    """Runs live jobs (those whose class says `live`)."""

    def listen(self, job: Job) -> Hearing:
        """Make ready to hear. Raises EngineError for what the user can mend."""
        ...


class Ticket(Protocol):
    """A running job."""

    def push(self, block: Audio) -> None:
        """Feed a live job; never waits. Sound is discarded until the engine's first event, Progress(1, 1, "Listening").

        Where the engine falls behind, blocks are dropped and counted, never queued. A job that is not live, or has
        ended, ignores them.
        """
        ...

    def cancel(self) -> None:
        """Ask the job to stop; its last event is then Cancelled (or Done if it was quicker)."""
        ...


class Room(Protocol):
    """Runs jobs; exactly one of Done, Failed, Cancelled comes last for each.

    Listeners are called on a thread of the room's own, in order, one event at a time per job; a slow listener slows its
    engine, so memory stays bounded.
    """

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Queue a job."""
        ...

    def close(self) -> None:
        """Stop everything and free it."""
        ...
