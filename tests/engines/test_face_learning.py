"""Laws of what the face networks learn from and are measured by: the table of shapes, RAVDESS, truth, training."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError, Progress
from engines.api.expressions import (
    EMPTY_EXPRESSIONS,
    EMPTY_SHAPES,
    EXPRESSIONS,
    NUMBER,
    PAIRS,
    expressions_of,
    shapes_of,
)
from engines.api.face import EMOTIONS
from engines.api.values import Audio, Phone, Speech
from engines.face import ravdess
from engines.face.config import FaceTraining, tiny
from engines.face.dataset import Stream, heard_as, joined, prepare
from engines.face.material import Item, acted_items, actor_items
from engines.face.measure import Take, jerk, landmarks_mm, runs, score
from engines.face.sound import hear
from engines.face.training import Course
from engines.face.truth import ANSWERED, CHANCE, true_face
from engines.scene.head import load_head


def speech(seconds: float = 1.6, rate_hz: int = 16_000) -> Speech:
    """Silence, a vowel, an m, a vowel, silence; the phones are told, the sound only roughly theirs."""
    edges = (0.0, 0.4, 0.7, 0.8, 1.2, seconds)
    phones = tuple(Phone(s, a, b, 1) for s, (a, b) in zip("_ɑmi_", pairwise(edges), strict=True))
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    loud = ((time_s > 0.4) & (time_s < 1.2)) * np.where((time_s > 0.7) & (time_s < 0.8), 0.05, 0.3)
    tone = loud * sum(np.sin(2 * np.pi * 130 * h * time_s) / h for h in range(1, 15))
    noise = 1e-4 * np.random.default_rng(0).standard_normal(len(time_s))
    return Speech(Audio((tone + noise).astype(np.float32), rate_hz), phones)


def item(key: str = "one", emotion: str = "neutral") -> Item:
    return Item(key, "somebody", "train", speech, emotion)


def test_there_are_forty_six_expressions_and_every_one_is_a_shape_or_listed_empty() -> None:
    assert len(EXPRESSIONS) == len(set(EXPRESSIONS)) == 46
    assert set(PAIRS) | set(EMPTY_EXPRESSIONS) == set(EXPRESSIONS) and not set(PAIRS) & set(EMPTY_EXPRESSIONS)
    used = [shape for pair in PAIRS.values() for shape in pair]
    assert len(used) == len(set(used)) and set(used) | set(EMPTY_SHAPES) == set(NAMES)
    assert EMPTY_EXPRESSIONS == ("LipsUpperOpen", "LipsLowerOpen")
    assert set(EMPTY_SHAPES) == {f"{n}{s}" for n in ("mouthPress", "cheekSquint") for s in ("Left", "Right")} | {
        "tongueOut"
    }


def test_expressions_come_back_from_shapes() -> None:
    expressions = np.random.default_rng(0).random((7, 46)).astype(np.float32)
    expressions[:, [NUMBER[name] for name in EMPTY_EXPRESSIONS]] = 0.0
    assert np.allclose(expressions_of(shapes_of(expressions)), expressions, atol=1e-6)


def test_shapes_come_back_from_expressions_where_both_sides_agree() -> None:
    shapes = np.random.default_rng(0).random((7, 52)).astype(np.float32)
    shapes[:, [INDEX[name] for name in EMPTY_SHAPES]] = 0.0
    for pair in PAIRS.values():
        shapes[:, [INDEX[name] for name in pair]] = shapes[:, [INDEX[pair[0]]]]
    assert np.allclose(shapes_of(expressions_of(shapes)), shapes, atol=1e-6)


def test_sides_are_not_swapped() -> None:
    face = np.zeros(46, np.float32)
    face[NUMBER["EyeBlink_L"]] = face[NUMBER["JawOpen"]] = 1.0
    shapes = shapes_of(face)
    assert shapes[INDEX["eyeBlinkLeft"]] == shapes[INDEX["jawOpen"]] == 1.0 and shapes.sum() == 2.0


def write_performance(folder: Path, name: str, rows: list[str], header: str = "time_s,jawOpen,BrowsU_C,pitch") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / f"{name}.wav", np.zeros((4800, 2), np.float32), 48_000)
    (folder / f"{name}.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return folder


def test_a_tracked_folder_is_read(tmp_path: Path) -> None:
    rows = [f"{i / 30},{i / 10},0.5,{0.1 * i}" for i in range(4)]
    folder = write_performance(tmp_path / "Actor_12", "03-01-05-02-02-01-12", rows)
    (folder / "notes.wav").write_bytes(b"")
    (found,) = ravdess.performances(tmp_path)
    assert (found.emotion, found.strong, found.actor, found.voice) == ("angry", True, 12, "actor-12")
    assert found.text == "Dogs are sitting by the door" and not found.song
    tracked = ravdess.load(found)
    assert tracked.audio.rate_hz == 48_000 and tracked.audio.samples.shape == (4800,)
    assert tracked.weights.shape == (2, 52) and tracked.rotation.shape == (2, 3)
    assert tracked.weights[1, INDEX["jawOpen"]] == pytest.approx(0.04 * 30 / 10)
    assert tracked.weights[0, INDEX["browInnerUp"]] == 0.5 and tracked.rotation[1, 0] == pytest.approx(0.12)


def test_the_eight_emotions_are_those_of_the_names(tmp_path: Path) -> None:
    for i in range(8):
        write_performance(tmp_path, f"01-01-0{i + 1}-01-01-02-0{i + 1}", ["0,0,0,0", "1,0,0,0"])
    assert tuple(p.emotion for p in ravdess.performances(tmp_path)) == EMOTIONS


@pytest.mark.parametrize(
    ("rows", "header", "sentence"),
    [
        (["0,0,0,0", "0,0,0,0"], "time_s,jawOpen,BrowsU_C,pitch", "times that do not grow"),
        (["0,0,0,0", "1,x,0,0"], "time_s,jawOpen,BrowsU_C,pitch", "no table of face curves"),
        (["0,0,0,0", "1,0,0,0"], "time_s,jawsOpen,BrowsU_C,pitch", "'jawsOpen', which is no face shape"),
        ([], "time_s,jawOpen", "no table of face curves"),
        (["0,0", "1"], "time_s,jawOpen", "no table of face curves"),
    ],
)
def test_a_bad_table_is_told_in_a_sentence(tmp_path: Path, rows: list[str], header: str, sentence: str) -> None:
    write_performance(tmp_path, "03-01-01-01-01-01-01", rows, header)
    with pytest.raises(EngineError, match=sentence):
        ravdess.load(ravdess.performances(tmp_path)[0])


def test_an_actor_is_learned_from_as_he_was_and_split_by_number(tmp_path: Path) -> None:
    rows = [f"{i / 25},{0.1 * (i % 5)},0.5,0.02" for i in range(60)]
    for actor in (1, 21, 24):
        folder = write_performance(tmp_path, f"03-01-03-01-01-01-{actor:02d}", rows)
        soundfile.write(folder / f"03-01-03-01-01-01-{actor:02d}.wav", speech().audio.samples, 16_000)
    items = {i.voice: i for i in actor_items(ravdess.performances(tmp_path))}
    assert {v: i.split for v, i in items.items()} == {"actor-01": "train", "actor-21": "tune", "actor-24": "test"}
    for version in (0, 1):
        stream = heard_as(items["actor-01"], tiny(), version)
        assert stream.expressions[3, NUMBER["JawOpen"]] == pytest.approx(0.3, abs=1e-3)
        assert stream.expressions[3, NUMBER["BrowsU_C"]] == 0.5 and stream.turns[3, 0] == pytest.approx(0.01, abs=1e-4)


def test_a_folder_without_performances_has_none(tmp_path: Path) -> None:
    (tmp_path / "03-01-01-01-01-01-01.wav").write_bytes(b"")
    assert ravdess.performances(tmp_path) == ()


def test_truth_closes_on_m_rests_in_silence_and_leaves_chance_out() -> None:
    said = speech()
    truth = true_face(said, hear(said.audio, 40))
    assert truth.shut[18:20].any() and not truth.shut[:15].any()
    assert np.allclose(truth.expressions[:, ~ANSWERED], 0.0)
    assert {n[:-2] for n in CHANCE} == {"EyeBlink", "EyeDown", "EyeIn", "EyeOut", "EyeUp"}
    assert truth.weights[13, INDEX["jawOpen"]] > 0.2
    assert np.ptp(truth.weights[:6][:, [INDEX["jawOpen"], INDEX["mouthLowerDownLeft"]]], axis=0).max() == 0.0
    again = true_face(said, hear(said.audio, 40))
    assert np.array_equal(truth.weights, again.weights)


def test_truth_looks_no_further_ahead_for_rotation_than_the_ear_hears() -> None:
    said = speech()
    cut = Audio(np.concatenate([said.audio.samples[:11_200], np.zeros(14_400, np.float32)]), 16_000)
    whole, part = (true_face(Speech(a, said.phones), hear(a, 40)) for a in (said.audio, cut))
    assert np.array_equal(whole.rotation[:16], part.rotation[:16])
    assert not np.array_equal(whole.rotation[20:30], part.rotation[20:30])


def test_voices_and_sentences_of_acted_tests_are_never_trained_on() -> None:
    items = list(acted_items())
    sides = {split: [i for i in items if i.split == split] for split in ("train", "test")}
    assert not {i.voice for i in sides["train"]} & {i.voice for i in sides["test"]}
    assert not {i.key.split("-", 3)[-1] for i in sides["train"]} & {i.key.split("-", 3)[-1] for i in sides["test"]}
    assert {i.emotion for i in sides["test"]} == set(EMOTIONS)


def test_speech_is_prepared_once_and_read_again(tmp_path: Path) -> None:
    items = (item("one"), item("two", "sad"))
    first = list(prepare(items, tmp_path, tiny(), 2))
    again = list(prepare(items, tmp_path, tiny(), 2))
    assert isinstance(first[0], Progress) and len(again) == 1
    one, two = first[-1], again[-1]
    assert isinstance(one, Stream) and isinstance(two, Stream)
    assert np.array_equal(one.columns, two.columns) and len(one.ends) == len(one.expressions) == len(one.shut)
    assert one.ends[-1] == len(one.columns) - 1


def test_a_clip_holds_the_windows_of_its_faces() -> None:
    stream = joined([heard_as(item(), tiny(), 0), heard_as(item("b"), tiny(), 1)])
    clip = stream.clip(20, 30)
    assert clip.ends[0] == 31 and np.array_equal(
        clip.columns[:32], stream.columns[stream.ends[20] - 31 : stream.ends[20] + 1]
    )
    assert np.array_equal(clip.expressions, stream.expressions[20:50])


def test_a_stream_knows_where_recordings_begin_and_clips_what_they_cannot_know() -> None:
    stream = joined([heard_as(item(key), tiny(), 0) for key in "abcd"])
    assert stream.begins.tolist() == [0, 40, 80, 120]
    course = Course(tiny(), FaceTraining(), stream, 1e9, "cpu")
    assert course._known(40, 100).all()
    assert course._known(60, 50).tolist() == [0.0] * 20 + [1.0] * 30  # until the next one begins
    assert course._known(121, 100).sum() == 25  # or three seconds on
    starts = course._starts(np.random.default_rng(0), 50, 400)
    assert starts.min() >= 0 and starts.max() <= 110
    assert 150 < np.isin(starts, stream.begins).sum() < 250 and 120 not in starts


def test_a_turn_that_nothing_told_costs_nothing() -> None:
    stream = heard_as(item(), tiny(), 0)
    course = Course(tiny("static"), FaceTraining(), stream, 1e9, "cpu")
    true = torch.from_numpy(stream.expressions.astype(np.float32))[None], torch.from_numpy(stream.turns)[None]
    wrong, shut = true[1] + 0.01, torch.zeros(1, 40)
    for known, cost in ((torch.zeros(1, 40), 0.0), (torch.ones(1, 40), FaceTraining().turning * (0.01 / 0.006) ** 2)):
        loss = course._yardstick.loss((true[0], wrong), true, shut, known, FaceTraining())
        assert float(loss) == pytest.approx(cost, rel=1e-3)


@pytest.mark.parametrize("kind", ["static", "lstm"])
def test_a_network_learns_what_it_hears_and_goes_on_after_a_pause(kind: str, tmp_path: Path) -> None:
    stream = heard_as(item(), tiny(), 0)
    how = FaceTraining(batch=2, clip=18, long_batch=2, long_clip=18, steps=60, rate=5e-3, long_rate=5e-3, dropout=0.0)
    config = tiny(kind)  # type: ignore[arg-type]
    course = Course(config, how, stream, 1e9, "cpu")
    losses = [loss for _, loss in zip(range(40), course.fit(), strict=False)]
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])
    course.save(tmp_path / "kept.safetensors")
    other = Course(config, replace(how, seed=5), stream, 1e9, "cpu")
    other.restore(tmp_path / "kept.safetensors")
    assert other.step == course.step == 40
    assert all(torch.equal(a, b) for a, b in zip(other.network.parameters(), course.network.parameters(), strict=True))
    assert len(list(other.fit())) == 20


def test_scores_know_right_from_wrong() -> None:
    said = speech()
    truth = true_face(said, hear(said.audio, 40))
    silent = np.zeros(40, bool)
    silent[:6] = True
    right = score([Take("v", "neutral", True, truth.weights, truth.rotation, truth, silent)])
    assert right.weight_mse < 1e-12 and right.landmark_rmse_mm < 1e-3 and right.closed == 1.0 and right.closures == 1
    assert right.silent_gap_mm == 0.0 and right.jerk == pytest.approx(right.true_jerk)
    open_ = truth.weights.copy()
    open_[:, INDEX["jawOpen"]] = 0.2 + 0.1 * (np.arange(40) % 2)
    wrong = score([Take("v", "neutral", True, open_, truth.rotation, truth, silent)])
    assert wrong.closed == 0.0 and wrong.weight_mse > 1e-4 and wrong.landmark_rmse_mm > 0.5
    assert wrong.jerk > right.jerk and wrong.silent_gap_mm > 1.0 and wrong.silent_motion_mm > 0.5


def test_landmarks_are_the_heads_own_in_millimetres() -> None:
    weights = np.random.default_rng(0).uniform(0, 0.3, (2, 52)).astype(np.float32)
    rotation = np.array([[0.1, -0.05, 0.02], [0, 0, 0]], np.float32)
    own = np.stack([load_head(level=0).landmarks(w, r) for w, r in zip(weights, rotation, strict=True)])
    assert np.allclose(landmarks_mm(weights, rotation), 10 * own, atol=1e-3)
    assert jerk(np.zeros((9, 3, 3))) == 0.0 and runs(np.array([0, 1, 1, 0, 1])) == [(1, 3), (4, 5)]


def test_a_network_with_a_memory_begins_where_the_static_one_ended() -> None:
    stream = heard_as(item(), tiny(), 0)
    static, lstm = (Course(tiny(kind), FaceTraining(), stream, 1e9, "cpu") for kind in ("static", "lstm"))
    with torch.no_grad():
        static.average.before[0].weight.mul_(2.0)
    memory = lstm.network.state_dict()["memory.weight_hh_l0"].clone()
    lstm.start_from(static.average)
    assert torch.equal(lstm.network.before[0].weight, static.average.before[0].weight)
    assert torch.equal(lstm.average.expressions.bias, static.average.expressions.bias)
    assert torch.equal(lstm.network.state_dict()["memory.weight_hh_l0"], memory)
