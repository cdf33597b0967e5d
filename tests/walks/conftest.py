"""The window every walk goes through: shown, over the real engines unless a walk asks for another room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engines.api.rooms import Room
from engines.room import ProcessRoom
from studio.app import Studio
from tests.studio.conftest import standing


@pytest.fixture
def room() -> Room:
    """The engines, in processes of their own."""
    return ProcessRoom()


@pytest.fixture
def studio(room: Room, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    """A shown studio; closed afterwards, without threads or windows left."""
    with standing(room, qtbot, qapp, tmp_path) as opened:
        yield opened


def enter_story(studio: Studio, qtbot: QtBot) -> Studio:
    """The same studio, begun, with the caret in the story."""
    window = studio.window
    window.begin()
    window.activateWindow()
    window.story.editor.setFocus()
    qtbot.waitUntil(window.story.editor.hasFocus, timeout=20_000)
    return studio
