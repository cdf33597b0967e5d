"""Rooms: InlineRoom works in the caller's thread (tests, command line), ProcessRoom in spawned processes (the app).

A ProcessRoom keeps one process per lane of the registry. A process that dies is end-of-file on its pipe: the running
job becomes Failed and the next one gets a fresh process.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing as mp
import os
import queue
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from engines.api.events import ENDINGS, Cancelled, Done, EngineError, Event, Failed
from engines.api.jobs import Job
from engines.api.rooms import Engine, Listener, Ticket
from engines.api.values import Audio
from engines.registry import Engines, entry_for

EngineFor = Callable[[Job], Engine]
NICE = 5
"""Engine processes stand back behind the window, which needs little but at once."""


def run_job(engine_for: EngineFor, job: Job, emit: Listener, stopped: Callable[[], bool]) -> None:
    """Drive one job to its end: emit every event, exactly one ending last; stop at the next yield when asked."""
    try:
        work = engine_for(job).run(job)
        try:
            while not stopped():
                emit(next(work))
            work.close()
            ending: Event = Cancelled()
        except StopIteration as end:
            ending = Done(end.value)
    except EngineError as error:
        ending = Failed(str(error))
    except MemoryError:
        ending = Failed("Memory ran out: close other programs or choose a smaller size.", traceback.format_exc())
    except Exception as error:
        ending = Failed(f"The engine broke off: {type(error).__name__}: {error}", traceback.format_exc())
    emit(ending)


class InlineTicket:
    """A job of an InlineRoom; cancel may be called from a listener or another thread."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def push(self, block: Audio) -> None:
        """Inline rooms run a job to its end inside submit, so there is nobody to feed."""
        raise EngineError("Live jobs need the studio's engine process.")

    def cancel(self) -> None:
        """Stop at the next yield."""
        self.stopped.set()


class InlineRoom:
    """Runs each job to its end inside submit; for tests and the command line."""

    def __init__(self, engine_for: EngineFor | None = None) -> None:
        self._engine_for = engine_for or Engines().for_job
        self._running: InlineTicket | None = None

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Run the job now; returns when its last event was heard."""
        ticket = self._running = InlineTicket()
        run_job(self._engine_for, job, on_event, ticket.stopped.is_set)
        return ticket

    def close(self) -> None:
        """Stop what another thread runs here."""
        if self._running:
            self._running.cancel()


def serve(pipe: Connection, engine_for: EngineFor | None = None) -> None:
    """Body of an engine process: ('run', number, job) | ('cancel', number) in, (number, event) out, until closed."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    engine_for = engine_for or Engines().for_job
    inbox: queue.SimpleQueue[tuple[int, Job] | None] = queue.SimpleQueue()
    cancelled: set[int] = set()

    def read() -> None:
        try:
            while True:
                word, number, job = pipe.recv()
                if word == "run":
                    inbox.put((number, job))
                else:
                    cancelled.add(number)
        except (EOFError, OSError):
            inbox.put(None)

    threading.Thread(target=read, daemon=True, name="pipe reader").start()
    while (order := inbox.get()) is not None:
        number, job = order
        try:
            run_job(engine_for, job, lambda e, n=number: pipe.send((n, e)), lambda n=number: n in cancelled)  # type: ignore[misc]
        except (BrokenPipeError, OSError):
            return
        cancelled.discard(number)


class Lane:
    """One engine process and the jobs under way in it; a dead process is replaced by the next submit."""

    def __init__(self, name: str, engine_for: EngineFor | None) -> None:
        self.name = name
        self._engine_for = engine_for
        self._lock = threading.Lock()
        self._jobs: dict[int, Listener] = {}
        self._process: Any = None
        self._pipe: Connection | None = None
        self._reader: threading.Thread | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Process number of the living engine process, for tests and the jobs panel."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    def run(self, number: int, job: Job, on_event: Listener) -> None:
        """Send a job to the process, starting one if there is none."""
        with self._lock:
            if self._pipe is None:
                self._start()
            self._jobs[number] = on_event
            self._send(("run", number, job))

    def cancel(self, number: int) -> None:
        """Ask for a job to stop."""
        with self._lock:
            if number in self._jobs:
                self._send(("cancel", number, None))

    def close(self) -> None:
        """End the process; its jobs end as Cancelled."""
        self._closing = True
        with self._lock:
            process, reader = self._process, self._reader
        if process is not None:
            process.terminate()
            process.join()
        if reader is not None and reader is not threading.current_thread():
            reader.join()

    def _start(self) -> None:
        ours, theirs = mp.get_context("spawn").Pipe()
        self._process = mp.get_context("spawn").Process(
            target=serve, args=(theirs, self._engine_for), name=f"engines: {self.name}", daemon=True
        )
        self._process.start()
        theirs.close()
        self._pipe = ours
        self._reader = threading.Thread(target=self._read, args=(ours,), name=f"lane {self.name}", daemon=True)
        self._reader.start()

    def _send(self, message: tuple[str, int, Job | None]) -> None:
        assert self._pipe is not None
        try:
            self._pipe.send(message)
        except (BrokenPipeError, OSError):
            return  # the reader sees end-of-file and ends the job as Failed

    def _read(self, pipe: Connection) -> None:
        try:
            while True:
                number, event = pipe.recv()
                listener = self._jobs.get(number)
                if listener is None:
                    continue
                if isinstance(event, ENDINGS):
                    self._jobs.pop(number, None)
                listener(event)
        except (EOFError, OSError):
            self._mourn(pipe)

    def _mourn(self, pipe: Connection) -> None:
        with self._lock:
            orphans, self._jobs = self._jobs, {}
            self._pipe = None
            pipe.close()
        died = Failed("The engine process ended unexpectedly; nothing of your work is lost, start the job again.")
        for listener in orphans.values():
            listener(Cancelled() if self._closing else died)


class ProcessTicket:
    """A job in a lane."""

    def __init__(self, lane: Lane, number: int) -> None:
        self._lane, self._number = lane, number

    def push(self, block: Audio) -> None:
        """No registered job is live yet."""
        raise EngineError("This job takes no live sound.")

    def cancel(self) -> None:
        """Stop at the next yield."""
        self._lane.cancel(self._number)


class ProcessRoom:
    """Runs jobs in spawned processes, one per lane; torch never enters the caller's process."""

    def __init__(self, engine_for: EngineFor | None = None) -> None:
        self._engine_for = engine_for
        self._lanes: dict[str, Lane] = {}
        self._numbers = itertools.count(1)

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Queue the job in its lane; events come on the lane's reader thread."""
        name = entry_for(job).lane if self._engine_for is None else "test"
        lane = self._lanes.setdefault(name, Lane(name, self._engine_for))
        number = next(self._numbers)
        lane.run(number, job, on_event)
        return ProcessTicket(lane, number)

    def pids(self) -> dict[str, int]:
        """Process numbers of the living lanes."""
        return {name: lane.pid for name, lane in self._lanes.items() if lane.pid is not None}

    def close(self) -> None:
        """End every process and wait for it."""
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()
