"""The listening test by mouse and keys: sounds and codecs, blind trials, scores, results, another listener."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app import Studio
from studio.session.listening import Stage
from studio.session.mushra import ANCHOR, HIDDEN
from studio.views.codec.panel import CodecPanel
from studio.views.codec.score_slider import ScoreSlider, height_of
from tests.studio.conftest import LIMIT_MS
from tests.studio.test_codec_panel import LEFT, drop, shown, voice


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> Iterator[CodecPanel]:
    yield from shown(studio, qtbot)


@pytest.fixture
def rating(panel: CodecPanel, qtbot: QtBot, tmp_path: Path) -> CodecPanel:
    """A listening test of four items, at its first trial."""
    panel.pages.setCurrentIndex(1)
    for name in ("one", "two", "three", "four"):
        drop(panel, voice(tmp_path, name, 1.0))
    qtbot.waitUntil(lambda: len(panel.listening.now.items) == 4, timeout=LIMIT_MS)
    QTest.mouseClick(panel.rating.setup.begin, LEFT)
    qtbot.waitUntil(lambda: panel.listening.now.stage is Stage.RATING, timeout=LIMIT_MS)
    return panel


def press_at(slider: ScoreSlider, score: int) -> None:
    QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 2, round(height_of(score, slider.height()))))


def test_a_test_needs_sounds_and_codecs(panel: CodecPanel, qtbot: QtBot, tmp_path: Path) -> None:
    setup = panel.rating.setup
    panel.pages.setCurrentIndex(1)
    assert not setup.begin.isEnabled() and "at least one sound" in setup.said.text()
    panel.maker.open(voice(tmp_path, "long", 14.0))
    qtbot.waitUntil(lambda: len(panel.listening.now.items) == 1, timeout=LIMIT_MS)
    assert panel.listening.now.items[0].audio.seconds == 12.0
    assert setup.begin.isEnabled() and setup.said.text() == "1 trial of 6 sounds each"
    for tick in setup.ticks.values():
        if tick.isChecked():
            QTest.mouseClick(tick, LEFT, pos=QPoint(8, tick.height() // 2))
    assert not setup.begin.isEnabled() and "at least one codec" in setup.said.text()


def test_nothing_on_a_trial_names_a_condition(rating: CodecPanel) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLabel

    trial = rating.rating.trial
    texts = [w.text() + w.toolTip() for kind in (QLabel, QAbstractButton) for w in trial.findChildren(kind)]
    for word in ("BPGAN", "Opus", "nchor", HIDDEN):
        assert not any(word in text for text in texts)


def test_stimuli_switch_at_the_same_place(rating: CodecPanel, qtbot: QtBot) -> None:
    player, test = rating.rating.player, rating.listening.now.test
    assert test is not None and player.loop is not None
    QTest.keyClick(rating, "0")
    qtbot.waitUntil(lambda: player.position_s > 0.1, timeout=LIMIT_MS)
    QTest.keyClick(rating, "3")
    assert player.lane == 3 and player.position_s > 0.1
    assert test.trial.heard == {2}
    hidden = test.trial.order.index(HIDDEN)
    np.testing.assert_array_equal(player.lanes.sounds[0], player.lanes.sounds[1 + hidden])


def test_four_trials_by_keys_and_mouse_and_the_export(
    rating: CodecPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    truth = {HIDDEN: 100, ANCHOR: 20, "BPGAN 1": 40, "BPGAN 2": 60, "BPGAN 4": 80, "Opus 6": 50}
    trial, test = rating.rating.trial, rating.listening.now.test
    assert test is not None
    for number in range(4):
        assert trial.count.text() == f"Trial {number + 1} of 4"
        QTest.keyClick(rating, Qt.Key.Key_Return)
        assert test.number == number, "an unfinished trial is not left"
        for i, condition in enumerate(test.trial.order):
            QTest.keyClick(rating, str(i + 1))
            press_at(trial.columns[i].slider, truth[condition])
            QTest.keyClick(rating, Qt.Key.Key_Up)
            QTest.keyClick(rating, Qt.Key.Key_Down)
            if truth[condition] == 100:
                QTest.keyClick(rating, Qt.Key.Key_Up)  # 100 is the end: the key before took one off
        QTest.keyClick(rating, Qt.Key.Key_Return)
    assert rating.listening.now.stage is Stage.RESULTS and not rating.rating.player.playing
    results = rating.rating.results
    assert [results.table.item(i, 0).text() for i in range(6)] == [
        HIDDEN, "BPGAN 1", "BPGAN 2", "BPGAN 4", "Opus 6", ANCHOR,
    ]  # fmt: skip
    results.export_to(tmp_path / "test.csv")
    picture = tmp_path / "test.png"
    qtbot.waitUntil(picture.exists, timeout=LIMIT_MS)
    with open(tmp_path / "test.csv", newline="") as file:
        means = {row["condition"]: float(row["mean"]) for row in csv.DictReader(file) if row["item"] == "All items"}
    assert means == pytest.approx(truth, abs=1.0), "a pixel of a slider is less than half a point"
    with open(tmp_path / "test scores.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 24
    assert QImage(str(picture)).width() == 2000


def test_a_second_listener_gets_another_order_and_both_count(rating: CodecPanel, qtbot: QtBot) -> None:
    for score in (70, 95):
        test = rating.listening.now.test
        assert test is not None
        order = [trial.order for trial in test.trials]
        for _ in range(4):
            for i, condition in enumerate(test.trial.order):
                test.hear(i)
                test.rate(i, score if condition == HIDDEN else 50)
            rating.rating.trial.go_on()
        if score == 70:
            assert "below 90" in rating.rating.results.rule.text() and not rating.rating.results.leave_out.isVisible()
            QTest.mouseClick(rating.rating.results.another, LEFT)
            assert rating.listening.now.listener == "Listener 2"
            QTest.mouseClick(rating.rating.setup.begin, LEFT)
            assert rating.listening.now.stage is Stage.RATING, "the sounds are there already"
            second = rating.listening.now.test
            assert second is not None and [trial.order for trial in second.trials] != order
    results = rating.rating.results
    assert results.leave_out.isChecked() and results.table.item(0, 1).text() == "4"
    QTest.mouseClick(results.leave_out, LEFT, pos=QPoint(8, results.leave_out.height() // 2))
    assert results.table.item(0, 1).text() == "8"
