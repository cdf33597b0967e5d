"""Through the sound lab with real engines, by mouse and keys: open, rebuild, zoom, test blindly, export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.app import Studio
from studio.session.comparison import LaneState
from studio.views.comparison.palettes import View
from studio.views.comparison.panel import ComparisonPanel
from tests.walks.test_window import LIMIT_MS

LEFT = Qt.MouseButton.LeftButton


def hum(path: Path) -> None:
    """Two seconds of a gliding voice-like tone."""
    at_s = np.arange(32_000) / 16_000
    turns = 2 * np.pi * (120 * at_s + 15 * at_s**2)
    tone = sum(np.sin(k * turns) / k for k in range(1, 20)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at_s))
    soundfile.write(path, 0.1 * tone, 16_000)


def answer_dialog(qtbot: QtBot, path: Path) -> None:
    """Choose a path in the file dialog that is open."""

    def dialog() -> QFileDialog | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()), None)

    qtbot.waitUntil(lambda: dialog() is not None, timeout=LIMIT_MS)
    shown = dialog()
    assert shown is not None
    shown.selectFile(str(path))
    shown.accept()


def wheel(widget: QWidget, turn: int) -> None:
    """Turn the wheel over the middle of a widget."""
    at = QPointF(widget.width() / 2, widget.height() / 2)
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_from_a_file_to_an_exported_comparison(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    window.activateWindow()
    window.actions_by_key.by_key["space.sound"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(ComparisonPanel)), timeout=LIMIT_MS)
    panel = window.findChildren(ComparisonPanel)[0]
    qtbot.waitExposed(panel)

    hum(tmp_path / "hum.wav")
    panel.sources.file.trigger()
    answer_dialog(qtbot, tmp_path / "hum.wav")
    qtbot.waitUntil(lambda: panel.comparison.source is not None, timeout=LIMIT_MS)
    QTest.mouseClick(panel.controls.start, LEFT)
    qtbot.waitUntil(lambda: len(panel.listening.keys) == 5, timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: not any(lane.busy for lane in panel.comparison.lanes), timeout=LIMIT_MS)
    assert {lane.state for lane in panel.comparison.lanes} == {LaneState.DONE}
    assert all((lane.peak_mib or 0) > 50 and lane.work_s > 0 for lane in panel.comparison.lanes)

    QTest.mouseClick(panel.bar.views[View.PHASE], LEFT)
    plots = [lane.plot for lane in panel.lanes.lanes.values()]
    wheel(plots[1].viewport(), 480)
    ranges = [plot.box.viewRange()[0] for plot in plots]
    assert ranges[0][1] - ranges[0][0] < 1.9
    assert all(np.allclose(each, ranges[0], atol=0.01) for each in ranges)
    QTest.keyClick(panel, Qt.Key.Key_F)
    assert plots[0].box.viewRange()[0][1] > 1.9

    panel.foot.setCurrentWidget(panel.blind)
    QTest.mouseClick(panel.blind.start, LEFT)
    for _ in range(6):
        for key in (Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_X):
            QTest.keyClick(panel, key)
        QTest.keyClick(panel, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert panel.blind.test is None
    assert len(panel.comparison.tests) == 1

    QTest.mouseClick(panel.bar.save, LEFT)
    answer_dialog(qtbot, tmp_path)
    folder = tmp_path / "hum comparison"
    qtbot.waitUntil(folder.exists, timeout=LIMIT_MS)
    assert len(list(folder.glob("*.wav"))) == 5
    assert len((folder / "measures.csv").read_text().splitlines()) == 5
    assert len((folder / "blind-tests.csv").read_text().splitlines()) == 7
    assert not [notice for notice in studio.desk.notices.all if notice.details]
