"""Text to lips: what the engine makes of jobs, identities and presenters, and what bad input gets."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.api.events import EngineError, Partial
from engines.api.textlip import DurationsJob, LipsJob, LipTrack
from engines.api.values import SILENCE, Phone
from engines.common.homes import SHIPPED, VARIABLE
from engines.textlip import identity, points, reading
from engines.textlip.batch import to_pictures, to_tensor
from engines.textlip.engine import TextlipEngine
from engines.textlip.model import FIRST, ParaLip
from engines.textlip.placing import LipWindow, carry
from tests.engines.small_lips import FRAMES, PHONES, a_run, drain, face, small_network


@pytest.fixture(scope="module")
def network() -> ParaLip:
    return small_network()


@pytest.fixture
def engine(network: ParaLip) -> TextlipEngine:
    """An engine around it that needs no weight file and no presenter."""
    made = TextlipEngine()
    made._networks["paralip"] = network
    made._identities["me", 0.0] = face()
    return made


def test_text_becomes_lips_with_the_first_pictures_first(engine: TextlipEngine) -> None:
    events = list(drain(engine.run(LipsJob("Hello, mum.", identity="me"))))
    pictures = [event.value for event in events if isinstance(event, Partial)]
    track = events[-1]
    assert isinstance(track, LipTrack)
    assert len(pictures[0].pictures) == FIRST
    assert [part.first for part in pictures] == np.cumsum([0, *(len(p.pictures) for p in pictures[:-1])]).tolist()
    assert track.frames == sum(len(p.pictures) for p in pictures) == round(track.seconds * 25)


def test_true_times_are_followed(engine: TextlipEngine) -> None:
    *_, track = drain(engine.run(LipsJob(phones=PHONES, identity="me")))
    assert (track.frames, track.seconds) == (15, 0.6)


def test_faster_speech_lasts_as_much_less(engine: TextlipEngine) -> None:
    *_, slow = drain(engine.run(DurationsJob("One two three.", 100)))
    *_, fast = drain(engine.run(DurationsJob("One two three.", 200)))
    heard = [[p.end_s - p.start_s for p in phones[1:]] for phones in (slow, fast)]
    assert np.allclose(np.array(heard[0]), 2 * np.array(heard[1]))


def test_a_long_story_is_painted_sentence_by_sentence(engine: TextlipEngine) -> None:
    work = engine.run(LipsJob("The harbour is open again. " * 1000, identity="me", longest_s=3.0))
    *_, track = drain(work)
    assert track.seconds < 30
    assert all(len(piece) <= reading.PIECE for piece in reading.pieces(PHONES * 400))
    assert sum(len(piece) for piece in reading.pieces(PHONES * 400)) == 1600


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (LipsJob("  ", identity="me"), "nothing to say"),
        (LipsJob("...!", identity="me"), "no words"),
        (LipsJob("Привет всем", identity="me"), "Cyrillic"),
        (LipsJob("a" * 200_001, identity="me"), "split it"),
        (LipsJob("Hello", identity="me", rate_wpm=20), "rate"),
        (LipsJob("Hello", identity="me", model="best"), "choose from"),
        (LipsJob("Hello", identity="nobody"), "no presenter or picture"),
        (LipsJob(phones=(Phone("a", 2.0, 1.0),), identity="me"), "not known"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(engine: TextlipEngine, job: LipsJob, sentence: str) -> None:
    with pytest.raises(EngineError, match=sentence):
        list(engine.run(job))


def test_unknown_words_and_signs_are_spelled(engine: TextlipEngine) -> None:
    *_, track = drain(engine.run(LipsJob("zzxqy 5 € 🙂", identity="me")))
    assert len([p for p in track.phones if p.symbol != SILENCE]) > 8


def test_an_identity_is_a_lip_picture_or_shows_a_face(tmp_path: Path) -> None:
    import cv2

    def stored(name: str, height: int, width: int) -> str:
        noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
        cv2.imwrite(str(tmp_path / name), noise)
        return str(tmp_path / name)

    assert identity.find_identity(stored("lips.png", 80, 160)).shape == (80, 160, 3)
    with pytest.raises(EngineError, match="No face with a mouth"):
        identity.find_identity(stored("noise.png", 200, 240))
    with pytest.raises(EngineError, match="40x30"):
        identity.find_identity(stored("small.png", 30, 40))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(EngineError, match="cannot be read as a picture"):
        identity.find_identity(str(tmp_path / "text.png"))


def test_a_users_own_presenter_is_known_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    shutil.copytree(SHIPPED / "default", tmp_path / "mine", ignore=shutil.ignore_patterns("renderer*", "matte*"))
    assert np.array_equal(identity.find_identity("mine"), identity.find_identity("default"))
    with pytest.raises(EngineError, match=r"default, .*mine"):
        identity.find_identity("nobody")


def test_no_presenter_speaks_without_consent(tmp_path: Path) -> None:
    (tmp_path / "presenter.json").write_text("{}")
    with pytest.raises(EngineError, match="consent"):
        identity.find_identity(str(tmp_path))


def test_the_lip_window_takes_head_motion_out() -> None:
    rest = np.random.default_rng(0).uniform(100, 400, (68, 2)).astype(np.float32)
    rest[48], rest[54] = (200, 300), (289, 300)
    window = LipWindow(rest)
    turn = np.float32([[0.99, -0.08, 12], [0.08, 0.99, -7]])
    moved = carry(turn, rest)
    assert np.allclose(carry(window.place(moved), moved), carry(window.matrix, rest), atol=0.05)
    assert np.allclose(carry(window.matrix, rest[[48, 54]]).mean(0), (80, 23), atol=0.1)


def test_mouth_points_are_learnt() -> None:
    run = a_run()
    run = replace(run, mouths=np.repeat(run.mouths[:1], FRAMES, 0))
    *_, network = points.fit([run], 0.4)
    assert float(np.abs(points.find(network.eval(), run.pictures) - run.mouths).mean()) < 8


def test_pictures_survive_being_tensors() -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (2, 80, 160, 3), np.uint8)
    assert np.array_equal(to_pictures(to_tensor(pictures)), pictures)
