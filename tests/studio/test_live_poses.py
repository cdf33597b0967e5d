"""Live poses without a window: blending behind the clock, latency, takes, the path from sound to face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engines.api.face import LiveJob, Pose
from engines.api.values import Audio
from studio.audio.hops import HOP, HOP_S, LIVE_RATE_HZ
from studio.audio.live import Hop
from studio.audio.live_measure import TimedPath, soak, sound_to_pose
from studio.audio.live_path import LivePath
from studio.audio.live_take import LiveTake
from studio.document.tuning import Smoothing, Tuning, with_shape
from studio.session.latency import PARTS, Latency
from studio.session.poses import STEP_S, PoseTrack, TimedPose
from tests.studio.live_fakes import JAW, FakeLiveEngine, LiveRoom
from tests.studio.test_live import tone


def pose(heard_s: float, value: float, lag_s: float = 0.06) -> TimedPose:
    return TimedPose(heard_s, heard_s + lag_s, np.full(52, value, np.float32), np.full(3, value, np.float32))


def test_two_poses_are_blended_behind_the_clock() -> None:
    track = PoseTrack()
    assert track.at(0.0) is None
    for i in range(4):
        track.add(pose(10 + i * STEP_S, i / 4))
    assert track.delay_s == pytest.approx(0.06 + STEP_S)
    weights, rotation = track.at(10 + 1.5 * STEP_S + track.delay_s)  # type: ignore[misc]
    assert np.allclose(weights, 0.375) and np.allclose(rotation, 0.375)


def test_a_face_without_news_comes_to_rest_and_is_wiped() -> None:
    track = PoseTrack()
    track.add(pose(10.0, 0.8))
    shown = [track.at(10.0 + track.delay_s + late_s)[0][0] for late_s in (0.0, 0.1, 0.3, 2.0)]  # type: ignore[index]
    assert shown[0] == pytest.approx(0.8) and shown == sorted(shown, reverse=True) and shown[-1] == 0
    track.wipe()
    assert len(track) == 0 and track.at(10.1) is None


def test_old_poses_are_dropped_and_delay_creeps() -> None:
    track = PoseTrack()
    for i in range(10):
        track.add(pose(i * STEP_S, 0.5))
    before = track.delay_s
    track.add(pose(0.0, 1.0))
    assert len(track) == 10
    for i in range(10, 13):
        track.add(pose(i * STEP_S, 0.5, lag_s=0.3))
    assert before < track.delay_s < 0.2


def test_latency_tells_median_and_tail() -> None:
    latency = Latency()
    assert latency.total() is None
    for part in PARTS:
        for ms in range(1, 101):
            latency.note(part, ms / 1000)
    capture, total = latency.of("capture"), latency.total()
    assert capture is not None and total is not None
    assert capture.median_ms == pytest.approx(50.5) and capture.p99_ms == pytest.approx(99.01)
    assert total.median_ms == pytest.approx(5 * 50.5)
    latency.clear()
    assert latency.of("draw") is None


def hop(number: int, value: float) -> Hop:
    samples = np.full(HOP, value, np.float32)
    return Hop(samples, samples * 0, number, 0.0, 0.0)


def test_a_take_has_sound_and_face_on_one_clock() -> None:
    take = LiveTake()
    take.see(3, 0.0, np.ones(52, np.float32), np.zeros(3, np.float32))  # of sound before it began
    for number in (7, 8, 11, 12):  # two hops were dropped
        take.hear(hop(number, 0.1 * number))
        take.see(number, 0.0, np.full(52, (number - 6) * HOP_S, np.float32), np.zeros(3, np.float32))
    audio, performance = take.finish()
    assert len(audio.samples) == 5 * HOP and audio.rate_hz == LIVE_RATE_HZ  # from the first pose on
    assert not audio.samples[HOP : 3 * HOP].any() and audio.samples[3 * HOP] == pytest.approx(1.1)
    assert len(performance.weights) == 2  # 0.1 s at 25 frames
    assert np.allclose(performance.weights[:, JAW], [0.02, 0.06])  # each frame shows the time it stands at


@pytest.mark.parametrize("first", [1, 2])
def test_frames_of_a_take_are_poses_and_not_between_them(first: int) -> None:
    take, shut = LiveTake(), [0.0, 1.0] * 5
    for number in range(12):
        take.hear(hop(number, 0.01 * number))
        if number >= first and (number - first) % 2 == 0:
            weights = np.full(52, shut[(number - first) // 2], np.float32)
            take.see(number, 0.048, weights, np.zeros(3, np.float32))
    audio, performance = take.finish()
    jaw = performance.weights[:, JAW]
    assert np.allclose(jaw, jaw.round(), atol=1e-4) and np.ptp(jaw) > 0.9
    assert 0.24 - 0.04 < audio.seconds <= 0.24


def test_a_path_times_records_and_tunes_what_comes() -> None:
    tuning = with_shape(Tuning(smoothing=Smoothing()), "jawOpen", gain=0.5)
    path = LivePath(lambda: tuning)
    room, path.take = LiveRoom(), LiveTake()
    ticket = room.submit(LiveJob(), lambda event: path.see(event.value) if hasattr(event, "value") else None)
    path.push = ticket.push
    for i in range(10):
        path.hear(replace(hop(i, 0.4), gated=np.full(HOP, 0.4, np.float32), heard_s=i * HOP_S, taken_s=i * HOP_S))
    assert path.poses == 5 and len(path.track) == 5
    newest = path.track._poses[-1]
    assert newest.weights[JAW] == pytest.approx(0.4) and newest.heard_s == pytest.approx(9 * HOP_S)
    audio, performance = path.take.finish()
    assert audio.seconds == pytest.approx(0.2) and performance.weights[:, JAW] == pytest.approx(0.8)  # untuned
    assert all(path.latency.of(part) is not None for part in PARTS if part != "draw")
    path.forget()
    assert path.take is None and not path._pushed and len(path.track) == 0


def test_sound_to_pose_is_the_age_of_the_moment_shown() -> None:
    now_s = 7.0
    path = TimedPath(lambda: now_s)
    path.hear(Hop(np.zeros(HOP, np.float32), np.zeros(HOP, np.float32), 1, 6.998, now_s))
    now_s = 7.006
    face = np.zeros(3, np.float32), np.zeros(52, np.float32)
    path.see(Pose(0.0, *face, -60.0, False, 7.0, 0.001, 0.003, 0.04, 0, 0.0))
    assert path.sound_to_pose_s == pytest.approx([0.048])  # 8 ms after the sound's end, and the frame, once
    assert path.sound_to_pose_s[0] == pytest.approx(now_s - path.track._poses[-1].heard_s)


@pytest.mark.parametrize("make", [lambda n: np.random.default_rng(0).normal(0, 0.2, n), lambda n: np.zeros(n)])
def test_music_noise_and_silence_give_poses_all_the_same(make: Callable[[int], np.ndarray]) -> None:
    path = sound_to_pose(LiveRoom(), LiveJob(), Audio(make(22_050).astype(np.float32), LIVE_RATE_HZ), speed=5.0)
    assert path.poses >= 1 and len(path.sound_to_pose_s) == path.poses


def test_five_minutes_keep_memory_flat_and_lose_nothing() -> None:
    run = soak(LiveRoom(live=Forgetful()), LiveJob(), Audio(tone(2.0), LIVE_RATE_HZ), 300.0, parts=5)
    assert run.poses == 7500 and run.dropped == 0
    assert run.memory_mib[-1] - run.memory_mib[0] < 5.0


class Forgetful(FakeLiveEngine):
    """Keeps no sound, so that only the studio's own memory counts."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = _Nowhere()


class _Nowhere(list[np.ndarray]):
    def append(self, samples: np.ndarray) -> None:
        """Forget it."""
