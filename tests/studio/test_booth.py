"""The booth: what it does when, who gets out, and that nothing of a visitor stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engines.api.face import Pose
from studio.app import Studio
from studio.session import HandClock
from studio.session.booth import FREE_TRIES, PENALTY_S, Booth, BoothState, PinLock, hash_pin, is_pin, matches
from studio.views.booth.caption import WORDS
from studio.views.booth.pad import PinPad
from studio.views.booth.window import BoothWindow
from tests.studio.conftest import LIMIT_MS, standing
from tests.studio.live_fakes import HandSource, LiveRoom

# the model


def test_it_attracts_listens_and_wipes_when_the_visitor_has_gone() -> None:
    clock, wiped = HandClock(), []
    booth = Booth(10.0, clock)
    booth.wipe.connect(lambda: wiped.append(clock.now_s()))
    booth.hear(False)
    assert booth.state is BoothState.ATTRACT
    booth.hear(True)
    assert booth.state is BoothState.LISTENING and booth.visitors == 1
    clock.advance(9.0)
    booth.hear(False)
    booth.hear(True)
    clock.advance(9.9)
    booth.hear(False)
    assert booth.state is BoothState.LISTENING and not wiped
    clock.advance(0.2)
    booth.hear(False)
    assert booth.state is BoothState.ATTRACT and wiped == [pytest.approx(19.1)]
    booth.hear(False)
    assert len(wiped) == 1


def test_without_a_microphone_it_wipes_and_comes_back_by_itself() -> None:
    wiped: list[int] = []
    booth = Booth(10.0, HandClock())
    booth.wipe.connect(lambda: wiped.append(1))
    booth.hear(True)
    booth.hear(False, hearing=False)
    assert booth.state is BoothState.LOST and wiped == [1]
    booth.hear(False, hearing=False)
    booth.hear(False)
    assert booth.state is BoothState.ATTRACT and wiped == [1]
    booth.hear(True)
    assert booth.visitors == 2


def test_only_the_pin_opens_and_only_its_hash_is_kept() -> None:
    kept = hash_pin("2468")
    assert "2468" not in kept and kept != hash_pin("2468")
    assert matches("2468", kept) and not matches("2469", kept) and not matches("", kept)
    assert [is_pin(text) for text in ("1234", "12345678", "123", "123456789", "12a4", "１２３４")] == [True, True] + [
        False
    ] * 4


def test_wrong_pins_are_counted_and_cost_time() -> None:
    clock = HandClock()
    lock = PinLock(hash_pin("2468"), clock)
    for _ in range(FREE_TRIES):
        assert lock.barred_s == 0 and not lock.opens("1111")
    assert lock.wrong == FREE_TRIES and lock.barred_s == PENALTY_S
    assert not lock.opens("2468")  # not even the right one
    clock.advance(PENALTY_S + 1)
    assert lock.opens("2468") and lock.wrong == 0


# the pad


def test_the_pad_is_typed_and_tells_wrong_pins(qtbot: QtBot) -> None:
    pad = PinPad(PinLock(hash_pin("2468")))
    qtbot.addWidget(pad)
    qtbot.keyClicks(pad, "11x11")
    assert pad.typed == "1111"
    qtbot.keyClick(pad, Qt.Key.Key_Return)
    assert pad.said.text() == "Wrong PIN, 1 try so far" and pad.typed == ""
    qtbot.keyClicks(pad, "24680")
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(pad.passed, timeout=LIMIT_MS):
        qtbot.mouseClick(pad.keys["ok"], Qt.MouseButton.LeftButton)


def test_a_new_pin_is_asked_twice(qtbot: QtBot) -> None:
    pad = PinPad(None)
    qtbot.addWidget(pad)
    qtbot.keyClicks(pad, "1234\r4321\r")
    assert "not the same" in pad.said.text()
    qtbot.keyClicks(pad, "1234\r")
    with qtbot.waitSignal(pad.chosen, timeout=LIMIT_MS) as told:
        qtbot.keyClicks(pad, "1234\r")
    assert matches("1234", told.args[0])


# the window


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A shown studio whose microphone is turned by hand (studio.source), with a PIN."""
    source = HandSource((48_000, 1))
    monkeypatch.setattr("studio.bridge.live.DeviceSource", lambda key: source)
    with standing(LiveRoom(), qtbot, qapp, tmp_path) as opened:
        opened.source = source  # type: ignore[attr-defined]
        opened.desk.settings.set("booth_pin", hash_pin("2468"))
        yield opened


def open_booth(studio: Studio, qtbot: QtBot) -> BoothWindow:
    studio.desk.stage.show_dialog("booth")
    booth = studio.window.stage.open_dialogs["booth"]  # type: ignore[attr-defined]
    assert isinstance(booth, BoothWindow)
    qtbot.waitUntil(lambda: studio.desk.live.state.hearing, timeout=LIMIT_MS)
    return booth


def leave(booth: BoothWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(booth, Qt.Key.Key_Escape)
    assert booth.pad is not None
    qtbot.keyClicks(booth.pad, "2468")
    qtbot.keyClick(booth.pad, Qt.Key.Key_Return)


def test_a_visitor_comes_speaks_goes_and_nothing_stays(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    files = {path for path in tmp_path.rglob("*") if path.is_file()}
    booth, live, source = open_booth(studio, qtbot), studio.desk.live, studio.source  # type: ignore[attr-defined]
    clock = HandClock()
    booth.booth = Booth(5.0, clock)
    booth.booth.wipe.connect(live.wipe)
    booth.booth.changed.connect(booth._follow)
    assert not studio.window.isVisible() and booth.cursor().shape() == Qt.CursorShape.BlankCursor

    def speak() -> bool:
        source.streams[0].speak(0.1)
        return booth.booth.state is BoothState.LISTENING and len(live.path.track) > 0

    qtbot.waitUntil(speak, timeout=LIMIT_MS)
    assert studio.desk.faces.pose_at(0.0).weights.any()

    def fall_silent() -> bool:
        source.streams[0].speak(0.1, loud=0.0)
        return not live.state.gate_open

    qtbot.waitUntil(fall_silent, timeout=LIMIT_MS)
    engines = len(studio.desk.rooms._room.live.jobs)  # type: ignore[attr-defined]
    faces, sound = list(live.path.track._poses), list(live.path._pushed)
    clock.advance(6.0)
    booth.look()
    assert booth.booth.state is BoothState.ATTRACT and live.path.take is None
    assert not any(face is old for face in list(live.path.track._poses) for old in faces)
    assert not any(hop is old for hop in list(live.path._pushed) for old in sound)
    qtbot.waitUntil(lambda: len(studio.desk.rooms._room.live.jobs) == engines + 1, timeout=LIMIT_MS)  # type: ignore[attr-defined]
    assert live._input is not None and not live._input._ring.latest(100_000).any()
    leave(booth, qtbot)
    assert studio.window.isVisible() and not live.running and source.streams[0].closed
    kept = {path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in (".json", ".ini", ".lock")}
    assert kept <= files  # settings and layout may be written, sound and motion never


def test_a_face_on_its_way_when_a_visitor_goes_is_wiped_too(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth, live, source = open_booth(studio, qtbot), studio.desk.live, studio.source  # type: ignore[attr-defined]
    comes, goes_on, came = threading.Event(), threading.Event(), threading.Event()
    see, forget = live.path.see, live.path.forget
    forgotten: list[bool] = []

    def slow(pose: Pose) -> None:
        comes.set()
        assert goes_on.wait(LIMIT_MS / 1000)
        see(pose)
        came.set()

    def forgets() -> None:
        forgotten.append(came.is_set())
        forget()

    monkeypatch.setattr(live.path, "see", slow)
    monkeypatch.setattr(live.path, "forget", forgets)

    def speak() -> bool:
        source.streams[0].speak(0.1)
        return comes.is_set()

    qtbot.waitUntil(speak, timeout=LIMIT_MS)
    threading.Timer(0.1, goes_on.set).start()
    live.wipe()
    assert forgotten == [True]
    leave(booth, qtbot)


def test_the_attract_loop_moves_the_face_and_listening_takes_it_over(studio: Studio, qtbot: QtBot) -> None:
    booth, source = open_booth(studio, qtbot), studio.source  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: booth.attract._now is not None, timeout=LIMIT_MS)
    booth.attract._begun_s -= 1.0
    assert studio.desk.faces.pose_at(0.0).weights.any()
    assert WORDS[booth.caption.state][0] == "Speak to me"

    def speak() -> bool:
        source.streams[0].speak(0.1)
        return booth.booth.state is BoothState.LISTENING

    qtbot.waitUntil(speak, timeout=LIMIT_MS)
    assert studio.desk.faces._source is studio.desk.live
    leave(booth, qtbot)
    assert not studio.desk.faces.live


def test_it_closes_to_nothing_but_the_pin(studio: Studio, qtbot: QtBot) -> None:
    booth = open_booth(studio, qtbot)
    QApplication.sendEvent(booth, QEvent(QEvent.Type.Close))
    assert booth.isVisible() and booth.pad is not None and booth.cursor().shape() == Qt.CursorShape.ArrowCursor
    qtbot.keyClicks(booth.pad, "1111\r")
    assert booth.isVisible() and booth._lock.wrong == 1
    qtbot.keyClick(booth.pad, Qt.Key.Key_Escape)
    assert booth.pad is None and booth.isVisible()
    leave(booth, qtbot)
    assert studio.window.isVisible()


def test_a_lost_microphone_is_told_and_found_again(studio: Studio, qtbot: QtBot) -> None:
    booth, source, live = open_booth(studio, qtbot), studio.source, studio.desk.live  # type: ignore[attr-defined]
    source.devices.insert(0, "There is no microphone: plug one in, then try again.")
    source.streams[0].alive = False
    live._input.devices_changed()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: booth.booth.state is BoothState.LOST, timeout=LIMIT_MS)
    live._input.devices_changed()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: booth.booth.state is BoothState.ATTRACT, timeout=LIMIT_MS)
    assert len(source.streams) == 2
    leave(booth, qtbot)


def test_without_a_pin_one_is_chosen_at_the_door(studio: Studio, qtbot: QtBot) -> None:
    studio.desk.settings.set("booth_pin", "")
    booth = open_booth(studio, qtbot)
    qtbot.waitUntil(lambda: booth.pad is not None, timeout=LIMIT_MS)
    assert booth.pad is not None
    qtbot.keyClicks(booth.pad, "1357\r1357\r")
    assert booth.pad is None and matches("1357", studio.desk.settings.now.booth_pin)
    qtbot.keyClick(booth, Qt.Key.Key_Escape)
    assert booth.pad is not None
    qtbot.keyClicks(booth.pad, "1357\r")
    assert studio.window.isVisible() and np.isfinite(booth.width())
