"""The comparison without its panel: two problems kept apart, measures, the export."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engines.api.values import Audio, Likeness
from studio.export.comparison import Kept, export_comparison
from studio.export.errors import ExportError
from studio.session.comparison import (
    METHODS,
    Choice,
    Comparison,
    Fit,
    Lane,
    LaneState,
    Problem,
    Source,
)
from studio.session.measures import MEASURES, best

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


def test_every_method_of_the_list_has_a_title_of_its_own() -> None:
    assert len({method.title for method in METHODS}) == len({method.key for method in METHODS}) == len(METHODS)
