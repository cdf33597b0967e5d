"""Footage: frames are chosen to cover, runs are contiguous, files agree, rendering resumes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engines.api.events import EngineError
from engines.api.jobs import FootageJob
from engines.api.values import SILENCE, Audio, Performance, Phone, Speech
from engines.presenter import footage, footage_plan
from engines.presenter.draw_pool import over_neutral
from engines.presenter.footage_files import (
    BACKGROUND,
    Clip,
    read_clip,
    read_clips,
    read_footage,
    read_picture,
    write_clip,
    write_picture,
)
from engines.presenter.footage_plan import Source, choose, farthest, interleave, run_of, stage
from engines.presenter.template_clip import eased_times, extremes, moving_part, resting_motion
from engines.scene.head import load_head


def said(symbols: str = "mɑbɑ", lead_s: float = 0.6) -> Speech:
    times = lead_s + 0.1 * np.arange(len(symbols) + 1)
    phones = [Phone(SILENCE, 0.0, lead_s)]
    phones += [Phone(s, float(a), float(b)) for s, a, b in zip(symbols, times[:-1], times[1:], strict=True)]
    sound = np.random.default_rng(0).normal(0, 0.05, round((times[-1] + 0.2) * 16000))
    return Speech(Audio(sound.astype(np.float32), 16000), tuple(phones))


@pytest.fixture(scope="module")
def clip() -> Clip:
    source = Source("a/b c.flac", "train", "Mama.", "someone", said)
    return stage(source, said(), load_head(), footage.face_camera()[0])


def test_landmarks_lie_in_the_face_box(clip: Clip) -> None:
    assert clip.landmarks.shape == (len(clip.performance.weights), 68, 2)
    assert clip.landmarks.min() > 0
    assert clip.landmarks.max() < 512


def test_farthest_points_cover_better_than_chance() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(2000, 5)).astype(np.float32)

    def radius(chosen: np.ndarray) -> float:
        gaps = np.linalg.norm(points[:, None] - points[chosen][None], axis=2)
        return float(gaps.min(axis=1).max())

    spread = farthest(points, 60)
    assert len(set(spread.tolist())) == 60
    assert radius(spread) < 0.8 * radius(rng.permutation(2000)[:60])
    np.testing.assert_array_equal(farthest(points, 20), spread[:20])


def test_choice_repeats_without_doubles(clip: Clip) -> None:
    other = replace(clip, landmarks=clip.landmarks[::-1].copy(), name="train/other")
    picked = choose([clip, other], 21)
    assert len(set(picked)) == len(picked) == 21
    assert picked == choose([clip, other], 21)
    assert len(choose([clip], 10_000)) == len(clip.landmarks)


def test_unseen_runs_are_contiguous_and_start_before_speech(clip: Clip) -> None:
    frames = run_of(clip, said(), 0.4).frames
    assert np.diff(frames).tolist() == [1] * (len(frames) - 1)
    assert len(frames) == 10
    assert 0.6 - 0.3 < frames[0] / 25 < 0.6


def test_order_spreads_the_runs_among_the_training_pictures() -> None:
    train = [("t", i) for i in range(90)]
    order = interleave(train, [[("u", 0), ("u", 1)], [("v", 0)]])
    assert [item for item in order if item[0] == "t"] == train
    assert order.index(("u", 0)) == 22
    assert order.index(("v", 0)) == 46


def test_a_clip_reads_back(clip: Clip, tmp_path: Path) -> None:
    write_clip(tmp_path, replace(clip, frames=(3, 5)), said().audio)
    read = read_clip(tmp_path, clip.name)
    np.testing.assert_array_equal(read.landmarks, clip.landmarks)
    np.testing.assert_array_equal(read.performance.weights, clip.performance.weights)
    assert (read.frames, read.performance.fps, read.text) == ((3, 5), Fraction(25), "Mama.")
    assert read.rendered(tmp_path) == ()
    np.testing.assert_allclose(read.sound(tmp_path).samples, said().audio.samples, atol=2e-5)


def test_pictures_are_exact(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for channels in (3, 4):
        picture = rng.integers(0, 256, (8, 6, channels), np.uint8)
        write_picture(tmp_path / "a.png", picture)
        np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), picture)
    clear = np.zeros((2, 2, 4), np.uint8)
    assert over_neutral(clear)[0, 0].tolist() == list(BACKGROUND)


def test_footage_renders_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = [Source("one", "train", "", "v", said)]
    unseen = [Source("two", "unseen-sentence", "", "v", lambda: said("ɑf"))]
    monkeypatch.setattr(footage, "find_sources", lambda data, labels: (train, unseen))
    monkeypatch.setattr(footage, "make_template", lambda folder, tier, workers: iter(()))
    job = FootageJob(str(tmp_path / "out"), frames=2, unseen_seconds=0.04, workers=1, tier="live")
    list(footage.run(job, None))
    order = read_footage(tmp_path / "out").order
    clips = {clip.name: clip for clip in read_clips(tmp_path / "out")}
    paths = [clips[name].picture_path(tmp_path / "out", frame) for name, frame in order]
    assert len(paths) == 3
    first = read_picture(paths[0])
    assert first.shape == (512, 512, 3)
    assert first.std() > 5
    kept = paths[1].stat().st_mtime_ns
    paths[0].unlink()
    list(footage.run(job, None))
    np.testing.assert_array_equal(read_picture(paths[0]), first)
    assert paths[1].stat().st_mtime_ns == kept
    with pytest.raises(EngineError, match="another look or plan"):
        list(footage.run(replace(job, frames=5), None))


def test_foreign_folders_and_wrong_numbers_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no footage"):
        read_clips(tmp_path)
    (tmp_path / "file").touch()
    for bad in (
        FootageJob(str(tmp_path / "file")),
        FootageJob(str(tmp_path), tier="oil"),
        FootageJob(str(tmp_path), frames=0),
        FootageJob(str(tmp_path), workers=0),
    ):
        with pytest.raises(EngineError):
            list(footage.run(bad, None))


def test_template_stands_still_at_its_ends_with_lips_closed() -> None:
    motion = resting_motion(4.0)
    assert isinstance(motion, Performance)
    speed = np.linalg.norm(np.diff(motion.rotation, axis=0), axis=1)
    assert max(speed[0], speed[-1]) < 0.35 * np.median(speed[25:-25])
    mouth = motion.weights[:, [i for i, n in enumerate(footage_plan.INDEX) if n.startswith(("mouth", "jaw"))]]
    assert np.ptp(mouth, axis=0).max() == 0.0
    times = eased_times(100, 0.04, 0.5)
    assert np.all(np.diff(times) >= 0)
    assert np.diff(times).max() == pytest.approx(0.04)


def test_only_what_moves_is_drawn_again() -> None:
    still = np.full((200, 300, 4), 90, np.uint8)
    moved = still.copy()
    moved[80:100, 150:190] = 200
    x, y, w, h = moving_part([still, moved, still], (500, 60, 300, 200))
    assert x <= 650 < 690 <= x + w
    assert y <= 140 < 160 <= y + h
    assert w * h < 0.25 * still[..., 0].size
    assert moving_part([still, still], (500, 60, 300, 200)) == (500, 60, 300, 200)
    motion = resting_motion(2.0)
    assert motion.rotation[:, 1].argmax() in extremes(motion)
