"""The project on disk: a folder NAME.anchor with snapshots, a journal of the edits since, and takes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock

from studio.atomic import explain
from studio.document import journal, recovery, snapshot
from studio.document.codec import encode
from studio.document.errors import DocumentError
from studio.document.patch import diff
from studio.document.project import Project
from studio.document.takes import Takes
from studio.document.writer import LatestWriter
from studio.listeners import Listeners

SUFFIX = ".anchor"
KEPT = 2
"""Generations kept: should the newest snapshot be damaged, the one before and its journal still lead to it."""
JOURNAL_LIMIT = 1 << 20
"""Bytes after which the journal is folded into a new snapshot."""


class Store:
    """One project folder, locked while open. create and open make one.

    record may be called for every edit: it returns at once, and a thread brings the newest project to the disk.
    """

    def __init__(self, folder: Path, lock: filelock.BaseFileLock, found: recovery.Found) -> None:
        self.folder = folder
        self.project = found.project
        """The project as it was when opened."""
        self.recovered = found.sentences
        """One sentence for each thing that was lost or mended while opening."""
        self.takes = Takes(folder / "takes")
        self.failed: Listeners[[str]] = Listeners()
        """Called with one sentence when an edit could not be written, on the store's thread."""
        self._lock = lock
        self._generation = found.generation
        self._written: Any = encode(found.project)
        self._journal: journal.Journal | None = None
        self._fold(found.project)
        self._writer = LatestWriter(self._write, lambda error: self.failed.emit(str(error)))

    @classmethod
    def create(cls, folder: Path, project: Project | None = None) -> Store:
        """Make a new project folder. Raises DocumentError if there is something already or it cannot be written."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            taken = any(path.name != ".lock" for path in folder.iterdir())
        except OSError as error:
            raise DocumentError(f"{folder} cannot be made: {explain(error)}.") from None
        if taken:
            raise DocumentError(f"{folder} is not empty: choose another name for the project.")
        return cls._locked(folder, lambda: recovery.Found(project or Project(title=folder.stem), 0, ()))

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open a project folder and recover what a crash left. Raises DocumentError."""
        if not folder.is_dir():
            raise DocumentError(f"{folder} is no project: choose a folder whose name ends in {SUFFIX}.")
        return cls._locked(folder, lambda: recovery.recover(folder))

    @classmethod
    def _locked(cls, folder: Path, find: Callable[[], recovery.Found]) -> Store:
        lock = filelock.FileLock(folder / ".lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise DocumentError(f"{folder.name} is open in another window: close it there first.") from None
        except OSError as error:
            raise DocumentError(f"{folder} cannot be used: {explain(error)}.") from None
        try:
            return cls(folder, lock, find())
        except BaseException:
            lock.release()
            raise

    def record(self, project: Project) -> None:
        """Have the project brought to the disk soon; call it after every edit."""
        self._writer.put(project)

    def flush(self) -> None:
        """Wait until the project recorded last is on the disk. Raises DocumentError if it could not be written."""
        self._writer.flush()

    def save(self, project: Project) -> None:
        """Bring the project to the disk now. Raises DocumentError."""
        self.record(project)
        self.flush()

    def save_as(self, folder: Path, project: Project) -> Store:
        """Copy project and takes into a new folder and open that one; this one stays open. Raises DocumentError."""
        other = Store.create(folder, project)
        try:
            self.takes.copy_to(other.takes, project.takes())
        except DocumentError:
            other.close()
            raise
        return other

    def close(self) -> None:
        """Write what is pending, drop takes nothing refers to any more, unlock."""
        self._writer.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None
            self.takes.keep_only(self._referred())
        self._lock.release()

    def _write(self, project: Project) -> None:
        new = encode(project)
        changes = diff(self._written, new)
        if not changes:
            return
        assert self._journal is not None
        try:
            self._journal.append(changes)
        except OSError as error:
            raise DocumentError(f"{self.folder.name} could not be saved: {explain(error)}.") from None
        self._written = new
        if self._journal.size > JOURNAL_LIMIT:
            with contextlib.suppress(DocumentError):  # the edit itself is safe; the next one tries to fold again
                self._fold(project)

    def _fold(self, project: Project) -> None:
        """Start a new generation: its empty journal first, then its snapshot, then the oldest generations go."""
        generation = self._generation + 1
        fresh = None
        try:
            fresh = journal.Journal.begin(snapshot.journal_path(self.folder, generation), generation)
            snapshot.write(self.folder, generation, encode(project))
        except OSError as error:
            if fresh is not None:
                fresh.close()
            raise DocumentError(f"{self.folder.name} could not be saved: {explain(error)}.") from None
        if self._journal is not None:
            self._journal.close()
        self._journal, self._generation = fresh, generation
        recovery.forget(self.folder, generation - KEPT)

    def _referred(self) -> frozenset[str]:
        return recovery.project_of(self._written).takes()
