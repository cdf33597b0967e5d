"""Knows how live sound waits for an engine: briefly, in order, and thrown away and counted once it is too late."""

from __future__ import annotations

import gc
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from engines.api.events import Event, Progress
from engines.api.jobs import Job
from engines.api.rooms import Heard, LiveEngine
from engines.api.values import Audio

WAITING_S = 0.10
"""Sound that may wait in the engine's process; when there is more, the oldest is dropped."""
UNDER_WAY_S = 0.30
"""Sound that may lie between the sender and the engine, so that a stopped process never blocks the sender."""
LISTENING = Progress(1, 1, "Listening")
"""The first event of a live job."""


@dataclass(frozen=True)
class Taken:
    """The engine has all sound up to here (seconds since it listened); between processes only."""

    until_s: float


class Meter:
    """The sender's side: gives every block its place and time, and drops those that would wait too long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready = False
        self._at_s = self._sent_s = self._taken_s = self._dropped_s = 0.0
        self._dropped = 0

    def taken(self, until_s: float) -> None:
        """The engine listens, and has the sound up to here."""
        with self._lock:
            self._ready, self._taken_s = True, max(self._taken_s, until_s)

    def admit(self, block: Audio) -> Heard | None:
        """Stamp a block; None for one that is dropped, or comes before the engine listens."""
        with self._lock:
            if not self._ready or not len(block.samples):
                return None
            at_s, self._at_s = self._at_s, self._at_s + block.seconds
            # A block that follows nothing under way is let through however long it is.
            if self._taken_s < self._sent_s and self._at_s - self._taken_s > UNDER_WAY_S:
                self._dropped, self._dropped_s = self._dropped + 1, self._dropped_s + block.seconds
                return None
            self._sent_s = self._at_s
            return Heard(block, at_s, time.monotonic(), self._dropped, self._dropped_s)


class Intake:
    """The engine's side: blocks wait here while one is worked on. put and take belong to different threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Heard] = deque()
        self._dropped, self._dropped_s = 0, 0.0

    def put(self, heard: Heard) -> None:
        """Add a block; the oldest are dropped while more than WAITING_S would wait."""
        with self._changed:
            self._waiting.append(heard)
            while len(self._waiting) > 1 and sum(h.block.seconds for h in self._waiting) > WAITING_S:
                late = self._waiting.popleft()
                self._dropped, self._dropped_s = self._dropped + 1, self._dropped_s + late.block.seconds
            self._changed.notify()

    def take(self, patience_s: float) -> Heard | None:
        """The next block with all losses counted, or None after patience_s without one."""
        with self._changed:
            if not self._waiting and not self._changed.wait_for(lambda: self._waiting, patience_s):
                return None
            heard = self._waiting.popleft()
        return replace(heard, dropped=heard.dropped + self._dropped, dropped_s=heard.dropped_s + self._dropped_s)


def listen(
    engine: LiveEngine,
    job: Job,
    intake: Intake,
    emit: Callable[[Event | Taken], None],
    stopped: Callable[[], bool],
    patience_s: float = 0.05,
) -> None:
    """Feed a live job from its intake until it is stopped; after each block, Taken says how far the engine has come."""
    hearing = engine.listen(job)
    gc.collect()
    gc.freeze()  # a look through all that a network brings along would come in the middle of a word
    emit(Taken(0.0))
    emit(LISTENING)
    while not stopped():
        heard = intake.take(patience_s)
        if heard is None:
            continue
        emit(Taken(heard.at_s + heard.block.seconds))
        for event in hearing.push(heard):
            emit(event)
