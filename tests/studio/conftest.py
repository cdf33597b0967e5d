"""A whole studio with fake engines for the window's tests; whatever it leaves behind fails the test."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engines.api.rooms import Room
from studio.app import Places, Studio
from studio.views.theme import apply_theme
from tests.studio.fakes import ThreadRoom

STORY = "Good evening from the harbour. The bridge is open again."
LIMIT_MS = 20_000


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    """A shown studio; closed afterwards, without threads or windows left."""
    with standing(ThreadRoom(), qtbot, qapp, tmp_path) as opened:
        yield opened


@contextlib.contextmanager
def standing(room: Room, qtbot: QtBot, qapp: QApplication, folder: Path) -> Iterator[Studio]:
    """A studio over a room for as long as it is needed; whatever it leaves behind fails the test."""
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    apply_theme(qapp)
    opened = Studio(room, Places.under(folder / "home"))
    opened.desk.settings.set("projects_folder", folder / "projects")
    with qtbot.waitSignal(opened.window.first_paint, timeout=LIMIT_MS):
        opened.window.show()
    yield opened
    opened.window.close()
    opened.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [t for t in threading.enumerate() if t not in threads and t.is_alive() and "drawing" not in t.name]
    assert not left, f"threads left behind: {left}"
    forgotten = [w for w in QApplication.topLevelWidgets() if w not in windows and w.isVisible()]
    assert not forgotten, f"windows left behind: {forgotten}"


@pytest.fixture
def spoken(studio: Studio, qtbot: QtBot) -> Studio:
    """The same studio after a story was typed and spoken, standing still."""
    studio.window.story.editor.insertPlainText(STORY)
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: has_take(studio), timeout=LIMIT_MS)
    studio.desk.transport.stop()
    return studio


def trigger(studio: Studio, key: str) -> None:
    """Run an action as its menu entry would."""
    action = studio.window.actions_by_key.by_key[key]
    studio.window.actions_by_key.refresh()
    assert action.isEnabled(), f"{key} is disabled"
    action.trigger()


def has_take(studio: Studio) -> bool:
    """The story has its take, and its sound is mixed."""
    story = studio.desk.story
    return (
        story is not None
        and story.take is not None
        and not studio.desk.programme.speaking
        and studio.desk.programme.audio is not None
        and abs(studio.desk.transport.length_s - story.take.seconds) < 0.01
    )
