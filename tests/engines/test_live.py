"""Laws of live jobs: every block heard in order, late ones dropped and counted, a sender that never waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from engines.api.events import ENDINGS, Cancelled, Event, Failed, Partial
from engines.api.rooms import Heard, Room
from engines.api.values import Audio
from engines.live import LISTENING, UNDER_WAY_S, WAITING_S, Intake, Meter
from engines.room import InlineRoom, ProcessRoom
from tests.engines.acts import Act, Ear, actor_for

LIMIT_S = 120


def block(seconds: float = 0.02, level: float = 0.0, rate_hz: int = 1000) -> Audio:
    return Audio(np.full(round(seconds * rate_hz), level, np.float32), rate_hz)


@pytest.fixture(params=[InlineRoom, ProcessRoom])
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    """Each kind of room, closed afterwards."""
    made = request.param(actor_for)
    yield made
    made.close()


def test_blocks_are_heard_in_order_until_the_job_is_cancelled(room: Room) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    ticket = room.submit(Ear(), heard.put)
    assert heard.get(timeout=LIMIT_S) == LISTENING
    for i, seconds in enumerate((0.02, 0.05, 0.01)):
        ticket.push(block(seconds))
        event = heard.get(timeout=LIMIT_S)
        assert isinstance(event, Partial)
        assert event.value == (round(seconds * 1000), pytest.approx((0.0, 0.02, 0.07)[i]), 0, 0.0)
    ticket.cancel()
    assert heard.get(timeout=LIMIT_S) == Cancelled()
    ticket.push(block())
    assert heard.empty()


def test_a_live_job_that_cannot_begin_fails_in_words(room: Room) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    ticket = room.submit(Ear("sentence"), heard.put)
    assert heard.get(timeout=LIMIT_S) == Failed("Choose a model that can listen.")
    ticket.push(block())
    assert heard.empty()


def test_a_bug_while_hearing_ends_the_job_once(room: Room) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    ticket = room.submit(Ear(), heard.put)
    assert heard.get(timeout=LIMIT_S) == LISTENING
    ticket.push(block(level=1.0))
    event = heard.get(timeout=LIMIT_S)
    assert isinstance(event, Failed) and "one over none" in event.message
    ticket.push(block())
    ticket.cancel()
    assert heard.empty()


def test_pushing_to_a_job_that_is_not_live_does_nothing(room: Room) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    room.submit(Act("count"), heard.put).push(block())
    while not isinstance(heard.get(timeout=LIMIT_S), ENDINGS):
        pass


def test_a_sender_is_never_held_up_by_an_engine_that_stands_still() -> None:
    meter = Meter()
    assert meter.admit(block()) is None  # nobody listens yet: not a loss
    meter.taken(0.0)
    admitted = [meter.admit(block()) for _ in range(1000)]
    sent = [h for h in admitted if h is not None]
    assert sum(h.block.seconds for h in sent) <= UNDER_WAY_S + 1e-9
    meter.taken(sent[-1].at_s + 0.02)
    after = meter.admit(block())
    assert after is not None and after.dropped == 1000 - len(sent)
    assert after.at_s == pytest.approx(20.0) and after.dropped_s == pytest.approx(20.0 - len(sent) * 0.02)


def test_waiting_sound_is_bounded_and_the_newest_is_kept() -> None:
    intake = Intake()
    for i in range(50):
        intake.put(Heard(block(), i * 0.02, 0.0, dropped=3, dropped_s=0.06))
    taken = []
    while (heard := intake.take(0.0)) is not None:
        taken.append(heard)
    assert sum(h.block.seconds for h in taken) <= WAITING_S + 1e-9
    assert taken[-1].at_s == pytest.approx(49 * 0.02)
    assert taken[-1].dropped == 3 + 50 - len(taken)


def test_an_empty_intake_is_woken_by_a_block() -> None:
    intake = Intake()
    taken: list[Heard | None] = []
    waiting = threading.Thread(target=lambda: taken.append(intake.take(LIMIT_S)))
    waiting.start()
    intake.put(Heard(block(), 0.0, 0.0))
    waiting.join(LIMIT_S)
    assert taken and taken[0] is not None
