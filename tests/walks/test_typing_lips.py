"""Lips from text, by keys, through the real window and real engines: type, see the mouth move, hand it the clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from engines.api.values import ByteArray
from studio.actions.exporting import ExportRequest, export_clip
from studio.app import Studio
from studio.export.verify import read_facts
from studio.session import JobState
from studio.session.transport import Span
from studio.views.lips.panel import LipsPanel
from tests.walks.conftest import enter_story

LIMIT_MS = 240_000
STORY = "My boat may be open."
MOVED = 6.0
"""Mean change of a mouth's pixels, in levels of 255, that a viewer sees as speech."""


@pytest.fixture
def studio(studio: Studio, qtbot: QtBot) -> Studio:
    """The studio with the caret in the story."""
    return enter_story(studio, qtbot)


def shown_panel(studio: Studio, qtbot: QtBot) -> LipsPanel:
    """The lips panel, its tab clicked, its engine awake: the mouth at rest has been painted."""
    places = [(bar, i) for bar in studio.window.findChildren(QTabBar) for i in range(bar.count())]
    bar, place = next((bar, i) for bar, i in places if bar.tabText(i) == "Lips")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    qtbot.waitUntil(lambda: studio.window.lazy["lips"].content is not None, timeout=LIMIT_MS)
    panel = studio.window.lazy["lips"].content
    assert isinstance(panel, LipsPanel)
    qtbot.waitUntil(lambda: panel.lips.picture is not None, timeout=LIMIT_MS)
    return panel


def test_the_mouth_speaks_what_is_typed_before_any_speech_exists(studio: Studio, qtbot: QtBot) -> None:
    panel = shown_panel(studio, qtbot)
    seen: list[ByteArray] = []
    panel.lips.changed.connect(lambda: seen.append(panel.lips.picture) if panel.lips.picture is not None else None)
    studio.window.story.editor.setFocus()
    QTest.keyClicks(studio.window.story.editor, STORY)
    qtbot.waitUntil(lambda: panel.lips.words == STORY and not panel.lips.moving, timeout=LIMIT_MS)
    assert not panel.lips.trouble
    assert panel.words.text() == STORY
    mouths = np.stack(seen).astype(np.float32)[:, 16:64, 32:128]
    assert np.abs(mouths - mouths[-1]).mean((1, 2, 3)).max() > MOVED
    assert studio.desk.story is not None
    assert studio.desk.story.take is None


def test_a_clip_whose_lips_come_from_text(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    desk, panel = studio.desk, shown_panel(studio, qtbot)
    panel.driver.setFocus()
    QTest.keyClick(panel.driver, Qt.Key.Key_Down)
    assert desk.document.project.clip.driver == "text"
    studio.window.story.editor.setFocus()
    QTest.keyClicks(studio.window.story.editor, STORY)
    qtbot.waitUntil(studio.window.actions_by_key.by_key["speech.speak"].isEnabled, timeout=LIMIT_MS)
    QTest.keyClick(studio.window.story.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def is_spoken() -> bool:
        return desk.story is not None and desk.story.take is not None and not desk.programme.speaking

    qtbot.waitUntil(is_spoken, timeout=LIMIT_MS)
    path, clip = tmp_path / "clip.mp4", desk.document.project.clip
    span = Span(0.0, min(1.0, desk.transport.length_s))
    export_clip(desk, ExportRequest(path, span, clip.fps, 480, 270, clip.presenter, "studio"))
    entry = desk.jobs.all[-1].id
    qtbot.waitUntil(lambda: not desk.jobs.get(entry).running, timeout=LIMIT_MS)
    assert desk.jobs.get(entry).state is JobState.DONE, desk.jobs.get(entry)
    assert read_facts(path).frames == round(span.end_s * clip.fps)
