"""The panels of the avatar desk: what they write into the document, what they draw, what they keep to themselves."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engines.api.arkit import INDEX
from engines.api.avatar import AvatarClipJob
from engines.api.values import Audio, Speech
from studio.actions.avatar import retune, tune, tuning_of
from studio.actions.characters import character_folder, characters_of, choose_character, import_character
from studio.actions.curves import add_key, bake_curves, drawn_passage
from studio.actions.exporting import ExportRequest, export_clip
from studio.actions.presets import apply_preset, presets_of, save_preset
from studio.actions.speech import lay_take
from studio.app import Studio
from studio.bridge.faces import posed
from studio.document.tuning import Layer, Tuning, with_shape
from studio.export.verify import read_facts
from studio.session import JobState
from studio.session.transport import Span
from studio.views.avatar.canvas import GLCanvas
from studio.views.avatar.easel import View, fitted
from studio.views.curves.panel import CurvesPanel
from studio.views.dialogs.mapping import MappingDialog
from studio.views.tuning.panel import TuningPanel
from tests.studio.conftest import LIMIT_MS, trigger

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def faced(spoken: Studio, qtbot: QtBot) -> Studio:
    """A spoken story whose face is there."""
    qtbot.waitUntil(lambda: drawn_passage(spoken.desk) is not None, timeout=LIMIT_MS)
    return spoken


def shown(studio: Studio, qtbot: QtBot, panel: QWidget) -> None:
    """Put a panel into the window, so that it is closed with it."""
    frame = QWidget(studio.window)
    QVBoxLayout(frame).addWidget(panel)
    frame.resize(520, 480)
    frame.show()


def test_a_drag_of_a_bar_is_one_step_and_a_double_click_undoes_it_all(faced: Studio, qtbot: QtBot) -> None:
    panel = TuningPanel(faced.desk)
    shown(faced, qtbot, panel)
    panel.search.setText("jaw open")
    bar = panel.regions["jaw"].rows["jawOpen"].gain
    assert not panel.regions["brows"].isVisible()
    QTest.mousePress(bar, LEFT, pos=bar.rect().center())
    for step in range(1, 5):
        QTest.mouseMove(bar, bar.rect().center() + QPointF(4 * step, 0).toPoint())
    QTest.mouseRelease(bar, LEFT, pos=bar.rect().center() + QPointF(16, 0).toPoint())
    assert tuning_of(faced.desk).shape("jawOpen").gain > 1.1
    assert faced.desk.document.undo_label == "Jaw open gain"
    faced.desk.document.undo()
    assert tuning_of(faced.desk) == Tuning()
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert bar.number == pytest.approx(1.02)
    QTest.mouseDClick(bar, LEFT)
    assert tuning_of(faced.desk) == Tuning()
    panel.close_panel()


class Layouts(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_drag_lays_other_panels_not_out_anew(faced: Studio, qtbot: QtBot) -> None:
    faced.window.actions_by_key.refresh()
    QCoreApplication.processEvents()
    seen = Layouts(faced.window.docks.by_name["timeline"])
    for step in range(5):
        tune(faced.desk, "Jaw", with_shape(Tuning(), "jawOpen", gain=1.1 + 0.1 * step), gesture="drag")
        faced.window.actions_by_key.refresh()
        QCoreApplication.processEvents()
    assert seen.count <= 1  # not once a step; one of the window's opening may still be under way


def test_lock_solo_and_layers_are_switched(faced: Studio, qtbot: QtBot) -> None:
    panel = TuningPanel(faced.desk)
    shown(faced, qtbot, panel)
    panel.search.setText("jawOpen")
    row = panel.regions["jaw"].rows["jawOpen"]
    row.lock.click()
    assert not row.gain.isEnabled()
    row.solo.click()
    assert tuning_of(faced.desk).soloed == {"jawOpen"}
    panel.style_box.layers["blinks"].click()
    assert tuning_of(faced.desk).blinks == Layer(on=False)
    panel.search.setText("nothing of that name")
    assert panel.nothing.isVisible()
    assert panel.reset.isEnabled()
    panel.reset.click()
    assert tuning_of(faced.desk) == Tuning()
    panel.close_panel()


def test_what_is_soloed_is_seen_and_never_exported(faced: Studio, qtbot: QtBot) -> None:
    desk = faced.desk
    tune(desk, "Solo", with_shape(tuning_of(desk), "eyeBlinkLeft", solo=True))
    at_s = desk.transport.length_s - 0.1
    assert not desk.faces.pose_at(at_s).weights.any()
    assert desk.faces.motion(Span(0.0, desk.transport.length_s), desk.document.project.clip.fps).weights.any()


def test_presets_travel_between_stories(faced: Studio) -> None:
    desk = faced.desk
    retune(desk, "Emotion", emotion="happy")
    save_preset(desk, "Good news")
    desk.document.undo()
    apply_preset(desk, "Good news")
    assert tuning_of(desk).emotion == "happy"
    assert presets_of(desk).folder.parent == desk.settings.path.parent  # type: ignore[union-attr]


def test_keys_are_moved_scaled_and_deleted_with_the_keyboard(faced: Studio, qtbot: QtBot) -> None:
    desk, panel = faced.desk, CurvesPanel(faced.desk)
    shown(faced, qtbot, panel)
    take = desk.programme.passages[0].item.take.digest
    panel.view.hand.choose(add_key(desk, "jawOpen", 0.4, 0.8))

    def keys() -> tuple[float, float]:
        key = tuning_of(desk).curve("jawOpen", take).keys[0]
        return key.at_s, key.value

    before = keys()
    for key, times in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Up, 2)):
        for _ in range(times):
            QTest.keyClick(panel.view, key)
    assert keys() == pytest.approx((before[0] + 1 / 25, before[1] + 0.02))
    QTest.keyClick(panel.view, Qt.Key.Key_Plus)
    assert keys()[1] == pytest.approx((before[1] + 0.02) * 1.1)
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert tuning_of(desk).curves == ()
    QTest.keyClick(panel.view, Qt.Key.Key_B)
    assert tuning_of(desk).curve("jawOpen", take).baked
    panel.close_panel()


def test_baking_keeps_to_the_marked_stretch(faced: Studio) -> None:
    desk = faced.desk
    desk.selection.select_span(Span(0.4, 1.2))
    bake_curves(desk, ("jawOpen",))
    keys = tuning_of(desk).curves[0].keys
    assert (keys[0].at_s, keys[-1].at_s) == pytest.approx((0.4, 1.2))


def test_a_second_model_stands_beside_the_first(faced: Studio, qtbot: QtBot) -> None:
    desk = faced.desk
    desk.look.set(second="gru")
    qtbot.waitUntil(lambda: desk.faces.second_at(0.4).weights.any(), timeout=LIMIT_MS)
    first, second = desk.faces.pose_at(0.4), desk.faces.second_at(0.4)
    assert not np.allclose(first.weights, second.weights)
    assert len(faced.window.avatar.view._view(fine=False).poses) == 2


def test_a_graphics_processor_would_draw_what_the_thread_draws(studio: Studio, qtbot: QtBot) -> None:
    """The same view in a QOpenGLWidget and on the thread: the pictures differ only by the smoothing of edges."""
    ctypes.CDLL("libEGL.so.1").eglReleaseThread()  # a headless context of another test would keep GLX out
    view = View(poses=(posed("jawOpen"), posed("mouthSmileLeft")), width=240, height=160, light="soft")
    told: list[str] = []
    canvas = GLCanvas(lambda message, details: told.append(message))
    canvas.setParent(studio.window)
    canvas.resize(240, 160)
    canvas.show_view(view)
    with qtbot.waitSignal(canvas.painted, timeout=LIMIT_MS):
        canvas.show()
        canvas.raise_()  # what other panels cover is never painted
    inside = canvas.picture()
    drawing = studio.window.avatar.drawing
    with qtbot.waitSignal(drawing.drawn, timeout=LIMIT_MS):
        studio.window.avatar.begin()
    with qtbot.waitSignal(drawing.drawn, timeout=LIMIT_MS, check_params_cb=lambda p, s: p.width() == 240) as heard:
        drawing.ask(view)
    assert not told
    assert inside is not None
    assert heard.args is not None
    away = np.abs(pixels(inside) - pixels(heard.args[0]))
    assert away.mean() < 3.0
    assert (away.max(-1) > 40).mean() < 0.04
    canvas.free()


def pixels(picture: QImage) -> np.ndarray:
    plain = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return data[:, : plain.width(), :3].astype(int)


def test_faces_cover_at_most_the_pixels_a_rasteriser_bears() -> None:
    assert fitted(View(width=512, height=512), 512) == (512, 512)
    assert fitted(View(width=1600, height=1024), 512) == (800, 512)
    pair = View(poses=(posed("jawOpen"),) * 2, width=2048, height=1024)
    width, height = fitted(pair, 512)
    assert 2 * min(width // 2, height) ** 2 <= 512**2 * 1.01


def test_an_avatar_clip_is_exported_as_the_presenters_is(faced: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    desk, clip = faced.desk, faced.desk.document.project.clip
    request = ExportRequest(
        tmp_path / "avatar.mp4", Span(0.0, 1.0), clip.fps, 160, 90, clip.presenter, "green", actor="avatar"
    )
    export_clip(desk, request)
    entry = desk.jobs.all[-1].id
    qtbot.waitUntil(lambda: not desk.jobs.get(entry).running, timeout=LIMIT_MS)
    assert desk.jobs.get(entry).state is JobState.DONE
    job = next(job for job in faced.desk.rooms._room.engine.jobs if isinstance(job, AvatarClipJob))  # type: ignore[attr-defined]
    assert job.performance.weights.shape == (25, 52)
    assert job.performance.weights[-1, INDEX["jawOpen"]] == pytest.approx(
        desk.faces.pose_at(0.96).weights[17], abs=1e-3
    )
    assert read_facts(tmp_path / "avatar.mp4").frames == 25


def test_a_strangers_glb_becomes_the_avatar_and_its_gaps_are_filled_by_hand(
    faced: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    from engines.api.arkit import NAMES
    from studio.export.tracks import write_track
    from tests.studio.test_characters import STILL, named, stranger

    write_track(STILL, tmp_path / "own.glb")
    names = ["Licker" if name == "tongueOut" else name for name in NAMES]
    desk = faced.desk
    import_character(desk, stranger(tmp_path / "own.glb", tmp_path / "Alien.glb", named(names)))
    dialogs = faced.window.stage.open_dialogs
    qtbot.waitUntil(lambda: "mapping" in dialogs, timeout=LIMIT_MS)
    dialog = dialogs["mapping"]
    assert isinstance(dialog, MappingDialog)
    qtbot.waitUntil(lambda: bool(dialog.mapping), timeout=LIMIT_MS)
    assert "1 move nothing" in dialog.told.text()
    assert desk.look.now.tried == "tongueOut"  # the first gap is chosen, and shown
    item = dialog.targets.findItems("Licker", Qt.MatchFlag.MatchExactly)[0]
    item.setCheckState(Qt.CheckState.Checked)
    assert dialog.told.text().startswith("52 of 52")
    dialog.keep.click()
    folder = character_folder(desk)
    assert folder is not None
    qtbot.waitUntil(lambda: "Licker" in (folder / "character.json").read_text(), timeout=LIMIT_MS)
    assert desk.look.now.tried == ""
    trigger(faced, "avatar.forget")
    assert character_folder(desk) is None
    assert characters_of(desk).all() == ()


def test_a_character_that_is_gone_gives_way_to_the_studios_own(studio: Studio) -> None:
    choose_character(studio.desk, "lost")
    assert character_folder(studio.desk) is None
    assert studio.window.avatar.bar.character.currentData() == "default"


def test_a_broken_glb_is_one_sentence(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "x.glb").write_bytes(b"glTF nonsense")
    import_character(studio.desk, tmp_path / "x.glb")
    qtbot.waitUntil(lambda: any("damaged" in n.sentence for n in studio.desk.notices.all), timeout=LIMIT_MS)
    assert not any(n.details for n in studio.desk.notices.all)
    assert characters_of(studio.desk).all() == ()


def test_a_resting_face_says_why(studio: Studio, qtbot: QtBot) -> None:

    desk = studio.desk
    assert desk.story is not None
    lay_take(desk, desk.story.id, Speech(Audio(np.full(16_000, 0.1, np.float32), 16_000)), "imported", "noise")
    qtbot.waitUntil(lambda: desk.transport.length_s > 0.9, timeout=LIMIT_MS)
    assert "choose a network" in desk.faces.remark_at(0.5)
    retune(desk, "Face model", model="lstm")
    qtbot.waitUntil(lambda: desk.faces.remark_at(0.5) == "" and desk.faces.pose_at(0.3).weights.any(), timeout=LIMIT_MS)
