"""Rooms: InlineRoom works in the caller's thread (tests, command line), ProcessRoom in spawned processes (the app).

A ProcessRoom keeps one process per lane of the registry. A process that dies is end-of-file on its pipe: the running
job becomes Failed and the next one gets a fresh process.
"""

from __future__ import annotations

import itertools
import multiprocessing as mp
import threading
from multiprocessing.connection import Connection
from typing import Any

from engines.api.events import ENDINGS, Cancelled, Event, Failed
from engines.api.jobs import Job
from engines.api.rooms import Heard, Hearing, Listener, Ticket
from engines.api.values import Audio
from engines.child import NICE, serve
from engines.live import LISTENING, Meter, Taken
from engines.registry import Engines, entry_for
from engines.running import EngineFor, ending_of, run_job

UnderWay = tuple[Listener, Meter]
PROMPT = frozenset({"live", "lips"})
"""Lanes whose processes do not stand back, as somebody is waiting: the microphone's, and that of the typed mouth."""


class InlineTicket:
    """A job of an InlineRoom; cancel may be called from a listener or another thread."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def push(self, block: Audio) -> None:
        """The job ended inside submit: nobody hears."""

    def cancel(self) -> None:
        """Stop at the next yield."""
        self.stopped.set()


class InlineLiveTicket:
    """A live job of an InlineRoom: push does the work and tells its events before it returns; nothing is ever late."""

    def __init__(self, hearing: Hearing | None, on_event: Listener) -> None:
        self._hearing, self._tell = hearing, on_event
        self._meter = Meter()
        self._meter.taken(0.0)

    def push(self, block: Audio) -> None:
        """Hear one block."""
        heard = self._meter.admit(block)
        if self._hearing is None or heard is None:
            return
        self._meter.taken(heard.at_s + block.seconds)
        failed = ending_of(lambda: self._hear(heard))
        if isinstance(failed, Failed):
            self._end(failed)

    def cancel(self) -> None:
        """End the job."""
        if self._hearing is not None:
            self._end(Cancelled())

    def _hear(self, heard: Heard) -> Event:
        assert self._hearing is not None
        for event in self._hearing.push(heard):
            self._tell(event)
        return LISTENING

    def _end(self, ending: Event) -> None:
        self._hearing = None
        self._tell(ending)


class InlineRoom:
    """Runs each job to its end inside submit; for tests and the command line."""

    def __init__(self, engine_for: EngineFor | None = None) -> None:
        self._engine_for = engine_for or Engines().for_job
        self._running: InlineTicket | InlineLiveTicket | None = None

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Run the job now; returns when its last event was heard. A live job is run by the pushes of its ticket."""
        if job.live:
            self._running = self._open(job, on_event)
            return self._running
        ticket = self._running = InlineTicket()
        run_job(self._engine_for, job, on_event, ticket.stopped.is_set)
        return ticket

    def close(self) -> None:
        """Stop what another thread runs here."""
        if self._running:
            self._running.cancel()

    def _open(self, job: Job, on_event: Listener) -> InlineLiveTicket:
        opened: list[Hearing] = []

        def begin() -> Event:
            opened.append(self._engine_for(job).listen(job))  # type: ignore[union-attr]
            return LISTENING

        on_event(ending_of(begin))
        return InlineLiveTicket(opened[0] if opened else None, on_event)


class Lane:
    """One engine process and the jobs under way in it; a dead process is replaced by the next submit."""

    def __init__(self, name: str, engine_for: EngineFor | None) -> None:
        self.name = name
        self._engine_for = engine_for
        self._lock = threading.Lock()
        self._jobs: dict[int, UnderWay] = {}
        self._process: Any = None
        self._pipe: Connection | None = None
        self._reader: threading.Thread | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Process number of the living engine process, for tests and the jobs panel."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    def run(self, number: int, job: Job, on_event: Listener, meter: Meter) -> None:
        """Send a job to the process, starting one if there is none."""
        with self._lock:
            if self._pipe is None:
                self._start()
            self._jobs[number] = on_event, meter
            self._send(("run", number, job))

    def cancel(self, number: int) -> None:
        """Ask for a job to stop."""
        with self._lock:
            if number in self._jobs:
                self._send(("cancel", number, None))

    def push(self, number: int, heard: Heard) -> None:
        """Send live sound to a job that is still under way."""
        with self._lock:
            if number in self._jobs and self._pipe is not None:
                self._send(("push", number, heard))

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
            target=serve,
            args=(theirs, self._engine_for, 0 if self.name in PROMPT else NICE),
            name=f"engines: {self.name}",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        self._pipe = ours
        self._reader = threading.Thread(target=self._read, args=(ours,), name=f"lane {self.name}", daemon=True)
        self._reader.start()

    def _send(self, message: tuple[str, int, Job | Heard | None]) -> None:
        assert self._pipe is not None
        try:
            self._pipe.send(message)
        except (BrokenPipeError, OSError):
            return  # the reader sees end-of-file and ends the job as Failed

    def _read(self, pipe: Connection) -> None:
        try:
            while True:
                number, event = pipe.recv()
                if number not in self._jobs:
                    continue
                listener, meter = self._jobs[number]
                if isinstance(event, Taken):
                    meter.taken(event.until_s)
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
        for listener, _ in orphans.values():
            listener(Cancelled() if self._closing else died)


class ProcessTicket:
    """A job in a lane. push never waits: what cannot be heard in time is dropped and counted."""

    def __init__(self, lane: Lane, number: int, meter: Meter) -> None:
        self._lane, self._number, self._meter = lane, number, meter

    def push(self, block: Audio) -> None:
        """Send live sound."""
        heard = self._meter.admit(block)
        if heard is not None:
            self._lane.push(self._number, heard)

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
        number, meter = next(self._numbers), Meter()
        lane.run(number, job, on_event, meter)
        return ProcessTicket(lane, number, meter)

    def pids(self) -> dict[str, int]:
        """Process numbers of the living lanes."""
        return {name: lane.pid for name, lane in self._lanes.items() if lane.pid is not None}

    def close(self) -> None:
        """End every process and wait for it."""
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()
