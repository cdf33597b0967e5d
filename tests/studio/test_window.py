"""The window by real signals: typing, speaking, playing, drawing, exporting, and nothing left behind."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from engines.api.jobs import ClipJob, SpeakJob
from studio.actions.all import ACTIONS, MENUS
from studio.actions.exporting import ExportRequest, export_clip
from studio.actions.table import Menu
from studio.app import Places, Studio
from studio.document import edits
from studio.export.verify import read_facts
from studio.session import JobState, Level
from studio.session.transport import Span
from studio.views.palette import CommandPalette, matches
from tests.studio.conftest import LIMIT_MS, STORY, trigger
from tests.studio.fakes import FakeEngine, ThreadRoom

"""Rows of a 1280 x 720 screen that the title bar leaves to a window."""


def jobs_of(studio: Studio) -> list[object]:
    """What the fake engine was asked."""
    room = studio.desk.rooms._room
    assert isinstance(room, ThreadRoom)
    return list(room.engine.jobs)


def clips_of(studio: Studio) -> list[ClipJob]:
    """The clips it was asked for."""
    return [job for job in jobs_of(studio) if isinstance(job, ClipJob)]


def engine_of(studio: Studio) -> FakeEngine:
    """The fake engine."""
    room = studio.desk.rooms._room
    assert isinstance(room, ThreadRoom)
    return room.engine


W = TypeVar("W", bound=QWidget)


def focused(studio: Studio, qtbot: QtBot, widget: W) -> W:
    """Give a widget the keyboard."""
    studio.window.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus, timeout=LIMIT_MS)
    return widget


def test_typing_is_one_step_of_undo(studio: Studio, qtbot: QtBot) -> None:
    editor = focused(studio, qtbot, studio.window.story.editor)
    QTest.keyClicks(editor, "Good evening")
    assert studio.desk.story is not None and studio.desk.story.text == "Good evening"
    undo, redo = (studio.window.actions_by_key.by_key[f"edit.{verb}"] for verb in ("undo", "redo"))
    qtbot.waitUntil(undo.isEnabled, timeout=LIMIT_MS)
    label = studio.desk.document.undo_label
    assert label and undo.text() == f"Undo: {label}" and redo.text() == "Redo"
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.desk.story.text == "" and editor.toPlainText() == ""
    qtbot.waitUntil(lambda: (undo.text(), redo.text()) == ("Undo", f"Redo: {label}"), timeout=LIMIT_MS)
    assert redo.toolTip().startswith(f"Redo: {label}  (")
    trigger(studio, "edit.redo")
    assert editor.toPlainText() == "Good evening"


def test_the_count_follows_the_text(studio: Studio) -> None:
    studio.window.story.editor.insertPlainText("Don't stop: 3.5 million people")
    assert studio.window.story.count.text().startswith("5 words")


def test_speaking_lays_a_take_and_plays_it(studio: Studio, qtbot: QtBot) -> None:
    studio.window.story.editor.insertPlainText(STORY)
    played: list[float] = []
    studio.desk.transport.moved.connect(played.append)
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: studio.desk.story is not None and studio.desk.story.take is not None, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: any(at_s > 0 for at_s in played), timeout=LIMIT_MS)
    story = studio.desk.story
    assert story is not None and story.take is not None
    assert story.take.seconds == pytest.approx(10 * 0.2, abs=0.01)
    assert not edits.is_stale(studio.desk.document.project, story)
    assert [job.text for job in jobs_of(studio) if isinstance(job, SpeakJob)] == [STORY]
    assert studio.desk.jobs.all[-1].state is JobState.DONE


def test_a_changed_story_is_out_of_date_and_undo_brings_it_back(spoken: Studio) -> None:
    spoken.window.story.editor.insertPlainText(" Indeed.")
    assert spoken.desk.story is not None
    assert edits.is_stale(spoken.desk.document.project, spoken.desk.story)
    assert spoken.window.story.state.text() == "Changed since spoken"
    trigger(spoken, "edit.undo")
    assert spoken.window.story.state.text() == "Up to date"


def test_only_symbols_give_one_sentence_and_no_take(studio: Studio, qtbot: QtBot) -> None:
    studio.window.story.editor.insertPlainText("!!! ???")
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: bool(studio.desk.notices.all), timeout=LIMIT_MS)
    notice = studio.desk.notices.all[-1]
    assert (notice.level, notice.details) == (Level.ERROR, "")
    assert "type some words" in notice.sentence
    assert studio.desk.story is not None and studio.desk.story.take is None


def test_the_word_being_heard_is_marked(spoken: Studio) -> None:
    spoken.desk.transport.seek(0.45)
    marks = spoken.window.story.editor.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["from"]


def test_space_types_in_the_editor_and_plays_elsewhere(spoken: Studio, qtbot: QtBot) -> None:
    editor = focused(spoken, qtbot, spoken.window.story.editor)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert editor.toPlainText().endswith(" ") and not spoken.desk.transport.playing
    focused(spoken, qtbot, spoken.window.timeline.view)
    QTest.keyClick(spoken.window.timeline.view, Qt.Key.Key_Space)
    assert spoken.desk.transport.playing
    QTest.keyClick(spoken.window.timeline.view, Qt.Key.Key_K)
    assert not spoken.desk.transport.playing


def test_pressing_the_ruler_moves_the_playhead(spoken: Studio) -> None:
    view = spoken.window.timeline.view
    lane = view.lane()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.center().x()), 8))
    middle = spoken.window.axis.start_s + spoken.window.axis.span_s / 2
    assert spoken.desk.transport.position_s == pytest.approx(min(middle, spoken.desk.transport.length_s), abs=0.05)


def test_the_preview_rests_where_nobody_sees_it(spoken: Studio, qtbot: QtBot) -> None:
    preview = spoken.desk.preview
    spoken.window.enter("avatar")
    qtbot.waitUntil(lambda: not spoken.window.presenter.isVisible(), timeout=LIMIT_MS)
    preview.restart()
    preview._work()
    assert preview.doing is None
    spoken.window.enter("newsroom")
    qtbot.waitUntil(lambda: preview.shelf.count == preview.total > 0, timeout=LIMIT_MS)


def test_the_preview_fills_and_shows_the_picture_under_the_playhead(spoken: Studio, qtbot: QtBot) -> None:
    preview = spoken.desk.preview
    before = len(clips_of(spoken))
    preview.restart()
    qtbot.waitUntil(lambda: preview.shelf.count == preview.total > 0, timeout=LIMIT_MS)
    spoken.desk.transport.seek(1.0)
    image = spoken.window.presenter.canvas.image
    assert image is not None
    assert image.pixelColor(5, 5).red() == pytest.approx(25, abs=4)  # the fake's red is the frame's number
    first = clips_of(spoken)[before]
    assert first.end_s is not None and first.end_s - first.start_s <= 1 / 25 + 1e-6  # the still came first


def test_an_old_sound_leaves_no_pictures(spoken: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: spoken.desk.preview.shelf.count > 0, timeout=LIMIT_MS)
    trigger(spoken, "edit.undo")
    qtbot.waitUntil(lambda: spoken.desk.programme.audio is None, timeout=LIMIT_MS)
    assert spoken.desk.preview.shelf.count == 0
    assert spoken.window.presenter.pages.is_empty


def test_the_avatar_is_drawn_for_real(spoken: Studio, qtbot: QtBot) -> None:
    drawing = spoken.window.avatar.drawing
    with qtbot.waitSignal(drawing.drawn, timeout=120_000) as heard:
        spoken.window.avatar.begin()
    assert heard.args is not None
    picture = heard.args[0]
    assert isinstance(picture, QImage) and picture.width() > 60
    shades = {picture.pixel(x, picture.height() // 2) for x in range(0, picture.width(), 4)}
    assert len(shades) > 12  # a face, not a flat colour


def test_a_clip_is_exported_whole(spoken: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    export_clip(spoken.desk, request_for(spoken, path, captions=True))
    qtbot.waitUntil(lambda: (tmp_path / "clip.srt").exists(), timeout=LIMIT_MS)
    facts = read_facts(path)
    assert (facts.frames, facts.width, facts.height) == (50, 160, 90)
    assert abs(facts.video_s - facts.audio_s) <= 1 / 25
    assert not list(tmp_path.glob("*.part"))


def test_a_cancelled_export_leaves_nothing(spoken: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    engine = engine_of(spoken)
    qtbot.waitUntil(lambda: spoken.desk.preview.doing is None, timeout=LIMIT_MS)
    engine.gate.clear()
    export_clip(spoken.desk, request_for(spoken, tmp_path / "clip.mp4"))
    entry = spoken.desk.jobs.all[-1].id
    spoken.desk.jobs.cancel(entry)
    qtbot.waitUntil(lambda: spoken.desk.jobs.get(entry).state is JobState.CANCELLED, timeout=LIMIT_MS)
    assert not list(tmp_path.glob("clip*"))


def test_an_unwritable_place_is_told_in_the_dialog(spoken: Studio, tmp_path: Path) -> None:
    spoken.window.stage.show_dialog("export")
    dialog = spoken.window.stage.open_dialogs["export"]
    dialog.path.setText(str(tmp_path / "missing" / "clip.mp4"))
    dialog.start.click()
    assert "folder does not exist" in dialog.trouble.text()
    assert not [entry for entry in spoken.desk.jobs.running if entry.title.startswith("Export")]


def request_for(studio: Studio, path: Path, *, captions: bool = False) -> ExportRequest:
    """The whole timeline, small."""
    clip = studio.desk.document.project.clip
    span = Span(0.0, studio.desk.transport.length_s)
    return ExportRequest(path, span, clip.fps, 160, 90, "default", "studio", captions)


def test_the_project_comes_back_after_closing(qtbot: QtBot, spoken: Studio, tmp_path: Path) -> None:
    spoken.window.close()
    again = Studio(ThreadRoom(), Places.under(tmp_path / "home"))
    try:
        assert again.desk.story is not None and again.desk.story.text == STORY
        qtbot.waitUntil(lambda: again.desk.programme.audio is not None, timeout=LIMIT_MS)
    finally:
        again.close()
        again.window.deleteLater()


def test_the_palette_finds_and_runs(studio: Studio) -> None:
    assert matches("sfty", "View Safe areas") is False and matches("safe", "View Safe areas")
    trigger(studio, "help.palette")
    palette = studio.window.stage.open_dialogs["palette"]
    assert isinstance(palette, CommandPalette)
    palette.query.setText("new story")
    before = len(studio.desk.document.project.stories)
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert len(studio.desk.document.project.stories) == before + 1


LEAVING = {"file.quit"}

"""Ends the window; every fixture's teardown does that."""


@pytest.mark.parametrize("menu", MENUS, ids=lambda menu: menu.title)
def test_every_action_runs_or_is_disabled(spoken: Studio, menu: Menu) -> None:
    desk, actions = spoken.desk, spoken.window.actions_by_key
    for row in menu.actions:
        actions.refresh()
        assert actions.by_key[row.key].isEnabled() == row.when(desk), row.key
        if row.key not in LEAVING:
            actions.by_key[row.key].trigger()
        for dialog in spoken.window.findChildren(QDialog):
            dialog.close()
        broken = [notice for notice in desk.notices.all if notice.details]
        assert not broken, (row.key, broken)


def test_rules_follow_the_state(studio: Studio, spoken: Studio) -> None:
    desk = spoken.desk
    assert ACTIONS["file.export"].when(desk) and ACTIONS["play.toggle"].when(desk)
    trigger(spoken, "story.remove")
    for key in ("speech.speak", "file.import", "speech.record", "story.copy"):
        assert not ACTIONS[key].when(desk), key
    trigger(spoken, "edit.undo")
    assert ACTIONS["speech.speak"].when(desk)


def test_no_two_actions_share_a_key() -> None:
    keys = [keys for action in ACTIONS.values() for keys in action.keys]
    assert len(keys) == len(set(keys))
