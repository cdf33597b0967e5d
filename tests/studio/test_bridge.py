"""Laws of the bridge: order, one ending, latest wins, bounded queues, budgets kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from engines.api.jobs import ClipJob, SpeakJob
from engines.api.values import Audio, Frames
from studio.bridge.passages import joined
from studio.bridge.queue import Aborted, FrameQueue
from studio.bridge.rooms import RoomBridge
from studio.bridge.shelf import FrameShelf, pack, unpack
from studio.bridge.tasks import Tasks
from studio.views.story.count import count_words
from studio.views.story.editor import difference, units
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.timecode import short_time, timecode
from tests.studio.fakes import FakeEngine, ThreadRoom, spoken

LIMIT_MS = 20_000


@pytest.fixture
def rooms(qtbot: QtBot) -> Iterator[RoomBridge]:
    """A bridge to fake engines."""
    bridge = RoomBridge(ThreadRoom(FakeEngine()))
    yield bridge
    bridge.close()


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    """Worker threads."""
    made = Tasks()
    yield made
    made.close()


def clip(seconds: float = 0.4) -> ClipJob:
    """A small clip."""
    return ClipJob(Audio(np.zeros(round(seconds * 16_000), np.float32), 16_000), width=16, height=16)


def test_events_come_in_order_on_the_gui_thread_and_end_once(rooms: RoomBridge, qtbot: QtBot) -> None:
    heard: list[str] = []
    threads: list[QThread] = []

    class Ear(QObject):
        def part(self, value: object) -> None:
            threads.append(QThread.currentThread())
            heard.append("part")

        def done(self, value: object) -> None:
            heard.append("done")

    ear = Ear()
    job = rooms.submit(SpeakJob("One. Two. Three"))
    job.arrived.connect(ear.part)
    job.finished.connect(ear.done)
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        pass
    assert heard == ["part", "part", "part", "done"]
    assert set(threads) == {ear.thread()}


def test_partial_values_are_sieved_off_the_gui_thread(rooms: RoomBridge, qtbot: QtBot) -> None:
    sieved: list[threading.Thread] = []
    job = rooms.submit(clip(), lambda frames: sieved.append(threading.current_thread()))
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        pass
    assert len(sieved) == 10 and threading.main_thread() not in sieved


def test_the_latest_of_a_channel_wins(rooms: RoomBridge, qtbot: QtBot) -> None:
    ended: list[str] = []
    old = rooms.submit(clip(), channel="preview")
    new = rooms.submit(clip(), channel="preview")
    old.finished.connect(lambda _: ended.append("old"))
    new.finished.connect(lambda _: ended.append("new"))
    with qtbot.waitSignals([old.ended, new.ended], timeout=LIMIT_MS):
        pass
    assert ended == ["new"]
    qtbot.waitUntil(lambda: not rooms.live, timeout=LIMIT_MS)


def test_a_failure_is_told_with_its_sentence(rooms: RoomBridge, qtbot: QtBot) -> None:
    job = rooms.submit(SpeakJob("..."))
    with qtbot.waitSignal(job.failed, timeout=LIMIT_MS) as heard:
        pass
    assert heard.args == ["There is nothing to say: type some words.", ""]


def test_tasks_of_a_lane_keep_their_order_and_failures_carry_details(tasks: Tasks, qtbot: QtBot) -> None:
    order: list[int] = []
    for i in range(5):
        last = tasks.run(lambda i=i: order.append(i), lane="disk")  # type: ignore[misc]
    with qtbot.waitSignal(last.ended, timeout=LIMIT_MS):
        pass
    assert order == [0, 1, 2, 3, 4]
    broken = tasks.run(lambda: 1 / 0)
    with qtbot.waitSignal(broken.failed, timeout=LIMIT_MS) as heard:
        pass
    assert heard.args is not None and isinstance(heard.args[0], ZeroDivisionError) and "1 / 0" in heard.args[1]


def frames(first: int, count: int = 1) -> Frames:
    """Tiny pictures: 12 bytes each."""
    return Frames(np.zeros((count, 2, 2, 3), np.uint8), first, Fraction(25))


def test_the_queue_holds_its_writer_back_and_drops_nothing() -> None:
    queue, put = FrameQueue(limit=24), []

    def write() -> None:
        for i in range(50):
            queue.put(frames(i))
            put.append(i)
        queue.close()

    writer = threading.Thread(target=write)
    writer.start()
    got, ahead = [], []
    for piece in queue:
        got.append(piece.first)
        ahead.append(len(put) - len(got))
    writer.join()
    assert got == list(range(50))
    assert max(ahead) <= 3


def test_an_aborted_queue_lets_both_ends_go() -> None:
    queue = FrameQueue(limit=12)
    queue.put(frames(0))
    writer = threading.Thread(target=lambda: queue.put(frames(1)))
    writer.start()
    queue.abort()
    writer.join(timeout=20)
    assert not writer.is_alive()
    with pytest.raises(Aborted):
        next(iter(queue))


@given(st.lists(st.integers(0, 200), max_size=80), st.integers(0, 200))
def test_the_shelf_keeps_its_budget_and_what_is_near(numbers: list[int], near: int) -> None:
    shelf = FrameShelf(budget=100)
    for number in numbers:
        shelf.put(number, b"0123456789", near)
    assert shelf.bytes_used == 10 * shelf.count <= 100
    if shelf.count < len(set(numbers)):
        kept = [n for n in set(numbers) if shelf.has(n)]
        assert min(abs(n - near) for n in kept) == min(abs(n - near) for n in numbers)


@given(st.sets(st.integers(0, 60)), st.integers(1, 20))
def test_a_gap_begins_and_ends_with_missing_frames(there: set[int], longest: int) -> None:
    shelf = FrameShelf()
    for number in there:
        shelf.put(number, b"x", 0)
    gap = shelf.gap(0, 61, longest)
    missing = sorted(set(range(61)) - there)
    if not missing:
        assert gap is None
    else:
        assert gap is not None
        assert gap[0] == missing[0] and gap[1] - 1 in missing and 1 <= gap[1] - gap[0] <= longest


def test_pictures_survive_packing() -> None:
    picture = np.full((90, 160, 3), (200, 40, 90), np.uint8)
    image = unpack(pack(picture))
    assert (image.width(), image.height()) == (160, 90)
    shade = image.pixelColor(80, 45)
    assert abs(shade.red() - 200) < 4 and abs(shade.green() - 40) < 4 and abs(shade.blue() - 90) < 4


def test_sentences_join_without_gap_or_overlap() -> None:
    speech = joined(joined(None, spoken("One two", 0)), spoken("three", 9))
    assert [word.text for word in speech.words] == ["One", "two", "three"]
    assert speech.words[2].start_s == pytest.approx(0.4) and speech.words[2].offset == 9
    assert speech.audio.seconds == pytest.approx(0.6)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_difference_turns_one_text_into_the_other(old: str, new: str) -> None:
    start, old_end, new_end = difference(old, new)
    assert old[:start] + new[start:new_end] + old[old_end:] == new
    assert 0 <= start <= min(old_end, new_end)


def test_qt_counts_an_emoji_as_two() -> None:
    assert units("a😀b") == 4
    assert count_words("Don't stop: 3.5 million well-known people") == 6


@given(st.floats(0.01, 100), st.floats(0, 500), st.floats(0.1, 10))
def test_zoom_keeps_the_time_under_the_mouse(total_s: float, at_s: float, factor: float) -> None:
    axis = TimeAxis()
    axis.set_total(total_s)
    at_s = min(at_s, total_s)
    axis.zoom(factor, at_s)
    assert axis.start_s >= 0 and axis.start_s + axis.span_s <= axis.longest_s + 1e-6
    assert axis.at(axis.x_of(at_s, 800), 800) == pytest.approx(at_s, abs=1e-6)


def test_an_axis_tells_only_what_changes() -> None:
    axis, told = TimeAxis(), []
    axis.changed.connect(lambda: told.append((axis.start_s, axis.span_s, axis.total_s)))
    for _ in range(2):
        axis.set_total(4.0)  # as long as ten seconds in sight: the scroll bar must know, once
        axis.set_total(60.0)
        axis.set_total(60.0)
        axis.pan(0.0)
        axis.fit()
    assert told == [(0.0, 10.0, 4.0), (0.0, 63.6, 60.0), (0.0, 10.0, 4.0), (0.0, 63.6, 60.0)]


def test_timecodes() -> None:
    assert timecode(3661.48, Fraction(25)) == "01:01:01:12"
    assert timecode(2.0, Fraction(30000, 1001)) == "00:00:01:29"  # frame 59 of a rate counted as 30
    assert short_time(59.96, 0.1) == "1:00.0" and short_time(5.0) == "0:05"
