"""The avatar desk walked by mouse and keys: load a sound, animate it, bend a curve, undo, redo, export GLB and CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile
import trimesh
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engines.api.arkit import INDEX
from engines.scene.gltf_book import Book
from studio.app import Studio
from studio.document.tuning import Tuning
from studio.views.curves.panel import CurvesPanel
from studio.views.lazy import LazyPanel
from studio.views.palette import CommandPalette
from studio.views.tuning.panel import TuningPanel
from tests.studio.fakes import ThreadRoom
from tests.walks.conftest import enter_story

LIMIT_MS = 8_000
RATE_HZ, SECONDS = 16_000, 2.0
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room() -> ThreadRoom:
    """Engines that answer at once."""
    return ThreadRoom()


@pytest.fixture
def studio(studio: Studio, qtbot: QtBot) -> Studio:
    """The studio with the caret in the story."""
    return enter_story(studio, qtbot)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Two seconds of a hum that swells and fades."""
    at_s = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    path = tmp_path / "voice.wav"
    soundfile.write(path, 0.4 * np.sin(at_s * 2 * np.pi * 180) * np.sin(at_s * np.pi) ** 2, RATE_HZ)
    return path


def choose_file(studio: Studio, qtbot: QtBot, path: Path) -> None:
    """Type a file's name into the file dialog that is open, in the file's folder, and accept it."""
    qtbot.waitUntil(lambda: bool(open_dialogs(studio)), timeout=LIMIT_MS)
    dialog = open_dialogs(studio)[0]
    dialog.setDirectory(str(path.parent))
    edit, buttons = dialog.findChild(QLineEdit, "fileNameEdit"), dialog.findChild(QDialogButtonBox)
    assert edit is not None
    assert buttons is not None
    edit.setCompleter(None)  # type: ignore[arg-type]  # its list would take the click
    edit.selectAll()
    QTest.keyClicks(edit, path.name)
    accept = next(b for b in buttons.buttons() if buttons.buttonRole(b) == QDialogButtonBox.ButtonRole.AcceptRole)
    qtbot.waitUntil(accept.isEnabled, timeout=LIMIT_MS)
    QTest.mouseClick(accept, LEFT)
    qtbot.waitUntil(lambda: not open_dialogs(studio), timeout=LIMIT_MS)


def open_dialogs(studio: Studio) -> list[QFileDialog]:
    return [dialog for dialog in studio.window.findChildren(QFileDialog) if dialog.isVisible()]


def run_by_name(studio: Studio, qtbot: QtBot, words: str) -> None:
    """Open the command palette, type what is wanted, press Return."""
    QTest.keyClick(studio.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(CommandPalette)), timeout=LIMIT_MS)
    edit = studio.window.findChildren(CommandPalette)[0].findChild(QLineEdit)
    assert edit is not None
    QTest.keyClicks(edit, words)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def panel(studio: Studio, name: str) -> QWidget:
    found = studio.window.docks.by_name[name].widget()
    return found.ready() if isinstance(found, LazyPanel) else found


def weights_at(studio: Studio, at_s: float) -> np.ndarray:
    return studio.desk.faces.pose_at(at_s).weights


def drag(widget: QWidget, start: QPointF, end: QPointF) -> None:
    """Press, move in steps, let go."""
    QTest.mousePress(widget, LEFT, pos=start.toPoint())
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(widget, (start + (end - start) * share).toPoint())
    QTest.mouseRelease(widget, LEFT, pos=end.toPoint())


def test_from_a_sound_to_tuned_tracks(studio: Studio, qtbot: QtBot, sound: Path, tmp_path: Path) -> None:
    desk, window = studio.desk, studio.window

    # load sound
    QTest.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    choose_file(studio, qtbot, sound)
    qtbot.waitUntil(lambda: desk.programme.audio is not None, timeout=LIMIT_MS)
    assert desk.transport.length_s == pytest.approx(SECONDS)

    # animate: at the avatar desk, with a network, beside the rules
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(
        lambda: panel(studio, "curves").isVisible() and panel(studio, "tuning").isVisible(), timeout=LIMIT_MS
    )
    tuning, curves = panel(studio, "tuning"), panel(studio, "curves")
    assert isinstance(tuning, TuningPanel)
    assert isinstance(curves, CurvesPanel)
    model = window.avatar.bar.model
    model.setFocus()
    QTest.keyClick(model, Qt.Key.Key_Down)
    QTest.keyClick(model, Qt.Key.Key_Down)
    assert desk.story is not None
    assert desk.story.tuning == Tuning(model="lstm")
    passage = desk.programme.passages[0]
    qtbot.waitUntil(lambda: desk.faces.has(passage) and bool(curves.view.curves), timeout=LIMIT_MS)
    untouched = weights_at(studio, 1.0)
    assert untouched[INDEX["jawOpen"]] > 0.01

    # edit one curve: choose the shape, put a key on its curve, drag it up
    QTest.mouseClick(tuning.regions["jaw"].head, LEFT)
    QTest.mouseClick(tuning.regions["jaw"].rows["jawOpen"].title, LEFT, pos=QPoint(30, 8))
    assert desk.look.now.drawn == ("jawOpen",)
    view, plot = curves.view, curves.view.plot()
    here = QPointF(plot.x(1.0), plot.y(float(untouched[INDEX["jawOpen"]]), "jawOpen"))
    QTest.mouseDClick(view, LEFT, pos=here.toPoint())
    keyed = desk.story.tuning.curve("jawOpen", passage.item.take.digest).keys
    assert [key.at_s for key in keyed] == pytest.approx([1.0])
    steps = len(desk.document._past)
    drag(view, here, here - QPointF(0, 0.2 * plot.area.height()))
    assert len(desk.document._past) == steps + 1
    qtbot.waitUntil(
        lambda: weights_at(studio, 1.0)[INDEX["jawOpen"]] > untouched[INDEX["jawOpen"]] + 0.1, timeout=LIMIT_MS
    )
    bent = weights_at(studio, 1.0)
    np.testing.assert_allclose(np.delete(bent, INDEX["jawOpen"]), np.delete(untouched, INDEX["jawOpen"]))

    # undo, redo
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(np.allclose(weights_at(studio, 1.0), untouched, atol=1e-5)), timeout=LIMIT_MS)
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(np.allclose(weights_at(studio, 1.0), bent)), timeout=LIMIT_MS)

    # export both tracks, found by name in the palette
    for name in ("take.glb", "take.csv"):
        run_by_name(studio, qtbot, "facial tracks")
        choose_file(studio, qtbot, tmp_path / name)
        qtbot.waitUntil((tmp_path / name).exists, timeout=LIMIT_MS)
    with (tmp_path / "take.csv").open(newline="") as file:
        jaw = [float(row["JawOpen"]) for row in csv.DictReader(file)]
    assert len(jaw) == round(SECONDS * 25)
    assert jaw[25] == pytest.approx(bent[INDEX["jawOpen"]], abs=1e-4)
    assert "skin" in trimesh.load(tmp_path / "take.glb").geometry
    book = Book.open(tmp_path / "take.glb")
    animation = book.about["animations"][0]
    sampler = next(c["sampler"] for c in animation["channels"] if c["target"]["path"] == "weights")
    motion = book.array(animation["samplers"][sampler]["output"]).reshape(-1, 52)
    np.testing.assert_allclose(motion[:, INDEX["jawOpen"]], jaw, atol=1e-5)
    assert not [notice for notice in desk.notices.all if notice.details]
