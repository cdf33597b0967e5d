"""Notices: what the studio has to say to the user, one sentence each, details one click away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from studio.listeners import Listeners


class Level(IntEnum):
    """How much a notice matters."""

    INFO = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Notice:
    """sentence: what happened and what to do; details: a traceback or a list, empty if there is none."""

    id: int
    level: Level
    sentence: str
    details: str = ""


class Notices:
    """The notices on show, oldest first; used from the GUI thread."""

    def __init__(self) -> None:
        self._notices: tuple[Notice, ...] = ()
        self._count = 0
        self.changed: Listeners[[]] = Listeners()
        """Called when one was posted or dismissed."""
        self.posted: Listeners[[Notice]] = Listeners()
        """Called with each new notice."""

    @property
    def all(self) -> tuple[Notice, ...]:
        """What is on show."""
        return self._notices

    def post(self, level: Level, sentence: str, details: str = "") -> Notice:
        """Show a sentence; the same one shown already moves to the end instead of standing there twice."""
        self._count += 1
        notice = Notice(self._count, level, sentence, details)
        others = (n for n in self._notices if (n.level, n.sentence) != (level, sentence))
        self._notices = (*others, notice)
        self.posted.emit(notice)
        self.changed.emit()
        return notice

    def info(self, sentence: str, details: str = "") -> Notice:
        """Something worth knowing."""
        return self.post(Level.INFO, sentence, details)

    def warn(self, sentence: str, details: str = "") -> Notice:
        """Something that went another way than asked."""
        return self.post(Level.WARNING, sentence, details)

    def error(self, sentence: str, details: str = "") -> Notice:
        """Something that did not happen."""
        return self.post(Level.ERROR, sentence, details)

    def clear(self) -> None:
        """Take all away."""
        self._notices = ()
        self.changed.emit()
