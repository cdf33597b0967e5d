"""The whole way through the real window and real engine processes: type, speak, play, see, export."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.actions.exporting import ExportRequest, export_clip
from studio.app import Studio
from studio.export.verify import read_facts
from studio.session import JobState
from studio.session.transport import Span
from tests.walks.conftest import enter_story

LIMIT_MS = 240_000
STORY = "The bridge is open again."


def test_from_a_typed_story_to_a_clip(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    desk, window = studio.desk, studio.window
    enter_story(studio, qtbot)
    QTest.keyClicks(window.story.editor, STORY)
    qtbot.waitUntil(window.actions_by_key.by_key["speech.speak"].isEnabled, timeout=LIMIT_MS)
    QTest.keyClick(window.story.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def is_spoken() -> bool:
        return desk.story is not None and desk.story.take is not None and not desk.programme.speaking

    qtbot.waitUntil(is_spoken, timeout=LIMIT_MS)
    words = [word.text.strip(".,").lower() for word in desk.programme.words()]
    assert words == ["the", "bridge", "is", "open", "again"]

    qtbot.waitUntil(lambda: not desk.transport.playing and desk.transport.position_s > 1.0, timeout=LIMIT_MS)  # heard
    desk.transport.seek(0.5)
    qtbot.waitUntil(lambda: window.presenter.canvas.image is not None, timeout=LIMIT_MS)
    assert not desk.preview.trouble
    passage = desk.programme.passage_at(0.5)
    assert passage is not None
    qtbot.waitUntil(lambda: desk.faces.has(passage), timeout=LIMIT_MS)
    assert desk.faces.pose_at(0.5).weights.max() > 0

    path = tmp_path / "clip.mp4"
    clip = desk.document.project.clip
    span = Span(0.0, min(2.0, desk.transport.length_s))
    export_clip(desk, ExportRequest(path, span, clip.fps, 480, 270, clip.presenter, "studio", captions=True))
    entry = desk.jobs.all[-1].id
    qtbot.waitUntil(lambda: not desk.jobs.get(entry).running, timeout=LIMIT_MS)
    assert desk.jobs.get(entry).state is JobState.DONE, desk.jobs.get(entry)
    facts = read_facts(path)
    assert facts.frames == round(span.end_s * clip.fps)
    assert abs(facts.video_s - facts.audio_s) <= 1 / float(clip.fps)
    qtbot.waitUntil(path.with_suffix(".srt").exists, timeout=LIMIT_MS)
    assert not [notice for notice in desk.notices.all if notice.details]
