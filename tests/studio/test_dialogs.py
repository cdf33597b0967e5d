"""Dialogs by real clicks: recording with a made-up microphone, pronunciations, preferences, export, notices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMessageBox, QSpinBox
from pytestqt.qtbot import QtBot

from engines.api.jobs import LabelJob, Pronunciation, SpeakJob
from engines.api.looks import LowerThird
from engines.api.values import Audio
from studio.actions.files import drop_file
from studio.app import Studio
from studio.audio.files import write_audio
from studio.audio.level import Level
from studio.audio.microphone import Microphone
from studio.document import edits
from studio.export.loudness import TARGETS
from studio.export.verify import read_loudness
from studio.session import JobState, RecordingState
from studio.session import Level as NoticeLevel
from studio.views.dialogs.export import ExportDialog
from studio.views.dialogs.lower_third import LowerThirdDialog
from studio.views.dialogs.preferences import PreferencesDialog
from studio.views.dialogs.pronunciations import PronunciationsDialog
from studio.views.dialogs.record import RecordDialog
from studio.views.timeline.hand import Grip
from tests.studio.conftest import LIMIT_MS, trigger
from tests.studio.test_window import jobs_of


class FakeMicrophone(Microphone):
    """Hears a second of hum without a device."""

    def open(self) -> None:
        """Nothing to open."""

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> Audio:
        """A second of hum."""
        return Audio(np.full(16_000, 0.1, np.float32), 16_000)

    def close(self) -> None:
        """Nothing to close."""

    @property
    def alive(self) -> bool:
        """Never unplugged."""
        return True

    @property
    def level(self) -> Level:
        """A voice."""
        return Level(-12.0, -20.0, -10.0, False)


def test_a_recording_becomes_the_take(studio: Studio, qtbot: QtBot) -> None:
    studio.desk.settings.set("countdown_s", 0)
    dialog = RecordDialog(studio.window, studio.desk, FakeMicrophone())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.record.setEnabled(True)
    dialog.record.click()
    assert dialog.recording.state is RecordingState.RECORDING and dialog.stop.isVisible()
    dialog.stop.click()
    assert dialog.recording.state is RecordingState.DONE and dialog.retake.isVisible()
    dialog.keep.click()
    qtbot.waitUntil(lambda: studio.desk.story is not None and studio.desk.story.take is not None, timeout=LIMIT_MS)
    story = studio.desk.story
    assert story is not None and story.take is not None
    assert (story.take.origin, round(story.take.seconds, 3)) == ("recorded", 1.0)
    assert any(isinstance(job, LabelJob) for job in jobs_of(studio))
    assert not edits.is_stale(studio.desk.document.project, story)


def test_closing_the_recorder_keeps_nothing(studio: Studio, qtbot: QtBot) -> None:
    studio.desk.settings.set("countdown_s", 0)
    dialog = RecordDialog(studio.window, studio.desk, FakeMicrophone())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.record.setEnabled(True)
    dialog.record.click()
    dialog.reject()
    assert dialog.recording.state is RecordingState.IDLE
    assert studio.desk.story is not None and studio.desk.story.take is None


def test_pronunciations_reach_the_engine_and_undo(studio: Studio, qtbot: QtBot) -> None:
    studio.window.story.editor.insertPlainText("Siobhan spoke")
    dialog = PronunciationsDialog(studio.window, studio.desk)
    qtbot.addWidget(dialog)
    dialog.add.click()
    dialog.table.item(0, 0).setText("Siobhan")
    assert dialog.terms() == ()  # half a row is no pronunciation yet
    dialog.table.item(0, 1).setText("shivawn")
    assert studio.desk.document.project.pronunciations == (Pronunciation("Siobhan", "shivawn"),)
    dialog.accept()
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: any(isinstance(job, SpeakJob) for job in jobs_of(studio)), timeout=LIMIT_MS)
    asked = next(job for job in jobs_of(studio) if isinstance(job, SpeakJob))
    assert asked.pronunciations == (Pronunciation("Siobhan", "shivawn"),)
    assert asked.text == "Siobhan spoke"


def test_preferences_change_settings_at_once(studio: Studio, qtbot: QtBot) -> None:
    dialog = PreferencesDialog(studio.window, studio.desk)
    qtbot.addWidget(dialog)
    rate = dialog.fields["rate_wpm"]
    assert isinstance(rate, QSpinBox) and (rate.minimum(), rate.maximum()) == (80, 450)
    rate.setValue(200)
    assert studio.desk.settings.now.rate_wpm == 200
    voices = dialog.fields["voice"]
    assert isinstance(voices, QComboBox)
    qtbot.waitUntil(lambda: voices.itemText(0) == "English (Great Britain)", timeout=LIMIT_MS)


def test_the_export_dialog_shows_progress_and_the_end(spoken: Studio, qtbot: QtBot) -> None:
    trigger(spoken, "file.export")
    dialog = spoken.window.stage.open_dialogs["export"]
    assert isinstance(dialog, ExportDialog)
    target = spoken.desk.settings.now.projects_folder / "small.mp4"
    target.parent.mkdir(parents=True)
    dialog.path.setText(str(target))
    dialog.format.setCurrentIndex(dialog.format.findData("512x512"))
    assert dialog.loudness.currentText() == "EBU R128 (-23 LUFS)"
    dialog.loudness.setCurrentIndex(dialog.loudness.findData("web"))
    dialog.start.click()
    assert dialog.pages.currentIndex() == 1 and dialog.stop.isVisible()
    qtbot.waitUntil(lambda: spoken.desk.jobs.all[-1].state is JobState.DONE, timeout=LIMIT_MS)
    assert dialog.view.isVisible() and not dialog.stop.isVisible()
    assert target.exists() and spoken.desk.document.project.clip.width == 512
    loudness = read_loudness(target)
    assert loudness.lufs == pytest.approx(-16, abs=0.5)
    assert str(loudness) in dialog.said.text() and str(loudness) in spoken.desk.notices.all[-1].sentence


def test_an_export_begins_with_the_preferred_loudness_and_a_far_one_is_told(
    spoken: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken.desk.settings.set("loudness", "atsc")
    dialog = ExportDialog(spoken.window, spoken.desk)
    qtbot.addWidget(dialog)
    assert dialog.request().plan.loudness == TARGETS["atsc"]
    monkeypatch.setattr("studio.export.levelling.MOST_GAIN_DB", -25.0)
    dialog.path.setText(str(tmp_path / "faint.mp4"))
    dialog.format.setCurrentIndex(dialog.format.findData("512x512"))
    dialog.begin()
    qtbot.waitUntil(lambda: spoken.desk.jobs.all[-1].state is JobState.DONE, timeout=LIMIT_MS)
    told = spoken.desk.notices.all[-1]
    assert told.level is NoticeLevel.WARNING and "not at -24 LUFS, at most -2 dBTP" in told.sentence


def test_a_notice_is_shown_logged_and_opened(studio: Studio) -> None:
    notice = studio.desk.notices.error("The disk is full: free some space.", "Traceback: here")
    toast = studio.window.toasts.toasts[-1]
    assert toast.isVisible() and toast.notice == notice
    studio.window.toasts.open_details(notice)
    panel = studio.window.notices
    assert panel.details.toPlainText() == "Traceback: here" and not panel.details.isHidden()
    studio.window.toasts.drop(toast)
    assert panel.list.count() == 1 and not studio.window.toasts.toasts


def test_a_dragged_item_moves_as_one_step(spoken: Studio) -> None:
    view, desk = spoken.window.timeline.view, spoken.desk
    row = view.rows()["sound"]
    start = row.topLeft().toPoint()
    start.setX(start.x() + 40)
    start.setY(start.y() + 30)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in (30, 60, 90):
        moved = start.__class__(start.x() + step, start.y())
        QTest.mouseMove(view, moved)
        spoken.window.timeline.view.mouseMoveEvent(_move(view, moved))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start.__class__(start.x() + 90, start.y()))
    item = desk.document.project.tracks[0].items[0]
    assert item.start_s > 0.1 and desk.document.undo_label == "Move on timeline"
    trigger(spoken, "edit.undo")
    assert desk.document.project.tracks[0].items[0].start_s == 0.0


def _move(widget: object, at: object) -> object:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    point = QPointF(at)  # type: ignore[arg-type]
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, point, point, Qt.MouseButton.NoButton, left, none)


def test_unsaved_edits_are_asked_about(studio: Studio, qtbot: QtBot) -> None:
    studio.desk.settings.set("autosave", False)
    assert not studio.desk.file.unsaved
    studio.window.story.editor.insertPlainText("Unsaved")
    assert studio.desk.file.unsaved
    studio.window.close()
    assert studio.window.isVisible()
    box = studio.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    box.button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(lambda: not studio.window.isVisible(), timeout=LIMIT_MS)


def test_a_dropped_sound_becomes_the_take(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    write_audio(Audio(np.full(48_000, 0.2, np.float32), 48_000), path)
    drop_file(studio.desk, path)
    qtbot.waitUntil(lambda: studio.desk.story is not None and studio.desk.story.take is not None, timeout=LIMIT_MS)
    assert studio.desk.story is not None and studio.desk.story.take is not None
    assert (studio.desk.story.take.origin, studio.desk.story.take.title) == ("imported", "voice")


def test_a_broken_sound_is_told_in_one_sentence(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    path.write_bytes(b"no sound at all")
    drop_file(studio.desk, path)
    qtbot.waitUntil(lambda: bool(studio.desk.notices.all), timeout=LIMIT_MS)
    notice = studio.desk.notices.all[-1]
    assert notice.details == "" and "voice.wav" in notice.sentence


def test_an_item_is_trimmed_at_its_end(spoken: Studio) -> None:
    view, desk = spoken.window.timeline.view, spoken.desk
    item = desk.document.project.tracks[0].items[0]
    passage = desk.programme.passages[0]
    view.hand.press(item.end_s, Grip(passage, "end"), Qt.KeyboardModifier.NoModifier)
    view.hand.move(item.end_s - 0.5)
    view.hand.release(item.end_s - 0.5)
    trimmed = desk.document.project.tracks[0].items[0]
    assert abs(trimmed.seconds - (item.seconds - 0.5)) < 0.01 and trimmed.start_s == item.start_s
    trigger(spoken, "edit.undo")
    assert desk.document.project.tracks[0].items[0] == item


def test_a_name_typed_shows_under_the_presenter_and_is_undone_at_once(spoken: Studio, qtbot: QtBot) -> None:
    desk = spoken.desk
    trigger(spoken, "play.lower_third")
    dialog = spoken.window.stage.open_dialogs["lower_third"]
    assert isinstance(dialog, LowerThirdDialog) and desk.document.project.clip.lower_third is None
    qtbot.keyClicks(dialog.name, "Ada")
    qtbot.keyClicks(dialog.title, "Harbour")
    assert desk.document.project.clip.lower_third == LowerThird("Ada", "Harbour")
    dialog.shown.setChecked(False)
    assert desk.document.project.clip.lower_third is None
    dialog.accept()
    trigger(spoken, "edit.undo")
    assert desk.document.project.clip.lower_third is None


def test_a_transparent_clip_gets_a_file_that_holds_it(spoken: Studio, qtbot: QtBot) -> None:
    trigger(spoken, "file.export")
    dialog = spoken.window.stage.open_dialogs["export"]
    assert isinstance(dialog, ExportDialog)
    dialog.background.setCurrentIndex(dialog.background.findData("alpha"))
    assert dialog.path.text().endswith(".mov") and dialog.request().plan.alpha
    dialog.background.setCurrentIndex(dialog.background.findData("evening"))
    assert dialog.path.text().endswith(".mp4") and not dialog.request().plan.alpha
    dialog.reject()
