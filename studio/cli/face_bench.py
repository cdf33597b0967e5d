"""How soon sound becomes a face: a file played as a microphone, in real time, through the app's own engine process."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError, Event, Failed, Partial, Progress
from engines.api.face import LIVE_MODELS, LiveJob, Pose
from engines.api.jobs import SpeakJob
from engines.api.values import Audio, Speech
from engines.room import ProcessRoom
from studio.cli import live_bench
from studio.cli.desk import Desk

STORY = Path(__file__).parents[2] / "assets" / "demo" / "story.txt"
BLOCK_S = 0.02
SECONDS = 20.0
_START_S = 120.0


@dataclass(frozen=True)
class Arrival:
    """A pose and when it came (time.monotonic)."""

    pose: Pose
    came_s: float

    @property
    def sound_to_pose_s(self) -> float:
        """From when a sound is captured until the face of that moment is here, the network's own delay included."""
        return self.came_s - self.pose.pushed_s + self.pose.delay_s


def rows(desk: Desk, seconds: float = SECONDS) -> Iterator[dict[str, Any]]:
    """Rows of `bench face` that need the engine process; none for a model without weights."""
    speech: Speech = desk.run(SpeakJob(STORY.read_text(encoding="utf-8")[:800]))
    for model in LIVE_MODELS:
        try:
            came = play(model, speech.audio, seconds)
        except EngineError:
            continue
        shared = {"bench": "face", "case": model, "n": len(came)}
        delays_ms = [1000 * a.sound_to_pose_s for a in came]
        yield {**shared, "metric": "sound_to_pose_p99_ms", "value": float(np.percentile(delays_ms, 99)), "unit": "ms"}
        yield {**shared, "metric": "sound_to_pose_median_ms", "value": float(np.median(delays_ms)), "unit": "ms"}
        yield {**shared, "metric": "dropped_blocks", "value": came[-1].pose.dropped, "unit": ""}
    yield from live_bench.rows(speech.audio, seconds)


def play(model: str, sound: Audio, seconds: float) -> list[Arrival]:
    """Push blocks at the pace of a microphone; every pose with the time it came. Raises EngineError where it fails."""
    events: queue.Queue[tuple[Event, float]] = queue.Queue()
    room = ProcessRoom()
    try:
        ticket = room.submit(LiveJob(model), lambda event: events.put((event, time.monotonic())))
        first, _ = events.get(timeout=_START_S)
        if isinstance(first, Failed):
            raise EngineError(first.message)
        assert isinstance(first, Progress)
        size, stop = round(BLOCK_S * sound.rate_hz), threading.Event()
        samples = np.resize(sound.samples, round(seconds * sound.rate_hz))
        began_s = time.monotonic()
        for i in range(len(samples) // size):
            stop.wait(began_s + (i + 1) * BLOCK_S - time.monotonic())
            ticket.push(Audio(samples[i * size : (i + 1) * size], sound.rate_hz))
        stop.wait(0.5)
    finally:
        room.close()
    return [Arrival(e.value, came_s) for e, came_s in events.queue if isinstance(e, Partial)]
