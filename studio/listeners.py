"""Observers in plain Python: who wants to hear of a change, and how they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Functions called in the order they were connected, on the thread that calls emit."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[P, object], ...] = ()

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Add a listener; the function returned takes it off again (twice does no harm)."""
        self._listeners = (*self._listeners, listener)
        return lambda: self.disconnect(listener)

    def disconnect(self, listener: Callable[P, object]) -> None:
        """Take a listener off; an unknown one is no error."""
        self._listeners = tuple(known for known in self._listeners if known != listener)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everyone connected when the call begins, even those taken off during it."""
        for listener in self._listeners:
            listener(*args, **kwargs)

    def __len__(self) -> int:
        return len(self._listeners)
