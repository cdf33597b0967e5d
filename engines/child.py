"""Body of an engine process: takes jobs, cancels and live sound from a pipe, sends events back."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection

from engines.api.events import Event
from engines.api.jobs import Job
from engines.live import Intake, Taken
from engines.registry import Engines
from engines.running import EngineFor, run_job, run_live

NICE = 5
"""Engine processes stand back behind the window, which needs little but at once."""


def serve(pipe: Connection, engine_for: EngineFor | None = None, nice: int = NICE) -> None:
    """Body of an engine process, until its pipe is closed.

    In: ('run', number, job), ('cancel', number, None), ('push', number, Heard). Out: (number, event or Taken).
    """
    with contextlib.suppress(AttributeError, OSError):
        os.nice(nice)
    engine_for = engine_for or Engines().for_job
    post = Post(pipe)
    threading.Thread(target=post.read, daemon=True, name="pipe reader").start()
    for number, job in post.orders():
        emit = partial(post.send, number)
        stopped = partial(post.cancelled.__contains__, number)
        try:
            if job.live:
                run_live(engine_for, job, post.intakes[number], emit, stopped)
            else:
                run_job(engine_for, job, emit, stopped)
        except (BrokenPipeError, OSError):
            return
        post.forget(number)


class Post:
    """The engine process's end of its pipe: a thread reads, so that cancelling and live sound overtake the work."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._inbox: queue.SimpleQueue[tuple[int, Job] | None] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self.intakes: dict[int, Intake] = {}

    def read(self) -> None:
        """Take in messages until the pipe is closed."""
        try:
            while True:
                word, number, content = self._pipe.recv()
                if word == "push":
                    if number in self.intakes:
                        self.intakes[number].put(content)
                elif word == "run":
                    if content.live:
                        self.intakes[number] = Intake()
                    self._inbox.put((number, content))
                else:
                    self.cancelled.add(number)
        except (EOFError, OSError):
            self._inbox.put(None)

    def orders(self) -> Iterator[tuple[int, Job]]:
        """Jobs in order, until the pipe is closed."""
        while (order := self._inbox.get()) is not None:
            yield order

    def send(self, number: int, message: Event | Taken) -> None:
        """Tell the other side."""
        self._pipe.send((number, message))

    def forget(self, number: int) -> None:
        """A job is over."""
        self.cancelled.discard(number)
        self.intakes.pop(number, None)
