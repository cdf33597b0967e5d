"""The document: the project now, the projects it was before, and the way back and forth between them."""

from __future__ import annotations

from dataclasses import dataclass

from studio.document.project import Project
from studio.listeners import Listeners

DEPTH = 1000
"""Steps kept; arrays live in takes, so a step costs only what differs."""


@dataclass(frozen=True)
class Step:
    """A project that can be returned to, and the name of the edit that left it."""

    label: str
    project: Project


class Document:
    """One open project with undo and redo. Used from one thread."""

    def __init__(self, project: Project | None = None) -> None:
        self.project = Project() if project is None else project
        self.changed: Listeners[[Project, Project]] = Listeners()
        """Called with (old, new) after every edit, undo and redo."""
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._gesture: object = None

    @property
    def undo_label(self) -> str:
        """Name of the edit that undo would take back, empty if there is none."""
        return self._past[-1].label if self._past else ""

    @property
    def redo_label(self) -> str:
        """Name of the edit that redo would bring back, empty if there is none."""
        return self._future[-1].label if self._future else ""

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to bring back."""
        return bool(self._future)

    def edit(self, label: str, project: Project, *, gesture: object = None) -> None:
        """Replace the project; edits of one gesture undo together; an edit that changes nothing is no step."""
        if project == self.project:
            return
        if gesture is None or gesture != self._gesture:
            self._past.append(Step(label, self.project))
            del self._past[:-DEPTH]
        self._gesture = gesture
        self._future.clear()
        self._swap(project)

    def end_gesture(self) -> None:
        """Close the running gesture (mouse released, focus lost): the next edit is a step of its own."""
        self._gesture = None

    def undo(self) -> None:
        """Return to the project before the last step, if there is one."""
        if self._past:
            step = self._past.pop()
            self._future.append(Step(step.label, self.project))
            self._gesture = None
            self._swap(step.project)

    def redo(self) -> None:
        """Bring back the step undone last, if there is one."""
        if self._future:
            step = self._future.pop()
            self._past.append(Step(step.label, self.project))
            self._gesture = None
            self._swap(step.project)

    def reset(self, project: Project) -> None:
        """Begin anew with another project (one just opened): no way back."""
        self._past.clear()
        self._future.clear()
        self._gesture = None
        self._swap(project)

    def _swap(self, project: Project) -> None:
        old, self.project = self.project, project
        self.changed.emit(old, project)
