"""The codec through the real window and real engine processes: encode, hear, rate four sounds blindly, export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engines.api.values import Audio
from studio.app import Studio
from studio.audio.files import write_audio
from studio.session.listening import Stage
from studio.session.mushra import HIDDEN
from studio.session.sending import Setting
from studio.views.codec.panel import CodecPanel
from studio.views.codec.score_slider import height_of

LIMIT_MS = 240_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> CodecPanel:
    """The panel in the sound lab, in front."""
    studio.window.enter("sound")
    studio.window.stage.show_panel("codec", True)
    qtbot.waitUntil(lambda: studio.window.findChild(CodecPanel) is not None, timeout=LIMIT_MS)
    made = studio.window.findChild(CodecPanel)
    assert made is not None
    studio.window.activateWindow()
    return made


def voice(folder: Path, name: str, pitch_hz: float) -> Path:
    """One and a half seconds that have something of speech: harmonics, syllables, breath."""
    at_s = np.arange(24_000) / 16_000
    hum = sum(np.sin(2 * np.pi * k * pitch_hz * at_s) / k for k in range(1, 20))
    breath = np.random.default_rng(0).normal(size=24_000)
    samples = 0.1 * (hum + 0.1 * breath) * np.abs(np.sin(2 * np.pi * 2 * at_s))
    path = folder / f"{name}.wav"
    write_audio(Audio(samples.astype(np.float32), 16_000), path)
    return path


def test_speech_is_sent_and_heard(panel: CodecPanel, studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    panel.coding.set(iterations=10)
    panel.coder.open(voice(tmp_path, "harbour", 120))
    qtbot.waitUntil(panel.send.controls.start.isEnabled, timeout=LIMIT_MS)
    QTest.mouseClick(panel.send.controls.start, LEFT)
    qtbot.waitUntil(lambda: panel.coding.now.heard is not None, timeout=LIMIT_MS)
    coded, heard = panel.coding.now.coded, panel.coding.now.heard
    assert coded is not None and heard is not None
    assert coded.kbps < 2.5 and heard.audio.seconds == pytest.approx(1.5) and not heard.concealed
    assert np.isfinite(heard.audio.samples).all() and np.abs(heard.audio.samples).max() > 0.01
    qtbot.waitUntil(lambda: len(panel.send.player.lanes.sounds) == 2, timeout=LIMIT_MS)
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.send.player.position_s > 0.2, timeout=LIMIT_MS)
    QTest.keyClick(panel, "1")
    assert panel.send.player.playing and panel.send.player.lane == 0
    assert any("loudspeaker" in n.sentence for n in studio.desk.notices.all) or panel.send.player.speaker._stream


def test_four_sounds_are_rated_and_exported(panel: CodecPanel, qtbot: QtBot, tmp_path: Path) -> None:
    panel.pages.setCurrentIndex(1)
    panel.listening.put(conditions=(Setting("bpgan", 2.0), Setting("opus", 6)), iterations=0)
    for i, name in enumerate(("one", "two", "three", "four")):
        panel.maker.open(voice(tmp_path, name, 100 + 30 * i))
    qtbot.waitUntil(lambda: len(panel.listening.now.items) == 4, timeout=LIMIT_MS)
    QTest.mouseClick(panel.rating.setup.begin, LEFT)
    qtbot.waitUntil(lambda: panel.listening.now.stage is Stage.RATING, timeout=LIMIT_MS)
    trial, test = panel.rating.trial, panel.listening.now.test
    assert test is not None
    for _ in range(4):
        for i, condition in enumerate(test.trial.order):
            QTest.keyClick(trial, str(i + 1))
            slider = trial.columns[i].slider
            score = 100 if condition == HIDDEN else 50
            QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() // 2, round(height_of(score, slider.height()))))
        QTest.keyClick(trial, Qt.Key.Key_Return)
    assert panel.listening.now.stage is Stage.RESULTS
    panel.rating.results.export_to(tmp_path / "test.csv")
    qtbot.waitUntil((tmp_path / "test.png").exists, timeout=LIMIT_MS)
    assert (tmp_path / "test.csv").read_text().count("\n") == 1 + 4 * 5
