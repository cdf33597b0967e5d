"""Laws of sound to face: no look-ahead, a stream gives what the whole gives, lips that are shut are shut, live jobs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
import torch

from engines.api.arkit import INDEX, MOUTH, NAMES
from engines.api.events import Cancelled, EngineError, Event, Partial, Progress
from engines.api.face import EMOTIONS, LIVE_MODELS, AnimateJob, LiveJob, Pose
from engines.api.rooms import result_of
from engines.api.values import Audio, Performance
from engines.face.config import COLUMNS, DELAY_S, EARLY, FPS, FRAME, KINDS, LEAD_S, FaceConfig, Kind, tiny
from engines.face.engine import FaceEngine
from engines.face.idle import Idle
from engines.face.loudness import FALL, HOLD, Loudness
from engines.face.model import FaceNetwork
from engines.face.mouth import OURS, gate, openings_cm, rest, shut
from engines.face.sound import Ear, hear
from engines.face.turning import quaternions_of, rotations_of
from engines.face.weights import Face, load_face, save_face
from engines.performance.emotions import CORNERS, STYLES, express
from engines.room import InlineRoom
from engines.scene.head import rotation_matrix

MEANS = np.full(46, 0.1, np.float32), np.zeros(3, np.float32)


def face(kind: Kind = "lstm") -> Face:
    torch.manual_seed(3)
    return Face(FaceNetwork(tiny(kind)).eval().requires_grad_(False), *MEANS, {})


def voice(seconds: float = 1.2, rate_hz: int = 16_000, seed: int = 0) -> Audio:
    """Something like a vowel whose loudness and pitch move, with a pause in the middle."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch = 140 + 25 * np.sin(2 * np.pi * 1.3 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    loud = np.abs(np.sin(2 * np.pi * 2.5 * time_s)) * (np.abs(time_s - seconds / 2) > 0.08)
    noise = np.random.default_rng(seed).standard_normal(len(time_s)) * 1e-4
    tone = sum(np.sin(h * phase) / h for h in range(1, 12)) * loud * 0.2 + noise
    return Audio(tone.astype(np.float32), rate_hz)


def live_poses(engine: FaceEngine, job: LiveJob, blocks: list[Audio]) -> list[Pose]:
    heard: list[Event] = []
    ticket = InlineRoom(lambda job: engine).submit(job, heard.append)
    for block in blocks:
        ticket.push(block)
    ticket.cancel()
    assert heard[0] == Progress(1, 1, "Listening") and heard[-1] == Cancelled()
    return [event.value for event in heard[1:-1] if isinstance(event, Partial)]


def cut(audio: Audio, sizes: list[int]) -> list[Audio]:
    edges = np.cumsum([0, *sizes])
    blocks = [audio.samples[a:b] for a, b in pairwise(edges)]
    return [Audio(b, audio.rate_hz) for b in [*blocks, audio.samples[edges[-1] :]] if len(b)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_face_depends_on_later_sound(kind: Kind) -> None:
    torch.manual_seed(0)
    network = FaceNetwork(FaceConfig(kind)).eval()
    columns = torch.rand(1, COLUMNS + 14 * 5, 128, requires_grad=True)
    ends = torch.tensor([[COLUMNS - 1 + 14 * i for i in range(6)]])
    expressions, turns, _ = network(columns, ends)
    (expressions[0, 2].sum() + turns[0, 2].sum()).backward()
    assert columns.grad is not None
    felt = columns.grad[0].abs().sum(dim=1) > 0
    last = int(ends[0, 2])
    assert not felt[last + 1 :].any() and felt[last]
    first = 0 if kind != "static" else last - COLUMNS + 1
    assert not felt[: max(0, first)].any() and felt[first : last + 1].sum() > COLUMNS // 2


def test_sound_after_a_moment_does_not_change_what_was_heard() -> None:
    sound = voice()
    whole = hear(sound, 20)
    known = round((9 / FPS + DELAY_S) * sound.rate_hz)  # face 9 is that of 360 ms
    changed = Audio(np.concatenate([sound.samples[:known], -sound.samples[known:] * 0.5]), sound.rate_hz)
    other = hear(changed, 20)
    end = whole.ends[9] + 1
    assert np.array_equal(whole.columns[:end], other.columns[:end])
    assert np.array_equal(whole.pitch_hz[:10], other.pitch_hz[:10])
    assert not np.array_equal(whole.columns[end:], other.columns[end:])


@pytest.mark.parametrize("kind", KINDS)
def test_live_faces_are_those_of_the_whole_recording(kind: Kind) -> None:
    sound, engine = voice(), FaceEngine({kind: face(kind)})
    whole: Performance = result_of(engine.run(AnimateJob(sound, kind, layers=False)))
    rng = np.random.default_rng(1)
    early = round(LEAD_S * sound.rate_hz)  # live, faces come when 40, 80, ... ms have: here those of 0, 40, ... ms
    later = Audio(sound.samples[early:], sound.rate_hz)
    poses = live_poses(engine, LiveJob(kind, layers=False), cut(later, list(rng.integers(1, 900, 30))))
    known = slice(len(poses))
    assert len(poses) == len(whole.weights) - 1
    assert np.abs(np.stack([p.weights for p in poses]) - whole.weights[known]).max() < 1e-5
    assert np.abs(np.stack([p.rotation for p in poses]) - whole.rotation[known]).max() < 1e-5
    assert [p.at_s + LEAD_S for p in poses] == pytest.approx(np.arange(len(poses)) / 25)


def test_a_face_comes_with_the_block_that_completes_its_forty_milliseconds() -> None:
    for rate_hz in (8_000, 16_000, 44_100, 48_000, 96_000):
        ear, block = Ear(rate_hz), np.zeros(rate_hz // 50, np.float32)
        assert [len(list(ear.push(block))) for _ in range(10)] == [0, 1] * 5
    assert EARLY < FRAME // 4


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
def test_the_same_voice_is_heard_alike_at_any_rate(rate_hz: int) -> None:
    sound = voice()
    other = Audio(soxr.resample(sound.samples, sound.rate_hz, rate_hz).astype(np.float32), rate_hz)
    one, two = hear(sound, 25), hear(other, 25)
    loud = one.columns[:, :40] > 0.3
    assert loud.mean() > 0.02
    assert np.abs(one.columns - two.columns)[:, :40][loud].mean() < 0.02
    assert np.abs(one.energy_db - two.energy_db)[one.energy_db > -40].max() < 1.0


def test_a_change_of_rate_goes_on_and_lost_sound_moves_the_clock() -> None:
    engine = FaceEngine({"gru": face("gru")})
    first, second = voice(0.4, 16_000), voice(0.4, 48_000)
    poses = live_poses(engine, LiveJob("gru"), [first, second])
    assert [p.at_s + LEAD_S for p in poses] == pytest.approx([*(np.arange(10) / 25), *(0.4 + np.arange(10) / 25)])
    assert {p.delay_s for p in poses} == {DELAY_S} and all(p.dropped == 0 for p in poses)


def test_bad_live_sound_still_gives_a_face() -> None:
    engine = FaceEngine({"static": face("static")})
    broken = np.full(3200, np.nan, np.float32)
    clipped = np.full(3200, 40.0, np.float32)
    poses = live_poses(engine, LiveJob("static"), [Audio(broken, 16_000), Audio(clipped, 16_000)])
    assert len(poses) == 10
    assert all(np.isfinite(p.weights).all() and p.weights.min() >= 0 and p.weights.max() <= 1 for p in poses)


def test_in_silence_the_lips_are_closed_and_perfectly_still() -> None:
    sound = voice()
    silence = Audio(np.concatenate([sound.samples, np.zeros(32_000, np.float32)]), sound.rate_hz)
    made: Performance = result_of(FaceEngine({"lstm": face()}).run(AnimateJob(silence)))
    settled = made.weights[30 + HOLD + FALL + 2 :][:, [INDEX[name] for name in MOUTH]]
    assert len(settled) > 30 and np.ptp(settled, axis=0).max() == 0.0
    assert openings_cm(rest()[None])[0] < 0.0


def test_the_gate_opens_at_once_waits_for_stops_and_closes() -> None:
    loudness = Loudness()
    opening = []
    for energy_db in [-70.0] * 20 + [-15.0] * 10 + [-70.0] * 3 + [-15.0] * 10 + [-70.0] * 20:
        loudness.push(energy_db)
        opening.append(loudness.opening)
    assert max(opening[:20]) == 0.0 and opening[21] == 1.0
    assert min(opening[22:43]) == 1.0  # a stop inside speech
    assert opening[-1] == 0.0 and (np.diff(opening[43:]) <= 0).all()


def test_a_mouth_is_shut_with_the_least_change() -> None:
    rng = np.random.default_rng(0)
    faces = (rng.uniform(0, 1, (300, 46)) * (rng.uniform(0, 1, (300, 46)) < 0.4)).astype(np.float32)
    made, opening = shut(faces, 5.0, 6.0), openings_cm(faces)  # however far they are open
    slopes = openings_cm(np.eye(46, dtype=np.float32)) - openings_cm(np.zeros((1, 46), np.float32))
    assert made.min() >= 0.0 and made.max() <= 1.0
    np.testing.assert_array_equal(made[:, ~OURS], faces[:, ~OURS])
    np.testing.assert_array_equal(made[opening <= 0], faces[opening <= 0])
    assert np.abs(openings_cm(made)[opening > 0]).max() < 1e-3
    for before, after in zip(faces[opening > 0], made[opening > 0], strict=True):
        inside = (after > 0.0) & (after < 1.0) & (np.abs(slopes) > 0.05) & OURS
        pace = (after - before)[inside] / slopes[inside]  # what is at no limit moves along the steepest way
        assert np.ptp(pace) < 1e-4


def test_nearly_shut_is_shut_and_open_is_left_alone() -> None:
    faces = np.zeros((2, 46), np.float32)
    faces[0, 21], faces[1, 21] = 0.035, 0.3  # JawOpen
    made = shut(faces)
    assert openings_cm(faces)[0] > 0.04 and abs(openings_cm(made)[0]) < 1e-3
    assert np.array_equal(made[1], faces[1])
    assert np.array_equal(gate(faces, np.zeros(2, np.float32))[0], rest())


def test_rotation_is_the_same_both_ways() -> None:
    turned = np.random.default_rng(0).uniform(-0.7, 0.7, (40, 3)).astype(np.float32)
    assert np.abs(rotations_of(quaternions_of(turned)) - turned).max() < 1e-5
    x, y, z = quaternions_of(turned[:1])[0]
    w = np.sqrt(1 - x * x - y * y - z * z)
    row = [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)]
    assert rotation_matrix(turned[0])[0] == pytest.approx(row, abs=1e-5)


def test_emotions_leave_speech_alone_and_differ() -> None:
    speech = np.random.default_rng(0).uniform(0, 0.4, (5, 52)).astype(np.float32)
    excitement = np.linspace(0, 1, 5).astype(np.float32)
    theirs = [INDEX[n] for n in MOUTH if n not in CORNERS]
    made = {emotion: express(speech, emotion, excitement) for emotion in EMOTIONS}
    assert tuple(STYLES) == EMOTIONS
    for emotion, weights in made.items():
        assert np.array_equal(weights[:, theirs], speech[:, theirs]), emotion
        assert np.array_equal(express(speech, emotion, excitement, 0.0), speech)
    happy, angry = made["happy"][-1] - speech[-1], made["angry"][-1] - speech[-1]
    assert happy[INDEX["mouthSmileLeft"]] > 0.3 and angry[INDEX["browDownLeft"]] > 0.5
    with pytest.raises(EngineError, match="choose from"):
        express(speech, "bored", excitement)


def test_blinks_and_looks_come_and_go_without_touching_the_mouth() -> None:
    idle, still = Idle(4), np.full(52, 0.2, np.float32)
    laid = [idle.lay(still, np.zeros(3, np.float32), i / 25) for i in range(1500)]
    weights = np.stack([w for w, _ in laid])
    lids = weights[:, INDEX["eyeBlinkLeft"]]
    assert 5 < (np.diff((lids > 0.5).astype(int)) == 1).sum() < 40 and lids.min() == 0.0
    others = [i for i, n in enumerate(NAMES) if not n.startswith(("eyeBlink", "eyeLook"))]
    assert (weights[:, others] == 0.2).all()
    assert 0.2 < np.degrees(np.stack([r for _, r in laid]).std(axis=0)).max() < 4.0


def test_other_frame_rates_meet_the_same_faces() -> None:
    engine, sound = FaceEngine({"static": face("static")}), voice()
    slow: Performance = result_of(engine.run(AnimateJob(sound, "static", layers=False)))
    quick: Performance = result_of(engine.run(AnimateJob(sound, "static", Fraction(50), layers=False)))
    assert len(quick.weights) == 2 * len(slow.weights)
    assert np.abs(quick.weights[::2] - slow.weights).max() < 1e-5


def test_an_emotion_is_worn_over_a_network() -> None:
    engine, sound = FaceEngine({"lstm": face()}), voice()
    plain: Performance = result_of(engine.run(AnimateJob(sound, layers=False)))
    sad: Performance = result_of(engine.run(AnimateJob(sound, emotion="sad", layers=False)))
    assert (sad.weights - plain.weights)[:, INDEX["browInnerUp"]].mean() > 0.1
    assert np.array_equal(sad.weights[:, INDEX["jawOpen"]], plain.weights[:, INDEX["jawOpen"]])


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (AnimateJob(voice(), "tcn"), "no model named 'tcn'"),
        (AnimateJob(voice(), "lstm", emotion="bored"), "no emotion named 'bored'"),
        (AnimateJob(Audio(np.zeros(0, np.float32), 16_000)), "no sound to animate"),
        (AnimateJob(voice(), fps=Fraction(1000)), "frame rate of 1000"),
        (AnimateJob(voice(), strength=9.0), "strength of an emotion"),
        (AnimateJob(Audio(np.zeros(100, np.float32), 50)), "4 and 384 kHz"),
    ],
)
def test_mistakes_are_told_in_a_sentence(job: AnimateJob, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        result_of(FaceEngine({"lstm": face()}).run(job))


def test_rules_do_not_listen_live() -> None:
    assert "rules" not in LIVE_MODELS
    with pytest.raises(EngineError, match="no model named 'rules'"):
        FaceEngine().listen(LiveJob("rules"))


def test_weights_survive_their_file(tmp_path: Path) -> None:
    made = face("gru")
    with pytest.raises(EngineError, match="missing"):
        load_face(tmp_path / "face-gru.safetensors")
    save_face(tmp_path / "face-gru.safetensors", made.network, MEANS, {"data": "none"})
    read = load_face(tmp_path / "face-gru.safetensors")
    assert read.network.config == tiny("gru") and read.header["data"] == "none"
    columns, ends = torch.rand(1, 60, 128), torch.tensor([[31, 45, 59]])
    with torch.inference_mode():
        ours, theirs = made.network(columns, ends)[0], read.network(columns, ends)[0]
        plain = load_face(tmp_path / "face-gru.safetensors", fused=False).network(columns, ends)[0]
    assert (ours - theirs).abs().max() < 5e-3  # half precision
    assert (plain - theirs).abs().max() < 1e-5  # batch norms taken into the convolutions


def test_shipped_networks_are_small_enough() -> None:
    networks = [FaceNetwork(FaceConfig(kind)) for kind in KINDS]
    assert (
        2 * sum(p.numel() for network in networks for p in network.parameters()) < 4_200_000
    )  # bytes in half precision
