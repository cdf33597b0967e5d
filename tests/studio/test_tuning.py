"""Layers over a performance: what each does, what it leaves alone, and that all of it is saved and undone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engines.api.arkit import INDEX, NAMES
from engines.api.values import Performance
from studio.document.codec import decode, encode
from studio.document.emotions import emotion_face
from studio.document.errors import DocumentError
from studio.document.filters import OneEuro
from studio.document.history import Document
from studio.document.layers import LiveTuning, audible, tuned
from studio.document.presets import Presets
from studio.document.project import Project, Story
from studio.document.tuning import (
    COLUMN,
    REGION_OF,
    Curve,
    Key,
    Layer,
    ShapeTuning,
    Smoothing,
    Tuning,
    with_curve,
    with_preset,
    with_region,
    with_shape,
)

JAW, BLINK, SMILE = INDEX["jawOpen"], INDEX["eyeBlinkLeft"], INDEX["mouthSmileLeft"]


@pytest.fixture
def motion() -> Performance:
    rng = np.random.default_rng(3)
    weights = rng.uniform(0.1, 0.4, (50, len(NAMES))).astype(np.float32)
    return Performance(weights, rng.normal(0, 0.03, (50, 3)).astype(np.float32), Fraction(25))


def test_no_tuning_changes_nothing(motion: Performance) -> None:
    same = tuned(motion, Tuning())
    np.testing.assert_allclose(same.weights, motion.weights, atol=1e-6)
    np.testing.assert_allclose(same.rotation, motion.rotation, atol=1e-6)


def test_gain_and_offset_touch_one_shape_and_never_the_output_below(motion: Performance) -> None:
    before = motion.weights.copy()
    out = tuned(motion, with_shape(Tuning(), "jawOpen", gain=2.0, offset=0.1))
    np.testing.assert_allclose(out.weights[:, JAW], np.clip(before[:, JAW] * 2 + 0.1, 0, 1), atol=1e-6)
    np.testing.assert_allclose(np.delete(out.weights, JAW, 1), np.delete(before, JAW, 1), atol=1e-6)
    np.testing.assert_array_equal(motion.weights, before)


def test_a_region_moves_its_channels_and_the_head_is_one(motion: Performance) -> None:
    out = tuned(motion, with_region(with_region(Tuning(), "lips", 0.0), "head", 2.0))
    lips = [INDEX[name] for name in NAMES if REGION_OF[name] == "lips"]
    assert not out.weights[:, lips].any()
    assert out.weights[:, JAW].any()
    np.testing.assert_allclose(out.rotation, 2 * motion.rotation, atol=1e-6)


def test_every_channel_has_one_region() -> None:
    assert set(REGION_OF) == set(COLUMN)


def test_a_locked_shape_lets_nothing_by_but_its_own(motion: Performance) -> None:
    tuning = with_shape(with_shape(Tuning(), "mouthSmileLeft", gain=0.5), "mouthSmileLeft", locked=True)
    assert with_shape(tuning, "mouthSmileLeft", gain=3.0) == tuning
    assert with_curve(tuning, Curve("mouthSmileLeft", "t", (Key(0, 1),))) == tuning
    tuning = replace(with_region(tuning, "lips", 3.0), emotion="happy", emotion_strength=1.0)
    assert with_preset(tuning, with_shape(Tuning(), "mouthSmileLeft", gain=2.0)).shape("mouthSmileLeft").gain == 0.5
    out = tuned(motion, tuning)
    np.testing.assert_allclose(out.weights[:, SMILE], 0.5 * motion.weights[:, SMILE], atol=1e-6)
    assert with_shape(tuning, "mouthSmileLeft", locked=False).shape("mouthSmileLeft").gain == 0.5


def test_solo_is_for_looking_only(motion: Performance) -> None:
    tuning = with_shape(Tuning(), "jawOpen", solo=True)
    assert list(np.flatnonzero(audible(tuning))) == [COLUMN["jawOpen"]]
    assert audible(Tuning()).all()
    np.testing.assert_allclose(tuned(motion, tuning).weights, motion.weights, atol=1e-6)


def test_blinks_and_gaze_can_be_taken_off(motion: Performance) -> None:
    out = tuned(motion, Tuning(blinks=Layer(on=False), gaze=Layer(strength=0.5)))
    assert not out.weights[:, [BLINK, INDEX["eyeBlinkRight"]]].any()
    look = INDEX["eyeLookUpLeft"]
    np.testing.assert_allclose(out.weights[:, look], 0.5 * motion.weights[:, look], atol=1e-6)


@pytest.mark.parametrize("kind", ["one-euro", "savitzky-golay"])
def test_smoothing_calms_all_but_blinks(kind: str, motion: Performance) -> None:
    smoothing = decode(Smoothing, {"kind": kind, "beta": 0.0})
    out = tuned(motion, Tuning(smoothing=smoothing))
    jerk = [np.abs(np.diff(p.weights[:, JAW], 2)).mean() for p in (out, motion)]
    assert jerk[0] < 0.6 * jerk[1]
    np.testing.assert_allclose(out.weights[:, BLINK], motion.weights[:, BLINK], atol=1e-6)


def test_one_euro_holds_still_values_and_hurries_after_quick_ones() -> None:
    calm, quick = OneEuro(1.0, 0.0), OneEuro(1.0, 5.0)
    step = np.concatenate([np.zeros(20), np.ones(20)])[:, None]
    slow = np.array([calm.push(row, 0.04) for row in step])
    fast = np.array([quick.push(row, 0.04) for row in step])
    assert not slow[:20].any()
    assert (fast[21:30] > slow[21:30]).all()


def test_a_take_shorter_than_the_window_is_left_alone() -> None:
    short = Performance(np.full((3, 52), 0.2, np.float32), np.zeros((3, 3), np.float32), Fraction(25))
    out = tuned(short, Tuning(smoothing=Smoothing("savitzky-golay", window_s=1.0)))
    np.testing.assert_allclose(out.weights, short.weights)


def test_live_poses_are_tuned_as_the_whole_take_is(motion: Performance) -> None:
    tuning = replace(
        with_region(with_shape(Tuning(), "jawOpen", gain=1.4, offset=-0.02), "brows", 0.5),
        smoothing=Smoothing("one-euro"),
        emotion="surprised",
    )
    live = LiveTuning(tuning)
    poses = [live.push(w, r, 1 / 25) for w, r in zip(motion.weights, motion.rotation, strict=True)]
    whole = tuned(motion, tuning)
    np.testing.assert_allclose([w for w, _ in poses], whole.weights, atol=1e-6)
    np.testing.assert_allclose([r for _, r in poses], whole.rotation, atol=1e-6)


def test_an_emotion_shows_on_the_face_and_leaves_shut_lips_shut(motion: Performance) -> None:
    shut = Performance(np.zeros((4, 52), np.float32), np.zeros((4, 3), np.float32), Fraction(25))
    happy = tuned(shut, Tuning(emotion="happy", emotion_strength=1.0))
    assert happy.weights[0, SMILE] == pytest.approx(emotion_face("happy")[SMILE])
    disgust = tuned(shut, Tuning(emotion="disgust", emotion_strength=1.0))
    assert not disgust.weights[:, INDEX["mouthUpperUpLeft"]].any()
    assert tuned(motion, Tuning(emotion="disgust")).weights[:, INDEX["mouthUpperUpLeft"]].mean() > 0.3
    faces = np.stack([emotion_face(e) for e in ("calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")])
    assert len(np.unique(faces, axis=0)) == 7


def test_one_drag_is_one_step_and_everything_survives_the_disk() -> None:
    document = Document(Project(stories=(Story(id="s"),)))
    for gain in (1.1, 1.2, 1.3):
        story = document.project.stories[0]
        changed = replace(story, tuning=with_shape(story.tuning, "jawOpen", gain=gain))
        document.edit("Gain", replace(document.project, stories=(changed,)), gesture="drag")
    assert document.project.stories[0].tuning.shape("jawOpen").gain == 1.3
    assert decode(Project, encode(document.project)) == document.project
    document.undo()
    assert document.project.stories[0].tuning == Tuning()
    old = encode(document.project)
    del old["stories"][0]["tuning"], old["clip"]["character"]
    assert decode(Project, old) == document.project


def test_an_unknown_shape_is_refused_in_a_sentence() -> None:
    with pytest.raises(DocumentError, match="earWiggle"):
        decode(Tuning, {"shapes": [{"shape": "earWiggle"}]})


def test_presets_come_back_by_name_without_keys(tmp_path: Path) -> None:
    presets = Presets(tmp_path / "faces")
    assert presets.names() == ()
    tuning = Tuning(
        model="gru",
        shapes=(ShapeTuning("jawOpen", gain=1.2, solo=True),),
        emotion="calm",
        curves=(Curve("jawOpen", "t", (Key(0.0, 1.0),)),),
    )
    presets.save("Élan/1", tuning)
    presets.save("elan/1", Tuning())
    assert presets.names() == ("elan/1", "Élan/1")
    kept = presets.load("Élan/1")
    assert kept == Tuning(shapes=(ShapeTuning("jawOpen", gain=1.2),), emotion="calm")
    mixed = with_preset(Tuning(model="lstm", curves=tuning.curves), kept)
    assert (mixed.model, mixed.curves, mixed.emotion) == ("lstm", tuning.curves, "calm")
    (tmp_path / "faces" / "junk.json").write_text("{")
    assert len(presets.names()) == 2
    presets.remove("elan/1")
    assert presets.names() == ("Élan/1",)
    for name in ("", "  ", "x" * 80):
        with pytest.raises(DocumentError, match="name"):
            presets.save(name, tuning)
    with pytest.raises(DocumentError, match="gone or damaged"):
        presets.load("nobody")
