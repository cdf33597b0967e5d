"""A live engine that answers at once, a room for it, and a microphone turned by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.api.arkit import INDEX
from engines.api.events import EngineError, Partial, Progress
from engines.api.face import LiveJob, Pose
from engines.api.jobs import Job
from engines.api.rooms import Heard, Hearing, Listener, Ticket
from engines.room import InlineRoom
from studio.audio.errors import AudioDeviceError
from studio.audio.sources import Hear
from tests.studio.fakes import FakeEngine, ThreadRoom

JAW = INDEX["jawOpen"]
FRAME = 1764


class FakeLiveEngine:
    """Opens the jaw as far as the sound is loud. jobs: all it was given; trouble: what listen raises, if anything."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.heard: list[np.ndarray] = []
        self.trouble = ""

    def listen(self, job: Job) -> Hearing:
        """Make ready."""
        self.jobs.append(job)
        if self.trouble:
            raise EngineError(self.trouble)
        return FakeHearing(self)


class FakeHearing:
    """Counts samples; each FRAME of them is a pose."""

    def __init__(self, engine: FakeLiveEngine) -> None:
        self._engine, self._count = engine, 0

    def push(self, heard: Heard) -> Iterator[Progress | Partial]:
        """Hear one block."""
        samples = heard.block.samples
        self._engine.heard.append(samples)
        before, self._count = self._count // FRAME, self._count + len(samples)
        for frame in range(before, self._count // FRAME):
            weights = np.zeros(52, np.float32)
            weights[JAW] = min(2 * float(np.abs(samples).max()), 1.0)
            at_s = (frame + 1) * FRAME / heard.block.rate_hz
            rest = np.zeros(3, np.float32)
            yield Partial(Pose(at_s, rest, weights, -20.0, True, heard.pushed_s, 0.0, 0.0, 0.0, 0, 0.0))


class LiveRoom(ThreadRoom):
    """The fake room of the window's tests, which also runs live jobs: on the thread that pushes."""

    def __init__(self, engine: FakeEngine | None = None, live: FakeLiveEngine | None = None) -> None:
        super().__init__(engine)
        self.live = live or FakeLiveEngine()

    def submit(self, job: Job, on_event: Listener) -> Ticket:
        """Start a job."""
        if isinstance(job, LiveJob):
            return InlineRoom(lambda _: self.live).submit(job, on_event)  # type: ignore[arg-type,return-value]
        return super().submit(job, on_event)


class HandStream:
    """A stream the test feeds and unplugs."""

    latency_s = 0.01

    def __init__(self, title: str, rate_hz: int, channels: int, hear: Hear) -> None:
        self.title, self.rate_hz, self.channels, self.hear = title, rate_hz, channels, hear
        self.alive, self.finished, self.closed = True, False, False

    def close(self) -> None:
        """Let go."""
        self.closed = True

    def speak(self, seconds: float, loud: float = 0.3) -> None:
        """A tone on every channel, in blocks of 10 ms."""
        count = round(seconds * self.rate_hz)
        tone = (loud * np.sin(np.arange(count) * 2 * np.pi * 220 / self.rate_hz)).astype(np.float32)
        for block in np.array_split(np.repeat(tone[:, None], self.channels, axis=1), max(round(seconds * 100), 1)):
            self.hear(block)


class HandSource:
    """Gives the next of its devices (rate, channels) at each opening, or raises the sentence that stands there."""

    def __init__(self, *devices: tuple[int, int] | str) -> None:
        self.devices = list(devices)
        self.streams: list[HandStream] = []
        self.opened: Callable[[HandStream], object] = lambda stream: None
        """Called on the opening thread once a stream can be spoken to."""

    def open(self, hear: Callable[[int, int], Hear]) -> HandStream:
        """Open the next device; the last one stays."""
        device = self.devices.pop(0) if len(self.devices) > 1 else self.devices[0]
        if isinstance(device, str):
            raise AudioDeviceError(device)
        stream = HandStream(f"microphone {len(self.streams)}", *device, hear(*device))
        self.streams.append(stream)
        self.opened(stream)
        return stream
