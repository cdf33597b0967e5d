"""Measures of the live path: how long sound takes to become a pose, and whether hours of it cost memory or time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.api.events import Done, Event, Failed, Partial, Progress
from engines.api.face import LIVE_FPS, LiveJob, Pose
from engines.api.rooms import Room
from engines.api.values import Audio, FloatArray
from studio.audio.errors import AudioDeviceError
from studio.audio.hops import HOP, LIVE_RATE_HZ
from studio.audio.live import Hop, LiveInput
from studio.audio.live_path import LivePath
from studio.audio.rates import resample
from studio.audio.sources import FileSource, Hear, Stream

PATIENCE_S = 120.0
"""An engine that says nothing for so long is taken for dead."""


class TimedPath(LivePath):
    """A path that notes, pose by pose, how long after a moment was heard the face of that moment is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock=clock)
        self.sound_to_pose_s: list[float] = []
        self.answered = threading.Semaphore(0)

    def _note(self, hop: Hop, pose: Pose, arrived_s: float) -> None:
        super()._note(hop, pose, arrived_s)
        # A face is that of delay_s before the end of the hop which completed it.
        self.sound_to_pose_s.append(arrived_s - hop.heard_s + pose.delay_s)


class LiveRun:
    """A live job under way in a room, fed through the path. Raises AudioDeviceError with what the engine says."""

    def __init__(self, room: Room, job: LiveJob) -> None:
        self.path = TimedPath()
        self._listening, self._over, self._trouble = threading.Event(), threading.Event(), ""
        self._ticket = room.submit(job, self._hear)
        if not self._listening.wait(PATIENCE_S) or self._trouble:
            raise AudioDeviceError(self._trouble or "The network does not answer: start it again.")
        self.path.push = self._ticket.push

    def end(self) -> None:
        """Cancel the job and wait until it is over."""
        self._ticket.cancel()
        self._over.wait(PATIENCE_S)

    def _hear(self, event: Event) -> None:
        match event:
            case Progress():
                self._listening.set()
            case Partial(value):
                self.path.see(value)
                self.path.answered.release()
            case _:
                self._trouble = event.message if isinstance(event, Failed) else "The network has stopped."
                assert not isinstance(event, Done)
                self._listening.set()
                self._over.set()


def sound_to_pose(room: Room, job: LiveJob, audio: Audio, *, speed: float = 1.0) -> TimedPath:
    """Play a sound as a microphone in real time; the path holds what each pose took, its latency parts, its losses.

    Seconds are from when a moment is heard until the pose of that moment is there, what the network waits for included.
    """
    run, ended = LiveRun(room, job), threading.Event()
    source = FileSource(audio.samples, audio.rate_hz, speed=speed)
    heard = LiveInput(source, run.path.hear, ended=ended.set)
    heard.start()
    ended.wait(audio.seconds / speed + PATIENCE_S)
    heard.stop()
    run.end()
    return run.path


@dataclass(frozen=True)
class Soak:
    """seconds of sound; lags_ms: median time of a pose in each part of the run; memory_mib: after each; dropped."""

    seconds: float
    lags_ms: tuple[float, ...]
    memory_mib: tuple[float, ...]
    dropped: int
    poses: int


class _Hand:
    """A source turned by hand: each block is given when the one before was answered."""

    latency_s, alive, finished = 0.0, True, False
    title, rate_hz, channels = "simulation", LIVE_RATE_HZ, 1

    def open(self, hear: Callable[[int, int], Hear]) -> Stream:
        self.hear = hear(self.rate_hz, 1)
        return self

    def close(self) -> None:
        """Nothing to let go."""


def soak(
    room: Room, job: LiveJob, audio: Audio, seconds: float, *, parts: int = 12, pids: Callable[[], list[int]] = list
) -> Soak:
    """Live running as fast as poses come: the sound again and again, through ring, cutter, gate and room.

    pids: processes of the room, whose memory counts with this one's.
    """
    run, source = LiveRun(room, job), _Hand()
    heard = LiveInput(source, run.path.hear)
    heard.open()
    samples = resample(audio, LIVE_RATE_HZ).samples
    frames = round(seconds * float(LIVE_FPS) / parts)
    lags, memory, at = [], [], 0
    for _ in range(parts):
        taken = []
        for _ in range(frames):
            begun = time.monotonic()
            for _ in range(2):  # two hops make a frame
                source.hear(_block(samples, at))
                heard.take()
                at += HOP
            run.path.answered.acquire(timeout=PATIENCE_S)
            taken.append(time.monotonic() - begun)
        run.path.sound_to_pose_s.clear()
        lags.append(float(np.median(taken)) * 1000)
        memory.append(sum(_resident_mib(pid) for pid in (os.getpid(), *pids())))
    run.end()
    dropped = heard.state.dropped + run.path.lost_in_engine
    return Soak(seconds, tuple(lags), tuple(memory), dropped, run.path.poses)


def _block(samples: FloatArray, at: int) -> FloatArray:
    start = at % max(len(samples) - HOP, 1)
    return samples[start : start + HOP, None]


def _resident_mib(pid: int) -> float:
    """Memory of a process (Linux); 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
