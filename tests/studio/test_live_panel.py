"""The live panel and its actions in a real window: start, gate, latency, record, send, stop, trouble."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engines.api.face import LiveJob
from studio.actions.live import play_as_microphone, toggle_sending
from studio.app import Studio
from studio.views.live.microphone import IDLE
from studio.views.live.panel import LivePanel
from tests.studio.conftest import LIMIT_MS, standing, trigger
from tests.studio.live_fakes import JAW, HandSource, LiveRoom


@pytest.fixture
def room() -> LiveRoom:
    """The room of the studio."""
    return LiveRoom()


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> HandSource:
    """The microphone of the studio, turned by hand."""
    made = HandSource((48_000, 1))
    monkeypatch.setattr("studio.bridge.live.DeviceSource", lambda key: made)
    return made


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, tmp_path: Path, room: LiveRoom, source: HandSource) -> Iterator[Studio]:
    """A shown studio at the avatar desk."""
    with standing(room, qtbot, qapp, tmp_path) as opened:
        opened.desk.stage.enter("avatar")
        opened.desk.stage.show_panel("live", True)
        yield opened


@pytest.fixture
def panel(studio: Studio) -> LivePanel:
    """Its live panel."""
    made = studio.window.docks.by_name["live"].widget().ready()  # type: ignore[attr-defined]
    assert isinstance(made, LivePanel)
    return made


def speak(studio: Studio, source: HandSource, qtbot: QtBot, poses: int = 3) -> None:
    """Talk until so many more poses have come."""
    path, before = studio.desk.live.path, studio.desk.live.path.poses

    def answered() -> bool:
        if source.streams:
            source.streams[-1].speak(0.1)
        return path.poses >= before + poses

    qtbot.waitUntil(answered, timeout=LIMIT_MS)


def told(studio: Studio, words: str) -> bool:
    """Whether a notice says this."""
    return any(words in notice.sentence for notice in studio.desk.notices.all)


def test_the_microphone_moves_the_face(studio: Studio, panel: LivePanel, source: HandSource, qtbot: QtBot) -> None:
    assert panel.microphone.said.text() in (IDLE, "") or "microphone" in panel.microphone.said.text()
    qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    speak(studio, source, qtbot, poses=10)
    qtbot.waitUntil(lambda: "48 kHz, mono" in panel.microphone.said.text(), timeout=LIMIT_MS)
    assert studio.desk.faces.live and panel.start.text() == "Stop"
    newest = studio.desk.live.path.track._poses[-1]
    assert newest.weights[JAW] > 0.3
    assert panel.microphone.meter.level.peak_db > -20 and panel.microphone.meter.open
    qtbot.waitUntil(lambda: panel.latency.cells["capture"][0].text().endswith("ms"), timeout=LIMIT_MS)
    assert panel.latency.cells["window"][0].text() == "0.0 ms"
    qtbot.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    assert not studio.desk.faces.live and panel.start.text() == "Start live mode"
    qtbot.waitUntil(lambda: source.streams[-1].closed, timeout=LIMIT_MS)


def test_the_gate_is_dragged_typed_and_kept(studio: Studio, panel: LivePanel, source: HandSource, qtbot: QtBot) -> None:
    settings, meter = studio.desk.settings, panel.microphone.meter
    qtbot.mouseClick(meter, Qt.MouseButton.LeftButton, pos=QPoint(meter.width() // 2, 20))
    dragged = settings.now.gate_db
    assert -45 < dragged < -30 and panel.microphone.threshold.value() == dragged
    qtbot.keyClick(meter, Qt.Key.Key_Right)
    assert settings.now.gate_db == dragged + 1
    panel.microphone.threshold.setValue(-3)
    panel.microphone.hold.setValue(0)
    trigger(studio, "live.start")
    speak(studio, source, qtbot)
    assert not studio.desk.live.state.gate_open and studio.desk.live.path.track._poses[-1].weights[JAW] == 0
    settings.set("gate_db", -45)
    speak(studio, source, qtbot)
    assert studio.desk.live.state.gate_open


def test_another_network_is_a_fresh_job(studio: Studio, panel: LivePanel, room: LiveRoom, qtbot: QtBot) -> None:
    trigger(studio, "live.start")
    qtbot.waitUntil(lambda: studio.desk.live.listening, timeout=LIMIT_MS)
    box = panel.microphone.model
    box.setCurrentIndex(box.findData("gru"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: len(room.live.jobs) == 2, timeout=LIMIT_MS)
    assert [job.model for job in room.live.jobs if isinstance(job, LiveJob)] == ["lstm", "gru"]


def test_a_take_is_a_story_with_sound_and_face_and_one_undo_step(
    studio: Studio, panel: LivePanel, source: HandSource, qtbot: QtBot
) -> None:
    desk = studio.desk
    before = desk.document.project
    trigger(studio, "live.start")
    speak(studio, source, qtbot)
    qtbot.mouseClick(panel.record, Qt.MouseButton.LeftButton)
    assert panel.record.text() == "Stop and keep"
    speak(studio, source, qtbot, poses=8)
    qtbot.mouseClick(panel.record, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.document.project != before, timeout=LIMIT_MS)
    story = desk.document.project.stories[-1]
    assert story.take is not None and story.take.origin == "recorded" and story.tuning.model == "recorded"
    motion = desk.file.store.takes.motion(story.take.digest)
    assert motion is not None and motion.weights[:, JAW].max() > 0.3
    assert len(motion.weights) == max(round(story.take.seconds * motion.fps), 1)
    trigger(studio, "edit.undo")
    assert desk.document.project == before


def test_nothing_heard_is_told_not_kept(studio: Studio, qtbot: QtBot) -> None:
    trigger(studio, "live.start")
    trigger(studio, "live.record")
    before = studio.desk.document.project
    trigger(studio, "live.record")
    assert studio.desk.document.project is before
    assert told(studio, "Nothing was recorded")


def test_the_face_is_sent_and_a_missing_receiver_is_told(
    studio: Studio, panel: LivePanel, source: HandSource, qtbot: QtBot
) -> None:
    import socket

    live = studio.desk.live
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(LIMIT_MS / 1000)
        studio.desk.settings.set("vmc_port", listener.getsockname()[1])
        qtbot.mouseClick(panel.sending.on, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        qtbot.waitUntil(lambda: live.path.receiver is not None, timeout=LIMIT_MS)
        assert "as soon as live mode" in panel.sending.said.text() and panel.sending.on.isChecked()
        trigger(studio, "live.start")
        speak(studio, source, qtbot)
        assert listener.recv(65_536).startswith(b"#bundle")
        qtbot.waitUntil(lambda: "sent" in panel.sending.said.text(), timeout=LIMIT_MS)
    speak(studio, source, qtbot)
    qtbot.waitUntil(lambda: "Nobody listens" in panel.sending.said.text(), timeout=LIMIT_MS)
    speak(studio, source, qtbot)  # live mode goes on
    trigger(studio, "live.send")
    assert live.path.receiver is None and not panel.sending.on.isChecked()
    studio.desk.settings.set("vmc_host", "nobody.invalid")
    toggle_sending(studio.desk)
    qtbot.waitUntil(lambda: told(studio, "cannot be found"), timeout=LIMIT_MS)


def test_what_the_studio_plays_does_not_move_the_face(
    studio: Studio, panel: LivePanel, source: HandSource, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger(studio, "live.start")
    speak(studio, source, qtbot)
    monkeypatch.setattr(type(studio.desk.transport), "playing", property(lambda self: True))
    speak(studio, source, qtbot)
    assert studio.desk.live.state.muted
    qtbot.waitUntil(lambda: "Muted" in panel.microphone.said.text(), timeout=LIMIT_MS)
    studio.desk.settings.set("half_duplex", False)

    def heard_again() -> bool:
        source.streams[-1].speak(0.1)
        return not studio.desk.live.state.muted and bool(np.any(studio.desk.live.path.track._poses[-1].weights))

    qtbot.waitUntil(heard_again, timeout=LIMIT_MS)


def test_a_network_that_cannot_run_is_told_and_tried_again(
    studio: Studio, panel: LivePanel, room: LiveRoom, qtbot: QtBot
) -> None:
    room.live.trouble = "The weights of this network are missing: train it first."
    trigger(studio, "live.start")
    qtbot.waitUntil(lambda: panel.microphone.said.text() == room.live.trouble, timeout=LIMIT_MS)
    assert studio.desk.live.running
    room.live.trouble = ""
    studio.desk.live._again.start(0)
    qtbot.waitUntil(lambda: studio.desk.live.listening, timeout=LIMIT_MS)
    assert studio.desk.live.trouble == ""


def test_a_sound_file_stands_in_and_live_mode_ends_with_it(
    studio: Studio, panel: LivePanel, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "voice.wav"
    soundfile.write(path, (0.4 * np.sin(np.arange(8000) * 0.2)).astype(np.float32), 16_000)
    with qtbot.waitSignal(studio.desk.live.finished, timeout=LIMIT_MS):
        play_as_microphone(studio.desk, path)
    qtbot.waitUntil(lambda: not studio.desk.live.running, timeout=LIMIT_MS)
    assert studio.desk.live.path.poses > 0
    (tmp_path / "no.wav").write_text("no sound")
    play_as_microphone(studio.desk, tmp_path / "no.wav")
    qtbot.waitUntil(lambda: told(studio, "no sound file"), timeout=LIMIT_MS)
