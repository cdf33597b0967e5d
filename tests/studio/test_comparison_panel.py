"""The comparison panel: lanes that come and go, what is heard and seen, the blind test, the export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engines.api.jobs import CompareJob, PhaseJob
from studio.app import Studio
from studio.session.comparison import (
    DIFFERENCE,
    ORIGINAL,
    Choice,
    Lane,
    LaneState,
    Problem,
)
from studio.views.comparison.palettes import View
from studio.views.comparison.panel import ComparisonPanel
from tests.studio.conftest import LIMIT_MS
from tests.studio.fakes import FakeEngine, ThreadRoom
from tests.studio.test_comparison import FOUR, source


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> Iterator[ComparisonPanel]:
    """A shown panel of its own."""
    made = ComparisonPanel(studio.desk)
    made.resize(1400, 900)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_panel()
    qtbot.waitUntil(lambda: not studio.desk.tasks.live and not studio.desk.rooms.live, timeout=LIMIT_MS)
    made.close()
    made.deleteLater()


@pytest.fixture
def filled(panel: ComparisonPanel, qtbot: QtBot, tmp_path: Path) -> ComparisonPanel:
    """The panel with a file and four methods done and ready to be heard."""
    path = tmp_path / "voice.wav"
    soundfile.write(path, source(1.0).original.samples, 16_000)
    panel.comparing.open(path)
    qtbot.waitUntil(lambda: panel.comparison.source is not None, timeout=LIMIT_MS)
    choose(panel, FOUR)
    QTest.mouseClick(panel.controls.start, Qt.MouseButton.LeftButton)
    wait_done(panel, qtbot)
    return panel


def choose(panel: ComparisonPanel, choices: tuple[Choice, ...]) -> None:
    """Tick methods."""
    wanted = {choice.key: choice.iterations for choice in choices}
    for row in panel.controls.rows:
        row.tick.setChecked(row.method.key in wanted)
        row.steps.setValue(wanted.get(row.method.key, 0) or 1)


def wait_done(panel: ComparisonPanel, qtbot: QtBot) -> None:
    """Until every lane is done and can be heard."""

    def done() -> bool:
        lanes = panel.comparison.lanes
        return bool(lanes) and not any(lane.busy for lane in lanes) and len(panel.listening.keys) == 1 + len(lanes)

    qtbot.waitUntil(done, timeout=LIMIT_MS)


def engine_of(studio: Studio) -> FakeEngine:
    room = studio.desk.rooms._room
    assert isinstance(room, ThreadRoom)
    return room.engine


def test_a_file_is_rebuilt_by_every_method_ticked(filled: ComparisonPanel, studio: Studio) -> None:
    jobs = [job for job in engine_of(studio).jobs if isinstance(job, PhaseJob)]
    assert sorted(job.method for job in jobs) == ["gan", "griffin-lim", "phase-gradient", "zero"]
    assert sum(isinstance(job, CompareJob) for job in engine_of(studio).jobs) == 4
    assert list(filled.lanes.lanes)[:1] == [ORIGINAL]
    assert {lane.state for lane in filled.comparison.lanes} == {LaneState.DONE}
    assert [filled.table.item(row, 1).text() for row in range(4)] == ["2.50"] * 4
    assert all(not entry.running for entry in studio.desk.jobs.all)
    assert filled.lanes.lanes["zero"].head.remark.text() == "sign turned"


def test_the_fitted_sound_leaves_no_difference(filled: ComparisonPanel, qtbot: QtBot) -> None:
    source = filled.comparison.source
    assert source is not None
    fitted = filled.comparison.audio("zero")
    assert fitted is not None
    np.testing.assert_array_equal(fitted.samples, source.original.samples)
    filled.hear("zero")
    QTest.keyClick(filled, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: filled.listening.heard == DIFFERENCE, timeout=LIMIT_MS)
    assert np.abs(filled.player.lanes.sounds[-1]).max() < 1e-3


def test_lanes_are_switched_at_the_same_moment(filled: ComparisonPanel) -> None:
    filled.player.seek(0.4)
    QTest.mouseClick(filled.lanes.lanes["griffin-lim"].head, Qt.MouseButton.LeftButton)
    assert filled.listening.heard == "griffin-lim"
    assert filled.player.lane == filled.listening.keys.index("griffin-lim")
    assert filled.player.position_s == 0.4
    QTest.keyClick(filled, Qt.Key.Key_1)
    assert filled.listening.heard == ORIGINAL
    assert filled.player.position_s == 0.4


def test_pictures_share_one_time_axis_and_one_scale(filled: ComparisonPanel, qtbot: QtBot) -> None:
    for view in View:
        QTest.mouseClick(filled.bar.views[view], Qt.MouseButton.LeftButton)
        filled.lanes.ruler.box.setXRange(0.2, 0.3, padding=0)
        ranges = [lane.plot.box.viewRange() for lane in filled.lanes.lanes.values()]
        assert all(each[1] == ranges[0][1] for each in ranges)
        assert all(each[0] == pytest.approx([0.2, 0.3], abs=0.02) for each in ranges)
    shown = filled.lanes.lanes["zero"].plot
    qtbot.waitUntil(shown.image.isVisible, timeout=LIMIT_MS)
    cells = shown.image.image
    assert set(np.unique(cells)) <= {0, 128}  # the fitted sound has no error of phase


def test_a_method_is_stopped_and_goes_on_from_there(panel: ComparisonPanel, studio: Studio, qtbot: QtBot) -> None:
    gate = engine_of(studio).gate
    gate.clear()
    panel.comparing.take("Take", source().audio)
    qtbot.waitUntil(lambda: panel.comparison.source is not None, timeout=LIMIT_MS)
    choose(panel, (Choice("griffin-lim", 3),))
    QTest.mouseClick(panel.controls.start, Qt.MouseButton.LeftButton)

    def lane() -> Lane:
        found = panel.comparison.lane("griffin-lim")
        assert found is not None
        return found

    qtbot.waitUntil(lambda: lane().iterations == 1, timeout=LIMIT_MS)
    QTest.mouseClick(panel.lanes.lanes["griffin-lim"].head.less, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: lane().state is LaneState.STOPPED, timeout=LIMIT_MS)
    assert lane().can_go_on
    gate.set()
    QTest.mouseClick(panel.lanes.lanes["griffin-lim"].head.more, Qt.MouseButton.LeftButton)
    wait_done(panel, qtbot)
    job = [job for job in engine_of(studio).jobs if isinstance(job, PhaseJob)][-1]
    assert job.start is not None
    assert job.iterations == 3 - 1
    assert lane().iterations == 3


def test_a_method_that_cannot_says_why_in_its_lane(panel: ComparisonPanel, qtbot: QtBot) -> None:
    panel.comparing.take("Take", source().audio)
    qtbot.waitUntil(lambda: panel.comparison.source is not None, timeout=LIMIT_MS)
    panel.controls.frame.setCurrentIndex(panel.controls.frame.findData(2048))
    panel.controls.frame.activated.emit(panel.controls.frame.currentIndex())
    assert panel.comparison.setting.size == 2048
    choose(panel, (Choice("zero"), Choice("gan-compact")))
    QTest.mouseClick(panel.controls.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not any(lane.busy for lane in panel.comparison.lanes), timeout=LIMIT_MS)
    states = {lane.key: lane.state for lane in panel.comparison.lanes}
    assert states == {"zero": LaneState.DONE, "gan-compact": LaneState.FAILED}
    assert "1024" in panel.lanes.lanes["gan-compact"].head.state.text()


def test_a_blind_test_tells_nothing_before_its_end(filled: ComparisonPanel) -> None:
    filled.foot.setCurrentWidget(filled.blind)
    QTest.mouseClick(filled.blind.start, Qt.MouseButton.LeftButton)
    test = filled.blind.test
    assert test is not None
    for _ in range(6):
        assert not any(lane.head.property("heard") for lane in filled.lanes.lanes.values())
        QTest.keyClick(filled, Qt.Key.Key_2)  # a lane's own key does nothing now
        assert filled.listening.heard == test.lane("X")
        QTest.keyClick(filled, Qt.Key.Key_A)
        assert filled.listening.heard == test.first
        right = Qt.Key.Key_A if test.lane("X") == test.first else Qt.Key.Key_B
        QTest.keyClick(filled, right, Qt.KeyboardModifier.ShiftModifier)
    assert filled.blind.test is None
    assert "6 of 6 right, 1.6%" in filled.blind.result.text()
    assert filled.comparison.tests == ((Problem.PHASE, test),)
    assert not filled.player.playing


def test_the_export_holds_picture_sounds_and_log(filled: ComparisonPanel, qtbot: QtBot, tmp_path: Path) -> None:
    filled.blind.begin()
    for _ in range(6):
        QTest.mouseClick(filled.blind.answers["A"], Qt.MouseButton.LeftButton)
    filled.export_into(tmp_path)
    folder = tmp_path / "voice comparison"
    qtbot.waitUntil(folder.exists, timeout=LIMIT_MS)
    assert len(list(folder.glob("*.wav"))) == 5
    assert len((folder / "blind-tests.csv").read_text().splitlines()) == 7
    assert (folder / "lanes.png").read_bytes().startswith(b"\x89PNG")


def test_the_other_problem_has_lanes_of_its_own(filled: ComparisonPanel, studio: Studio, qtbot: QtBot) -> None:
    QTest.mouseClick(filled.controls.problems[Problem.MEL], Qt.MouseButton.LeftButton)
    assert list(filled.lanes.lanes) == [ORIGINAL]
    choose(filled, FOUR[:1])
    QTest.mouseClick(filled.controls.start, Qt.MouseButton.LeftButton)
    wait_done(filled, qtbot)
    assert engine_of(studio).jobs[-2].mel_bands == 80
    QTest.mouseClick(filled.controls.problems[Problem.PHASE], Qt.MouseButton.LeftButton)
    assert len(filled.comparison.lanes) == 4


def test_a_stretch_is_marked_and_looped(filled: ComparisonPanel) -> None:
    plot = filled.lanes.lanes[ORIGINAL].plot
    middle, shift = plot.height() // 2, Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(200, middle))
    QTest.mouseMove(plot.viewport(), QPoint(300, middle))
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(400, middle))
    loop = filled.player.loop
    assert loop is not None
    assert 0 < loop.start_s < loop.end_s < filled.player.length_s
    QTest.keyClick(filled, Qt.Key.Key_L)
    assert filled.player.loop is None
