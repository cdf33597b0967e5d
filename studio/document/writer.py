"""The thread that brings edits to the disk, so that typing never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestWriter(Generic[T]):
    """Writes the newest value given; values overtaken while the disk was busy are never written.

    write: called on the writer's thread; what it raises is kept for flush and given to on_error once per value.
    """

    def __init__(self, write: Callable[[T], None], on_error: Callable[[Exception], None]) -> None:
        self._write, self._on_error = write, on_error
        self._condition = threading.Condition()
        self._pending: list[T] = []
        self._busy = False
        self._closed = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="project writer", daemon=True)
        self._thread.start()

    def put(self, value: T) -> None:
        """Have the value written soon; returns at once."""
        with self._condition:
            self._pending = [value]
            self._condition.notify_all()

    def flush(self) -> None:
        """Wait until the newest value is on the disk. Raises what writing it raised."""
        with self._condition:
            self._condition.wait_for(lambda: not self._pending and not self._busy)
            if self._error is not None:
                raise self._error

    def close(self) -> None:
        """Write what is still pending and end the thread."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                self._condition.notify_all()
                self._condition.wait_for(lambda: self._pending or self._closed)
                if not self._pending:
                    return
                value = self._pending.pop()
                self._busy = True
            self._write_one(value)

    def _write_one(self, value: T) -> None:
        try:
            self._write(value)
            self._error = None
        except Exception as error:  # whatever it is, the thread lives on for the next value
            self._error = error
            self._on_error(error)
