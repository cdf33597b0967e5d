"""Pictures on their way from a room to a writer: a queue with a byte limit, so a slow writer slows the engine."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator

from engines.api.values import Frames

LIMIT = 192 << 20
"""Bytes that may wait: about one second of 1920x1080."""


class Aborted(Exception):
    """The other end gave up."""


class FrameQueue:
    """put on one thread, iterate on another; nothing is ever dropped unless abort ends it all."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._waiting: deque[Frames] = deque()
        self._bytes = 0
        self._closed = self._aborted = False
        self._change = threading.Condition()

    def put(self, frames: Frames) -> None:
        """Append; waits while the limit is used up. After abort it returns at once and drops the pictures."""
        with self._change:
            self._change.wait_for(lambda: self._aborted or not self._waiting or self._bytes < self._limit)
            if not self._aborted:
                self._waiting.append(frames)
                self._bytes += frames.pictures.nbytes
                self._change.notify_all()

    def close(self) -> None:
        """No more will come."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def abort(self) -> None:
        """Give up: the reader gets Aborted, a waiting writer goes on."""
        with self._change:
            self._aborted = True
            self._waiting.clear()
            self._bytes = 0
            self._change.notify_all()

    def __iter__(self) -> Iterator[Frames]:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._aborted or self._waiting or self._closed)
                if self._aborted:
                    raise Aborted
                if not self._waiting:
                    return
                frames = self._waiting.popleft()
                self._bytes -= frames.pictures.nbytes
                self._change.notify_all()
            yield frames
