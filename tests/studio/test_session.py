"""What is live: transport over a hand clock, jobs, notices, selection, recording."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engines.api.events import Cancelled, Done, Failed, Progress
from engines.api.values import Audio
from studio.document.project import Project, Story
from studio.listeners import Listeners
from studio.session import (
    FileClock,
    HandClock,
    Jobs,
    JobState,
    Level,
    Notices,
    Recording,
    RecordingState,
    Selection,
    Span,
    Transport,
    WallClock,
)
from studio.session.pace import Pace


def running(length_s: float = 10.0) -> tuple[Transport, HandClock]:
    clock = HandClock()
    transport = Transport(clock)
    transport.set_length(length_s)
    return transport, clock


def test_the_playhead_follows_the_clock_and_stops_at_the_end() -> None:
    transport, clock = running(2.0)
    seen: list[float] = []
    transport.moved.connect(seen.append)
    transport.play()
    clock.advance(1.5)
    transport.tick()
    assert transport.position_s == 1.5
    clock.advance(1.0)
    transport.tick()
    assert not transport.playing and transport.position_s == 2.0
    assert seen == [0.0, 1.5, 2.0]
    transport.play()
    assert transport.position_s == 0.0


def test_pause_holds_and_seek_moves_while_playing() -> None:
    transport, clock = running()
    transport.play()
    clock.advance(1.0)
    transport.toggle()
    clock.advance(5.0)
    assert transport.position_s == 1.0
    transport.toggle()
    transport.seek(4.0)
    clock.advance(0.5)
    assert transport.position_s == 4.5
    transport.seek(99.0)
    assert transport.position_s == 10.0
    transport.stop()
    assert transport.position_s == 0.0 and not transport.playing


def test_a_loop_wraps_and_play_enters_it() -> None:
    transport, clock = running()
    transport.set_loop(Span(2.0, 4.0))
    transport.play()
    assert transport.position_s == 2.0
    clock.advance(2.5)
    transport.tick()
    assert transport.playing and transport.position_s == 2.0
    transport.set_loop(Span(3.0, 3.0))
    assert transport.loop is None


def test_nothing_to_play_does_not_play_and_a_shorter_timeline_pulls_the_playhead_in() -> None:
    transport = Transport(HandClock())
    transport.play()
    assert not transport.playing
    transport.set_length(5.0)
    transport.seek(4.0)
    transport.set_length(3.0)
    assert transport.position_s == 3.0


def test_another_clock_takes_over_in_place() -> None:
    transport, clock = running()
    transport.play()
    clock.advance(1.0)
    other = HandClock()
    transport.use_clock(other)
    other.advance(0.25)
    assert transport.position_s == 1.25 and not clock.running


def test_file_clock_is_exact_for_hours() -> None:
    clock = FileClock(Fraction(30000, 1001))
    clock.start(0.0)
    for _ in range(30000):
        clock.step()
    assert clock.now_s() == 1001.0
    clock.start(1001.0)
    assert clock.frame == 30000


def test_wall_clock_counts_only_while_it_runs() -> None:
    now = [100.0]
    clock = WallClock(lambda: now[0])
    clock.start(5.0)
    now[0] += 2
    clock.stop()
    now[0] += 9
    assert clock.now_s() == 7.0


def test_a_job_tells_stage_fraction_time_left_and_end() -> None:
    now = [0.0]
    jobs, asked = Jobs(lambda: now[0]), []
    seen: list[JobState] = []
    jobs.changed.connect(lambda entry: seen.append(entry.state))
    job = jobs.add("Clip", lambda: asked.append("stop"))
    jobs.report(job, Progress(0, 100, "Drawing"))
    assert jobs.get(job).left_s is None
    now[0] = 10.0
    jobs.report(job, Progress(25, 100, "Drawing"))
    entry = jobs.get(job)
    assert (entry.stage, entry.fraction, entry.left_s) == ("Drawing", 0.25, 30.0)
    jobs.cancel(job)
    jobs.cancel(job)
    assert asked == ["stop"] and jobs.get(job).state is JobState.STOPPING and jobs.get(job).left_s is None
    jobs.report(job, Cancelled())
    jobs.report(job, Progress(99, 100))
    assert jobs.get(job).state is JobState.CANCELLED and not jobs.running
    assert seen == [JobState.RUNNING] * 3 + [JobState.STOPPING, JobState.CANCELLED]
    jobs.clear_ended()
    assert jobs.all == ()


def test_endings_keep_their_words() -> None:
    jobs = Jobs()
    good, bad = jobs.add("a", lambda: None), jobs.add("b", lambda: None)
    jobs.report(good, Done(1))
    jobs.report(bad, Failed("Do this.", "trace"))
    assert jobs.get(good).fraction == 1.0
    assert (jobs.get(bad).state, jobs.get(bad).message, jobs.get(bad).details) == (JobState.FAILED, "Do this.", "trace")


def test_pace_follows_the_recent_past_and_begins_anew_with_a_stage() -> None:
    pace = Pace()
    for second in range(11):
        pace.add(Progress(second * 10, 1000, "fast"), second)
    for second in range(11, 61):
        pace.add(Progress(100 + (second - 10), 1000, "fast"), second)
    assert pace.left_s == pytest.approx(850, rel=0.05)
    pace.add(Progress(0, 10, "next"), 61)
    assert pace.left_s is None and pace.fraction == 0.0
    pace.add(Progress(1, 0, "unknown total"), 62)
    assert pace.fraction is None


def test_a_notice_said_twice_stands_once() -> None:
    notices = Notices()
    notices.info("saved")
    first = notices.error("full", "details")
    again = notices.error("full", "details")
    assert [n.sentence for n in notices.all] == ["saved", "full"] and again.id != first.id
    assert notices.all[-1].level is Level.ERROR


def test_selection_lets_go_of_what_is_gone() -> None:
    selection = Selection()
    selection.select_story("b")
    selection.toggle_item("x")
    project = Project(stories=(Story(id="a"),))
    selection.keep_to(project)
    assert selection.now.story == "a" and selection.now.items == frozenset()
    selection.keep_to(Project())
    assert selection.now.story == ""


class FakeMicrophone:
    """Hears a tone of half a second, unless it fails at opening or stopping."""

    def __init__(self, fails: str = "") -> None:
        self.fails, self.hears, self.keeps = fails, False, False

    def open(self) -> None:
        if self.fails == "open":
            raise RuntimeError("none")
        self.hears = True

    def start(self) -> None:
        self.keeps = True

    def stop(self) -> Audio:
        if self.fails == "stop":
            raise RuntimeError("mute")
        self.close()
        return Audio(np.full(4000, 0.1, np.float32), 8000)

    def close(self) -> None:
        self.hears = self.keeps = False


def test_recording_counts_in_records_and_can_be_taken_again() -> None:
    microphone, clock = FakeMicrophone(), HandClock()
    recording = Recording(microphone, clock)
    states: list[RecordingState] = []
    recording.changed.connect(states.append)
    recording.begin(3.0)
    clock.advance(2.0)
    recording.tick()
    assert recording.counts_s == 1.0 and microphone.hears and not microphone.keeps
    clock.advance(1.0)
    recording.tick()
    assert microphone.keeps
    clock.advance(0.5)
    assert recording.seconds == 0.5
    assert recording.finish() is recording.audio is not None
    recording.begin(0.0)
    assert recording.audio is None and recording.state is RecordingState.RECORDING
    recording.cancel()
    assert not microphone.hears and recording.finish() is None
    kinds = RecordingState
    assert states == [kinds.COUNTING, kinds.RECORDING, kinds.DONE, kinds.COUNTING, kinds.RECORDING, kinds.IDLE]


@pytest.mark.parametrize("fails", ["open", "stop"])
def test_a_microphone_that_fails_leaves_the_recording_idle(fails: str) -> None:
    microphone = FakeMicrophone(fails)
    recording = Recording(microphone, HandClock())
    with pytest.raises(RuntimeError):
        recording.begin(0.0)
        recording.finish()
    assert recording.state is RecordingState.IDLE and recording.audio is None and not microphone.hears


def test_a_count_in_can_be_called_off() -> None:
    microphone = FakeMicrophone()
    recording = Recording(microphone, HandClock())
    recording.begin(3.0)
    assert recording.finish() is None
    assert recording.state is RecordingState.IDLE and not microphone.hears


def test_a_listener_taken_off_hears_no_more() -> None:
    listeners: Listeners[[int]] = Listeners()
    heard: list[int] = []
    stop = listeners.connect(heard.append)
    listeners.emit(1)
    stop()
    stop()
    listeners.emit(2)
    assert heard == [1] and len(listeners) == 0
