"""What an engine says while it works, and the one error a user may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class EngineError(Exception):
    """One sentence the user can act on. Anything else raised by an engine is a bug."""


@dataclass(frozen=True)
class Progress:
    """done of total units of work; stage names what is being done, in the user's words."""

    done: float
    total: float
    stage: str = ""


@dataclass(frozen=True, eq=False)
class Partial:
    """A piece of the result that can be used at once."""

    value: Any


@dataclass(frozen=True, eq=False)
class Done:
    """The job ended well; value is its result."""

    value: Any


@dataclass(frozen=True)
class Failed:
    """The job ended badly. message: one sentence for the user; details: a traceback, empty for a user's mistake."""

    message: str
    details: str = ""


@dataclass(frozen=True)
class Cancelled:
    """The job was stopped on request."""


Event = Progress | Partial | Done | Failed | Cancelled
ENDINGS = (Done, Failed, Cancelled)
