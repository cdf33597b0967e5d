"""The project on disk and the document in memory kept together: open, save, save as, drafts; the disk has a lane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from studio.bridge.tasks import Tasks
from studio.document.errors import DocumentError
from studio.document.history import Document
from studio.document.project import Project, Story
from studio.document.store import SUFFIX, Store
from studio.session.notices import Notices
from studio.settings import Settings

LANE = "disk"
"""One thread opens, writes and closes projects, in order; their locks belong to it."""


class ProjectFile(QObject):
    """The open project's store. A project without a name of its own lives in the drafts folder, just as safe."""

    opened = Signal()
    """Another store is in use."""
    _lost = Signal(str)

    def __init__(
        self, document: Document, settings: Settings, notices: Notices, tasks: Tasks, drafts: Path, store: Store
    ) -> None:
        super().__init__()
        self.store = store
        self._document, self._settings, self._notices, self._tasks = document, settings, notices, tasks
        self._drafts = drafts
        self._saved = document.project
        self._waiting: list[Store] = []
        self._lost.connect(notices.error, Qt.ConnectionType.QueuedConnection)
        self._unlisten = store.failed.connect(self._lost.emit)
        document.changed.connect(self._record)
        self._tell_recovered(store)

    @property
    def drafts(self) -> Path:
        """The folder of drafts; what else belongs to this user's studio lies beside it."""
        return self._drafts

    @property
    def is_draft(self) -> bool:
        """Whether the project has no place of its own yet."""
        return self.store.folder.parent == self._drafts

    @property
    def name(self) -> str:
        """The project's name as its window shows it."""
        return "Untitled" if self.is_draft else self.store.folder.stem

    @property
    def unsaved(self) -> bool:
        """Whether edits wait for Save: never while the studio saves by itself."""
        return not self._settings.now.autosave and self._saved is not self._document.project

    def open(self, folder: Path) -> None:
        """Open another project in place of this one."""
        self._swap(lambda: Store.open(folder))

    def new(self) -> None:
        """Begin another project as a draft."""
        self._swap(lambda: new_draft(self._drafts))

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Bring the document to the disk now."""
        store, project = self.store, self._document.project
        self._do(lambda: store.save(project), lambda _: self._kept(project, then))

    def save_as(self, folder: Path) -> None:
        """Copy the project to a folder and go on there; a draft left behind is removed."""
        folder = folder if folder.suffix == SUFFIX else folder.with_name(folder.name + SUFFIX)
        old, project = self.store, self._document.project
        self._do(lambda: self._made(old.save_as(folder, project)), lambda store: self._adopt(store, reset=False))

    def close(self) -> None:
        """Write and unlock; blocks until the disk has everything."""
        store, project, keep = self.store, self._document.project, self._settings.now.autosave
        self._unlisten()
        self._tasks.wait(lambda: self._finish(store, project if keep else None), lane=LANE)
        for unused in self._waiting:
            self._tasks.wait(unused.close, lane=LANE)

    def _swap(self, make: Callable[[], Store]) -> None:
        self._do(lambda: self._made(make()), lambda store: self._adopt(store, reset=True))

    def _made(self, store: Store) -> Store:
        """Disk lane: remember a store until it is adopted, so that none stays locked if the studio closes first."""
        self._waiting.append(store)
        return store

    def _adopt(self, store: Store, *, reset: bool) -> None:
        old, project, keep = self.store, self._document.project, self._settings.now.autosave and reset
        self._unlisten()
        self._waiting.remove(store)
        self.store = store
        self._unlisten = store.failed.connect(self._lost.emit)
        self._tasks.run(lambda: self._finish(old, project if keep else None), lane=LANE)
        if reset:
            self._document.reset(store.project)
        self._saved = self._document.project
        self._tell_recovered(store)
        self.opened.emit()

    @staticmethod
    def _finish(store: Store, project: Project | None) -> None:
        if project is not None:
            store.record(project)
        store.close()

    def _record(self, old: Project, new: Project) -> None:
        if self._settings.now.autosave:
            self.store.record(new)

    def _kept(self, project: Project, then: Callable[[], object] | None) -> None:
        self._saved = project
        if then is None:
            self._notices.info(f"{self.name} is saved.")
        else:
            then()

    def _do(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        task = self._tasks.run(work, lane=LANE)
        task.finished.connect(then)
        task.failed.connect(lambda error, details: self._notices.error(str(error), _unless_known(error, details)))

    def _tell_recovered(self, store: Store) -> None:
        for sentence in store.recovered:
            self._notices.warn(sentence)


def _unless_known(error: object, details: str) -> str:
    return "" if isinstance(error, DocumentError) else details


def new_draft(drafts: Path) -> Store:
    """A draft in the first free folder of the drafts, with one empty story to type into. Raises DocumentError."""
    for number in range(1, 10_000):
        folder = drafts / f"Draft {number}{SUFFIX}"
        if not folder.exists():
            return Store.create(folder, Project(stories=(Story(),)))
    raise DocumentError(f"{drafts} is full of drafts: save or delete some of them.")


def last_or_new(last: Path | None, drafts: Path) -> Store:
    """The project used last if it can be opened, else the newest free draft, else a new one. Raises DocumentError."""
    candidates = [last] if last is not None else []
    candidates += sorted(drafts.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in candidates:
        try:
            return Store.open(folder)
        except DocumentError:
            continue
    return new_draft(drafts)
