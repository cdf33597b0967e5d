"""The page that sends speech by mouse and keys: choose, encode, stop and keep, hear, save, open damaged files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engines.api.codec import DEFAULT_ITERATIONS, DecodeJob, EncodeJob
from engines.api.values import Audio
from studio.app import Studio
from studio.audio.files import write_audio
from studio.session import JobState, Level
from studio.session.coding import Doing
from studio.views.codec.lanes import DECODED, ORIGINAL
from studio.views.codec.panel import CodecPanel
from tests.studio.conftest import LIMIT_MS, trigger
from tests.studio.fakes import FakeEngine, ThreadRoom

LEFT = Qt.MouseButton.LeftButton


def shown(studio: Studio, qtbot: QtBot) -> Iterator[CodecPanel]:
    """A panel of its own, until the test is over."""
    made = CodecPanel(studio.desk)
    qtbot.addWidget(made)
    made.resize(1240, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.close_panel()


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> Iterator[CodecPanel]:
    yield from shown(studio, qtbot)


@pytest.fixture
def loaded(panel: CodecPanel, qtbot: QtBot, tmp_path: Path) -> CodecPanel:
    panel.coder.open(voice(tmp_path, "harbour"))
    qtbot.waitUntil(lambda: panel.coding.now.source is not None, timeout=LIMIT_MS)
    return panel


@pytest.fixture
def heard(loaded: CodecPanel, qtbot: QtBot) -> CodecPanel:
    QTest.mouseClick(loaded.send.controls.start, LEFT)
    wait_idle(loaded, qtbot)
    qtbot.waitUntil(lambda: len(loaded.send.player.lanes.sounds) == 2, timeout=LIMIT_MS)
    return loaded


def voice(folder: Path, name: str, seconds: float = 2.0) -> Path:
    at_s = np.arange(round(seconds * 48_000)) / 48_000
    samples = 0.2 * np.sin(2 * np.pi * 200 * at_s) * (1 + np.sin(2 * np.pi * 3 * at_s)) / 2
    path = folder / f"{name}.wav"
    write_audio(Audio(samples.astype(np.float32), 48_000), path)
    return path


def engine_of(studio: Studio) -> FakeEngine:
    room = studio.desk.rooms._room
    assert isinstance(room, ThreadRoom)
    return room.engine


def wait_idle(panel: CodecPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.coding.now.doing is Doing.NOTHING, timeout=LIMIT_MS)


def facts(panel: CodecPanel) -> dict[str, str]:
    from studio.views.codec.outcome import Fact

    shown = panel.send.outcome.findChildren(Fact)
    return {fact.name: fact.value.text() for fact in shown if fact.isVisible()}


def test_the_window_builds_it_when_first_shown(studio: Studio, qtbot: QtBot) -> None:
    dock = studio.window.docks.by_name["codec"]
    assert dock.isHidden() and dock.findChild(CodecPanel) is None
    trigger(studio, "view.codec")
    assert dock.isFloating(), "the newsroom has no place for it"
    assert dock.findChild(CodecPanel) is not None
    trigger(studio, "view.codec")
    assert dock.isHidden()


def test_an_empty_panel_says_what_to_do(panel: CodecPanel) -> None:
    assert panel.send.pages.is_empty
    assert not panel.send.controls.start.isEnabled()
    assert "Choose a sound" in panel.send.controls.guess_words.text()


def test_the_size_follows_format_rate_and_sound(loaded: CodecPanel) -> None:
    controls = loaded.send.controls
    assert controls.guess.text() == "About 500 bytes"
    loaded.coding.set(kbps=4.0)
    assert controls.guess.text() == "About 1.0 kB"
    loaded.coding.set(format="opus")
    assert loaded.coding.now.setting.kbps == 9 and controls.guess.text() == "About 2.2 kB"
    loaded.coding.set(format="wav")
    assert controls.guess.text() == "192 kB" and not controls.rate.isVisible()


def test_encoding_by_key_is_a_job_and_its_outcome_is_told(loaded: CodecPanel, studio: Studio, qtbot: QtBot) -> None:
    QTest.keyClick(loaded, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_idle(loaded, qtbot)
    entry = studio.desk.jobs.all[-1]
    assert entry.title == "Encode harbour, BPGAN 2" and entry.state is JobState.DONE
    jobs = [job for job in engine_of(studio).jobs if isinstance(job, EncodeJob)]
    assert [(job.kbps, job.iterations, job.audio.rate_hz) for job in jobs] == [(2.0, DEFAULT_ITERATIONS, 16_000)]
    shown = facts(loaded)
    assert shown["Real size"] == "500 bytes" and shown["Damage"] == "none"
    assert shown["Real rate"].startswith("2.00 kbit/s")


def test_the_dial_says_how_long_it_takes_once_that_is_known(heard: CodecPanel) -> None:
    controls = heard.send.controls
    controls.dial.setFocus()
    QTest.keyClick(controls.dial, Qt.Key.Key_Right)
    assert heard.coding.now.setting.iterations == 200
    seconds = round(200 * 1.5 / DEFAULT_ITERATIONS)  # the fake takes 1.5 s for the same sound
    assert controls.dialled.text() == f"Careful: 200 iterations, about {seconds} s"
    QTest.keyClick(controls.dial, Qt.Key.Key_Home)
    assert controls.dialled.text() == "First guess, no search"


def test_a_stopped_search_asks_whether_to_keep_its_best(loaded: CodecPanel, studio: Studio, qtbot: QtBot) -> None:
    engine_of(studio).gate.clear()
    loaded.send.encode()
    qtbot.waitUntil(lambda: loaded.coder._best is not None, timeout=LIMIT_MS)
    QTest.mouseClick(loaded.send.outcome.stop, LEFT)
    qtbot.waitUntil(lambda: loaded.coding.now.offer is not None, timeout=LIMIT_MS)
    assert studio.desk.jobs.all[-1].state is JobState.CANCELLED
    assert loaded.send.outcome.yes.isVisible() and loaded.coding.now.coded is None
    QTest.mouseClick(loaded.send.outcome.yes, LEFT)
    wait_idle(loaded, qtbot)
    coded = loaded.coding.now.coded
    assert coded is not None and coded.search is not None and coded.search.iterations == 0
    assert loaded.coding.now.heard is not None


def test_a_discarded_search_leaves_nothing(loaded: CodecPanel, studio: Studio, qtbot: QtBot) -> None:
    engine_of(studio).gate.clear()
    loaded.send.encode()
    qtbot.waitUntil(lambda: loaded.coder._best is not None, timeout=LIMIT_MS)
    studio.desk.jobs.cancel(studio.desk.jobs.all[-1].id)  # from the jobs panel
    qtbot.waitUntil(lambda: loaded.coding.now.offer is not None, timeout=LIMIT_MS)
    QTest.mouseClick(loaded.send.outcome.no, LEFT)
    assert loaded.coding.now.offer is None and loaded.coding.now.coded is None
    assert loaded.send.controls.start.isEnabled()


def test_original_and_decoded_are_switched_while_playing(heard: CodecPanel, qtbot: QtBot) -> None:
    player = heard.send.player
    assert player.lane == 1, "what was just decoded is heard first"
    QTest.keyClick(heard, Qt.Key.Key_Space)
    assert player.playing
    qtbot.waitUntil(lambda: player.position_s > 0.05, timeout=LIMIT_MS)
    QTest.keyClick(heard, "1")
    assert player.lane == 0 and player.playing and player.position_s > 0.05
    assert heard.send.lanes.lanes[ORIGINAL].head.property("heard")
    QTest.keyClick(heard, "x")
    assert player.lane == 1
    QTest.mouseClick(heard.send.lanes.lanes[ORIGINAL].head, LEFT)
    assert player.lane == 0
    QTest.keyClick(heard, Qt.Key.Key_Space)
    assert not player.playing


def test_both_sounds_are_drawn_on_one_axis(heard: CodecPanel, qtbot: QtBot) -> None:
    lanes = heard.send.lanes
    qtbot.waitUntil(lambda: all(lane.cells.image.isVisible() for lane in lanes.lanes.values()), timeout=LIMIT_MS)
    lanes.ruler.box.setXRange(0.5, 1.0, padding=0)
    for lane in lanes.lanes.values():
        assert lane.cells.box.viewRange()[0] == pytest.approx([0.5, 1.0])
    pitch = lanes.lanes[DECODED].cells.image.image  # the fake decodes to 220 Hz: bin 7 of 512 at 16 kHz
    assert int(np.argmax(pitch[:, pitch.shape[1] // 2])) == 7


def test_another_vocoder_decodes_the_same_file(heard: CodecPanel, studio: Studio, qtbot: QtBot) -> None:
    heard.coding.set(vocoder="inversion")
    QTest.mouseClick(heard.send.outcome.again, LEFT)
    wait_idle(heard, qtbot)
    jobs = [job for job in engine_of(studio).jobs if isinstance(job, DecodeJob)]
    assert [job.vocoder for job in jobs] == ["network", "inversion"]
    assert jobs[0].packet == jobs[1].packet
    assert heard.coding.now.heard is not None and heard.coding.now.heard.vocoder == "inversion"


def test_exchange_formats_need_no_engine(loaded: CodecPanel, studio: Studio, qtbot: QtBot) -> None:
    loaded.coding.set(format="flac")
    loaded.send.encode()
    wait_idle(loaded, qtbot)
    now = loaded.coding.now
    assert now.coded is not None and now.coded.data[:4] == b"fLaC" and now.source is not None
    assert now.heard is not None
    np.testing.assert_allclose(now.heard.audio.samples, now.source.speech.samples, atol=1e-3)
    assert not [job for job in engine_of(studio).jobs if isinstance(job, (EncodeJob, DecodeJob))]


def test_saved_files_open_again_with_their_damage(
    heard: CodecPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    coded = heard.coding.now.coded
    assert coded is not None
    damaged = bytearray(coded.data)
    damaged[-1] = 7
    path = tmp_path / "sent.bpgan"
    path.write_bytes(bytes(damaged))
    drop(heard, path)
    qtbot.waitUntil(lambda: heard.coding.now.coded is not coded, timeout=LIMIT_MS)
    wait_idle(heard, qtbot)
    assert facts(heard)["Damage"] == "1 of 2 segments concealed"
    assert heard.coding.now.original is None, "a file has nothing to be compared with"
    assert not heard.send.bar.file.isEnabled() and heard.send.bar.sound.isEnabled()


def test_what_is_no_packet_is_told(panel: CodecPanel, studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "letter.bpgan"
    path.write_bytes(b"Dear Sir or Madam")
    panel.coder.open(path)
    wait_idle(panel, qtbot)
    notice = studio.desk.notices.all[-1]
    assert notice.level is Level.ERROR and "no BPGAN file" in notice.sentence
    assert panel.send.pages.is_empty


def drop(panel: CodecPanel, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy = Qt.DropAction.CopyAction
    panel.dropEvent(QDropEvent(QPointF(5, 5), copy, data, LEFT, Qt.KeyboardModifier.NoModifier))
