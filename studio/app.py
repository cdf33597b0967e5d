"""The composition root: builds settings, session, rooms and window, and takes them down again in order."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engines.api.rooms import Room
from studio.actions.desk import Desk
from studio.audio.speaker import Speaker
from studio.bridge.faces import Faces
from studio.bridge.live import Live
from studio.bridge.outputs import Outputs
from studio.bridge.player import Player
from studio.bridge.preview import Preview
from studio.bridge.programme import Programme
from studio.bridge.project_file import LANE, ProjectFile, last_or_new
from studio.bridge.rooms import RoomBridge
from studio.bridge.tasks import Tasks
from studio.document.errors import DocumentError
from studio.document.history import Document
from studio.document.tuning import Tuning
from studio.session import AvatarLook, Jobs, Notices, Selection, Transport
from studio.settings import Settings, default_path
from studio.views.theme import apply_theme
from studio.views.window import StudioWindow

APP = "anchor-studio"
LAST = "project/last"
SWITCH_S = 0.001
"""Worker threads give way to the GUI thread five times sooner than Python's default."""


@dataclass(frozen=True)
class Places:
    """Where the studio keeps what is not the user's: settings file, window layout, drafts."""

    settings: Path
    layout: Path
    drafts: Path

    @classmethod
    def of_user(cls) -> Places:
        """The folders the system wants them in."""
        config, data = Path(platformdirs.user_config_dir(APP)), Path(platformdirs.user_data_dir(APP))
        return cls(default_path(), config / "window.ini", data / "drafts")

    @classmethod
    def under(cls, folder: Path) -> Places:
        """All in one folder, for tests and portable use."""
        return cls(folder / "settings.json", folder / "window.ini", folder / "drafts")


class Studio:
    """Everything that lives while the window is open."""

    def __init__(self, room: Room, places: Places, *, project: Path | None = None) -> None:
        self.memory = QSettings(str(places.layout), QSettings.Format.IniFormat)
        self.desk = self._furnish(room, places, project)
        self.window = StudioWindow(self.desk, self.memory)
        self.window.closed.connect(self.close)
        self._closed = False

    def _furnish(self, room: Room, places: Places, project: Path | None) -> Desk:
        settings, notices, tasks = Settings(places.settings), Notices(), Tasks()
        for complaint in settings.complaints:
            notices.warn(complaint)
        last = project or _path(self.memory.value(LAST))
        store = tasks.wait(lambda: last_or_new(last, places.drafts), lane=LANE)
        document, selection, transport = Document(store.project), Selection(), Transport()
        selection.keep_to(document.project)
        document.changed.connect(lambda old, new: selection.keep_to(new))
        file = ProjectFile(document, settings, notices, tasks, places.drafts, store)
        rooms, programme = RoomBridge(room), Programme(document, file, tasks, notices)
        player = Player(programme, transport, settings, notices, Speaker())
        preview = Preview(document, programme, transport, settings, rooms)
        session = (selection, transport, Jobs(), notices)
        look = AvatarLook()
        faces = Faces(document, programme, Outputs(file, rooms, tasks), tasks, look)
        live = Live(rooms, tasks, settings, transport, faces, lambda: _tuning(document, selection))
        return Desk(document, file, settings, *session, rooms, tasks, programme, player, preview, faces, look, live)

    def close(self) -> None:
        """Stop everything and free it; the project is on disk afterwards."""
        if self._closed:
            return
        self._closed = True
        desk = self.desk
        self.memory.setValue(LAST, str(desk.file.store.folder))
        self.memory.sync()
        desk.live.close()
        desk.player.close()
        desk.preview.close()
        desk.jobs.cancel_all()
        desk.rooms.close()
        desk.file.close()
        desk.tasks.close()


def main(argv: Sequence[str] = ()) -> int:
    """Open the studio and return its exit status when the window is closed. argv: a project folder, or nothing."""
    from engines.room import ProcessRoom

    app = application()
    sys.setswitchinterval(SWITCH_S)
    try:
        studio = Studio(ProcessRoom(), Places.of_user(), project=Path(argv[0]) if argv else None)
    except DocumentError as error:
        print(error, file=sys.stderr)
        return 2
    restore = catch_errors(studio.desk.notices)
    studio.window.first_paint.connect(studio.window.begin)
    studio.window.first_paint.connect(spare_what_stands)
    studio.window.show()
    try:
        return app.exec()
    finally:
        restore()
        studio.close()


def spare_what_stands() -> None:
    """Whatever stands by now stays: the collector, looking through it all again, would hold up a drag for 50 ms."""
    gc.collect()
    gc.freeze()


def application() -> QApplication:
    """The application with name and theme."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName("Anchor Studio")
    app.setDesktopFileName(APP)
    apply_theme(app)
    return app


def catch_errors(notices: Notices) -> Callable[[], None]:
    """Errors nobody caught become a notice with details; returns what puts the old hook back."""
    before = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        before(kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            details = "".join(traceback.format_exception(kind, error, trace))
            notices.error(f"Something in the studio broke: {kind.__name__}: {error}. Your work is safe.", details)

    sys.excepthook = tell
    return lambda: setattr(sys, "excepthook", before)


def _tuning(document: Document, selection: Selection) -> Tuning:
    """The layers of the story being edited; on any thread, as projects are values."""
    story = document.project.story(selection.now.story)
    return Tuning() if story is None else story.tuning


def _path(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None
