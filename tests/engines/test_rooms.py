"""Laws of rooms: one ending, last; errors in words; a dead process harms one job only."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from engines.api.events import ENDINGS, Cancelled, Done, Event, Failed, Partial, Progress
from engines.api.rooms import Room
from engines.room import InlineRoom, ProcessRoom
from tests.engines.acts import Act, actor_for

LIMIT_S = 120


def events_of(room: Room, act: Act, on_event: Callable[[Event], None] = lambda e: None) -> list[Event]:
    """Run an act to its end and return all it said."""
    heard: queue.Queue[Event] = queue.Queue()

    def listen(event: Event) -> None:
        heard.put(event)
        on_event(event)

    room.submit(act, listen)
    events = [heard.get(timeout=LIMIT_S)]
    while not isinstance(events[-1], ENDINGS):
        events.append(heard.get(timeout=LIMIT_S))
    assert heard.empty()
    return events


@pytest.fixture(params=[InlineRoom, ProcessRoom])
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    """Each kind of room, closed afterwards."""
    made = request.param(actor_for)
    yield made
    made.close()


def test_result_comes_last(room: Room) -> None:
    events = events_of(room, Act("count", 4))
    assert events[:-1] == [Progress(i, 4, "counting") for i in (1, 2, 3, 4)]
    assert isinstance(events[-1], Done) and events[-1].value == 4


def test_a_users_mistake_is_one_sentence_without_traceback(room: Room) -> None:
    assert events_of(room, Act("sentence")) == [Failed("Give the story a text.")]


def test_a_bug_is_short_with_its_traceback_apart(room: Room) -> None:
    (event,) = events_of(room, Act("bug"))
    assert isinstance(event, Failed)
    assert "one over none" in event.message and "Traceback" in event.details and "Traceback" not in event.message


def test_pictures_cross_unchanged_and_in_order(room: Room) -> None:
    pictures = [e.value for e in events_of(room, Act("pictures", 5)) if isinstance(e, Partial)]
    assert len(pictures) == 5
    assert all(np.array_equal(p, np.full((64, 64, 3), i, np.uint8)) for i, p in enumerate(pictures))


def test_cancel_from_a_listener_ends_an_endless_job() -> None:
    room = ProcessRoom(actor_for)
    heard: queue.Queue[Event] = queue.Queue()
    ticket = room.submit(Act("forever"), heard.put)
    assert isinstance(heard.get(timeout=LIMIT_S), Progress)
    ticket.cancel()
    event = heard.get(timeout=LIMIT_S)
    while not isinstance(event, ENDINGS):
        event = heard.get(timeout=LIMIT_S)
    assert event == Cancelled()
    room.close()


def test_a_dead_process_fails_its_job_and_the_next_gets_a_fresh_one() -> None:
    room = ProcessRoom(actor_for)
    events = events_of(room, Act("die"))
    assert isinstance(events[-1], Failed) and not events[-1].details
    assert isinstance(events_of(room, Act("count"))[-1], Done)
    room.close()


def test_killing_the_process_from_outside_is_the_same() -> None:
    room = ProcessRoom(actor_for)
    heard: queue.Queue[Event] = queue.Queue()
    room.submit(Act("forever"), heard.put)
    assert isinstance(heard.get(timeout=LIMIT_S), Progress)
    os.kill(room.pids()["test"], signal.SIGKILL)
    event = heard.get(timeout=LIMIT_S)
    while not isinstance(event, ENDINGS):
        event = heard.get(timeout=LIMIT_S)
    assert isinstance(event, Failed)
    assert isinstance(events_of(room, Act("count"))[-1], Done)
    room.close()


def test_closing_a_busy_room_ends_its_job_as_cancelled() -> None:
    room = ProcessRoom(actor_for)
    heard: queue.Queue[Event] = queue.Queue()
    room.submit(Act("forever"), heard.put)
    assert isinstance(heard.get(timeout=LIMIT_S), Progress)
    room.close()
    endings = [e for e in heard.queue if isinstance(e, ENDINGS)]
    assert endings == [Cancelled()]
