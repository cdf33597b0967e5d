"""The comparison: two problems kept apart, lanes that come and go, what is heard, measured, tested and exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engines.api.jobs import CompareJob, PhaseJob
from engines.api.values import Audio, Likeness
from studio.app import Studio
from studio.export.comparison import Kept, export_comparison
from studio.export.errors import ExportError
from studio.session.comparison import (
    DIFFERENCE,
    METHODS,
    ORIGINAL,
    Choice,
    Comparison,
    Fit,
    Lane,
    LaneState,
    Problem,
    Source,
)
from studio.session.measures import MEASURES, best
from studio.views.comparison.palettes import View
from studio.views.comparison.panel import ComparisonPanel
from tests.studio.conftest import LIMIT_MS
from tests.studio.fakes import FakeEngine, ThreadRoom

FOUR = (Choice("zero"), Choice("griffin-lim", 3), Choice("phase-gradient"), Choice("gan-compact"))


def source(seconds: float = 0.5, title: str = "take.wav") -> Source:
    chance = np.random.default_rng(1)
    audio = Audio((0.2 * chance.standard_normal(round(seconds * 16_000))).astype(np.float32), 16_000)
    return Source(title, audio, audio)


def compared() -> Comparison:
    comparison = Comparison()
    comparison.use(source())
    return comparison


def finished(comparison: Comparison, choice: Choice) -> None:
    """As if a method had done its work."""
    assert comparison.source is not None
    made = Audio(comparison.source.original.samples * np.float32(2.0), 16_000)
    lane = Lane(choice, LaneState.DONE, 1.0, choice.iterations, made, made, Fit(-1, 3), 0.25, 300.0)
    comparison.put(comparison.problem, replace(lane, likeness=Likeness(2.0, 2.5, 0.8, -20.0, None)))


class TestTheModel:
    def test_lanes_of_one_problem_are_never_beside_those_of_the_other(self) -> None:
        comparison = compared()
        comparison.begin(FOUR[:2])
        finished(comparison, FOUR[0])
        comparison.set_problem(Problem.MEL)
        assert comparison.lanes == ()
        comparison.begin(FOUR[2:])
        assert [lane.key for lane in comparison.lanes] == ["phase-gradient", "gan-compact"]
        comparison.set_problem(Problem.PHASE)
        assert [lane.key for lane in comparison.lanes] == ["zero", "griffin-lim"]
        assert comparison.audio("zero") is not None

    def test_the_job_says_what_is_lost(self) -> None:
        comparison = compared()
        phase, mel = (comparison.job(Choice("griffin-lim", 7), problem) for problem in Problem)
        assert (phase.method, phase.iterations, phase.mel_bands) == ("griffin-lim", 7, 0)
        assert mel.mel_bands == comparison.setting.mel_bands
        assert comparison.job(Choice("gan-compact"), Problem.PHASE).iterations is None

    def test_what_is_there_is_not_made_again_and_what_is_not_wanted_goes(self) -> None:
        comparison = compared()
        assert comparison.begin(FOUR) == FOUR
        finished(comparison, FOUR[0])
        again = comparison.begin((FOUR[0], Choice("griffin-lim", 9)))
        assert again == (Choice("griffin-lim", 9),)
        assert [lane.key for lane in comparison.lanes] == ["zero", "griffin-lim"]

    def test_another_setting_empties_the_lanes_but_other_bands_only_those_that_lost_the_magnitude(self) -> None:
        comparison = compared()
        for problem in Problem:
            comparison.set_problem(problem)
            comparison.begin(FOUR)
        comparison.set_setting(replace(comparison.setting, mel_bands=40))
        assert not comparison.lanes_of(Problem.MEL)
        assert len(comparison.lanes_of(Problem.PHASE)) == 4
        comparison.set_setting(replace(comparison.setting, size=2048))
        assert not comparison.lanes_of(Problem.PHASE)

    def test_a_lane_that_was_taken_away_takes_no_late_result(self) -> None:
        comparison = compared()
        comparison.begin(FOUR[:1])
        comparison.use(source())
        finished(comparison, FOUR[0])
        assert comparison.lanes == ()

    def test_the_best_of_a_column_wins_only_against_others(self) -> None:
        comparison = compared()
        comparison.begin(FOUR[:2])
        finished(comparison, FOUR[0])
        pesq, time_s = MEASURES[0], next(m for m in MEASURES if m.key == "work_s")
        assert not best(pesq, comparison.lanes, 1.0)
        finished(comparison, FOUR[1])
        other = comparison.lane("griffin-lim")
        assert other is not None
        better = replace(other, likeness=Likeness(3.0, 3.0, 0.9, -30.0, None), work_s=9.0)
        comparison.put(Problem.PHASE, better)
        assert best(pesq, comparison.lanes, 1.0) == {"griffin-lim"}
        assert best(time_s, comparison.lanes, 1.0) == {"zero"}


class TestTheExport:
    def test_everything_is_in_one_new_folder(self, tmp_path: Path) -> None:
        comparison = compared()
        comparison.begin(FOUR[:2])
        for choice in FOUR[:2]:
            finished(comparison, choice)
        kept = Kept.of(comparison, b"picture")
        folder = export_comparison(kept, tmp_path)
        assert {path.name for path in folder.iterdir()} == {
            "measures.csv",
            "lanes.png",
            "original.wav",
            "Phase lost, Zero phase.wav",
            "Phase lost, Griffin-Lim, 3.wav",
        }
        rows = list(csv.DictReader((folder / "measures.csv").read_text("utf-8").splitlines()))
        assert [row["method"] for row in rows] == ["Zero phase", "Griffin-Lim"]
        assert (rows[1]["iterations"], rows[1]["pesq_wb"], rows[1]["sign"]) == ("3", "2", "-1")
        assert rows[1]["log_spectral_distance_db"] == ""
        assert float(rows[1]["real_time_factor"]) == pytest.approx(0.5)
        sound, rate_hz = soundfile.read(folder / "Phase lost, Zero phase.wav", dtype="float32")
        assert rate_hz == 16_000
        np.testing.assert_array_equal(sound, kept.original.samples * np.float32(2.0))
        assert export_comparison(kept, tmp_path).name == "take comparison 2"

    def test_where_it_cannot_be_written_nothing_is_left(self, tmp_path: Path) -> None:
        comparison = compared()
        comparison.begin(FOUR[:1])
        finished(comparison, FOUR[0])
        with pytest.raises(ExportError, match="folder does not exist"):
            export_comparison(Kept.of(comparison, b""), tmp_path / "missing")
        assert not list(tmp_path.iterdir())

    def test_without_a_rebuilt_sound_there_is_nothing_to_export(self) -> None:
        with pytest.raises(ExportError, match="rebuild"):
            Kept.of(compared(), b"")


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


def test_every_method_of_the_list_has_a_title_of_its_own() -> None:
    assert len({method.title for method in METHODS}) == len({method.key for method in METHODS}) == len(METHODS)
