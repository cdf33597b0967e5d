"""Finding the project in a folder after whatever happened to it: newest whole snapshot plus the edits that follow."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.atomic import explain
from studio.document import journal, snapshot
from studio.document.codec import Unreadable, decode
from studio.document.errors import DocumentError
from studio.document.patch import apply
from studio.document.project import Project

_SENSELESS = (LookupError, TypeError, ValueError, Unreadable)
"""What a record raises that does not fit the project before it."""


@dataclass(frozen=True)
class Found:
    """generation: the newest number in the folder, used or not; sentences: what was lost or mended."""

    project: Project
    generation: int
    sentences: tuple[str, ...]


def recover(folder: Path) -> Found:
    """Rebuild the project. Raises DocumentError if no snapshot can be used."""
    try:
        numbers = snapshot.generations(folder)
        if not numbers:
            raise DocumentError(f"{folder} holds no project: choose a folder that Anchor Studio made.")
        return _recover(folder, numbers)
    except OSError as error:
        raise DocumentError(f"{folder} cannot be read: {explain(error)}.") from None


def project_of(data: Any) -> Project:
    """The project that JSON of the present version describes. Raises Unreadable."""
    return decode(Project, data)


def forget(folder: Path, newest: int) -> None:
    """Remove generations up to that number; a file that cannot be removed stays."""
    for number in [n for n in snapshot.generations(folder) if n <= newest]:
        for path in (snapshot.snapshot_path(folder, number), snapshot.journal_path(folder, number)):
            with contextlib.suppress(OSError):
                path.unlink()


def _recover(folder: Path, numbers: list[int]) -> Found:
    sentences: list[str] = []
    for start in reversed(numbers):
        try:
            data = snapshot.read(folder, start)
            project_of(data)
            break
        except (snapshot.Damaged, Unreadable):
            sentences.append(f"The newest copy of {folder.name} was damaged: check your last edits.")
    else:
        raise DocumentError(f"{folder.name} is damaged and cannot be opened: take it from a backup.")
    for number in [n for n in numbers if n >= start]:
        data, whole = _replay(snapshot.journal_path(folder, number), data)
        if not whole:
            sentences.append(f"The last edits of {folder.name} were not completely written: check your latest work.")
            break
    return Found(project_of(data), numbers[-1], tuple(dict.fromkeys(sentences)))


def _replay(path: Path, data: Any) -> tuple[Any, bool]:
    """Apply the records of a journal for as long as they make sense; False if something had to be left out."""
    try:
        found = journal.read(path)
    except FileNotFoundError:
        return data, False
    try:
        new = functools.reduce(apply, found.records, data)
        project_of(new)
        return new, not found.damaged
    except _SENSELESS:
        return _replay_carefully(found.records, data), False


def _replay_carefully(records: tuple[Any, ...], data: Any) -> Any:
    for changes in records:
        try:
            new = apply(data, changes)
            project_of(new)
        except _SENSELESS:
            break
        data = new
    return data
