"""Laws of the presenter engine, on tiny networks and a drawn face: its clips, and the folders it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import ClipJob, PresentersJob
from engines.api.values import Audio, ByteArray, ClipSummary, Frames
from engines.common.weights import write_json
from engines.presenter import presenters
from engines.presenter.assemble import MADE
from engines.presenter.engine import PresenterEngine, frame_span
from engines.presenter.export import open_painter
from engines.presenter.face_frame import BOX
from engines.presenter.painting import CHUNK
from engines.presenter.template import ClipReader
from tests.engines.drawn_face import (
    BEHIND,
    CORNER,
    FPS,
    HEIGHT,
    WIDTH,
    seal_small,
    tiny_lipsync,
)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small presenter folder: seven pictures of a noisy face, a tiny renderer."""
    return seal_small(tmp_path_factory.mktemp("presenters") / "small")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PresenterEngine]:
    """An engine with a tiny lip-sync network and a cache of its own."""
    lipsync = tiny_lipsync()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engines.presenter.listening.load_lipsync", lambda: lipsync)
        patch.setattr("engines.presenter.export.cache_folder", lambda: tmp_path_factory.mktemp("cache") / "renderers")
        yield PresenterEngine("cpu")


def sound(seconds: float = 1.2) -> Audio:
    """Half a second of silence, then a loud tone."""
    n = int(seconds * 16000)
    samples = 0.3 * np.sin(np.arange(n) * 0.2) * (1 + np.sin(np.arange(n) * 0.002))
    samples[:8000] = 0
    return Audio(samples.astype(np.float32), 16000)


def clip(engine: PresenterEngine, job: ClipJob) -> tuple[list[Frames], ClipSummary]:
    work, parts = engine.run(job), []
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            return parts, end.value
        if isinstance(event, Partial):
            parts.append(event.value)
        else:
            assert isinstance(event, Progress) and event.stage


def job_for(folder: Path, **changes: Any) -> ClipJob:
    return replace(ClipJob(sound(), str(folder), width=320, height=180, background="green"), **changes)


def pictures_of(parts: list[Frames]) -> ByteArray:
    return np.concatenate([p.pictures for p in parts])


def test_clip_has_every_frame_once_and_is_deterministic(studio: PresenterEngine, sealed: Path) -> None:
    parts, summary = clip(studio, job_for(sealed))
    again, _ = clip(studio, job_for(sealed))
    pictures = pictures_of(parts)
    assert summary.frames == len(pictures) == 30 and pictures.shape[1:] == (180, 320, 3)
    assert [p.first for p in parts] == list(range(0, 30, CHUNK))
    assert set(summary.work_s) == {"mouth", "map", "renderer", "composite"}
    np.testing.assert_array_equal(pictures, pictures_of(again))


def test_part_of_a_clip_equals_the_same_frames_of_the_whole(studio: PresenterEngine, sealed: Path) -> None:
    whole = pictures_of(clip(studio, job_for(sealed))[0])
    parts, summary = clip(studio, job_for(sealed, start_s=0.6, end_s=1.0))
    assert parts[0].first == 15 and summary.frames == 10
    np.testing.assert_array_equal(pictures_of(parts), whole[15:25])


def test_mouth_is_still_in_silence_and_moves_in_speech(studio: PresenterEngine, sealed: Path) -> None:
    from engines.presenter.listening import listen

    work = listen(sound(), FPS, 0, 30)
    try:
        while True:
            next(work)
    except StopIteration as end:
        mouths = end.value
    assert np.ptp(mouths[:8], axis=0).max() == 0
    assert np.ptp(mouths[16:], axis=0).max() > 0.01


def test_alpha_clip_has_coverage(studio: PresenterEngine, sealed: Path) -> None:
    parts, _ = clip(studio, job_for(sealed, background="alpha", width=WIDTH, height=HEIGHT, end_s=0.1))
    pictures = pictures_of(parts)
    assert pictures.shape[-1] == 4
    assert (pictures[:, 300, 300, 3] == 255).all() and (pictures[:, 5, 5, 3] == 0).all()


def test_frame_count_is_exact_at_every_rate(sealed: Path) -> None:
    audio = Audio(np.zeros(160_123, np.float32), 16000)
    for fps in (Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50)):
        assert frame_span(ClipJob(audio, str(sealed), fps=fps)) == (0, round(Fraction(160_123, 16000) * fps))


def test_clip_can_be_stopped_at_any_moment(studio: PresenterEngine, sealed: Path) -> None:
    work = studio.run(job_for(sealed))
    while not isinstance(next(work), Partial):
        pass
    work.close()
    assert clip(studio, job_for(sealed, end_s=0.2))[1].frames == 5


def test_bad_clips_are_refused_in_words(studio: PresenterEngine, sealed: Path) -> None:
    wrong = Audio(np.full(1600, np.nan, np.float32), 16000)
    for change, words in (
        ({"audio": Audio(np.zeros(0, np.float32), 16000)}, "no sound"),
        ({"audio": wrong}, "invalid samples"),
        ({"width": 7}, "7x180"),
        ({"presenter": "nobody-known"}, "no presenter"),
        ({"background": "nowhere.png"}, "background"),
    ):
        with pytest.raises(EngineError, match=words):
            clip(studio, job_for(sealed, **change))


@pytest.fixture
def copied(sealed: Path, tmp_path: Path) -> Path:
    """A copy of the presenter that a test may spoil."""
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for path in sealed.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("name", presenters.FILES)
def test_missing_or_altered_file_is_named(studio: PresenterEngine, copied: Path, name: str) -> None:
    path = copied / name
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    with pytest.raises(EngineError, match=f"{name} was altered"):
        clip(studio, job_for(copied))
    path.unlink()
    with pytest.raises(EngineError, match=name):
        clip(studio, job_for(copied))


def test_presenter_without_consent_is_refused(studio: PresenterEngine, copied: Path) -> None:
    write_json(copied / "consent.json", {**MADE, "who": " "})
    presenters.seal_presenter(copied, "Small", CORNER, FPS, BEHIND)
    with pytest.raises(EngineError, match="consent record without who"):
        clip(studio, job_for(copied))
    (listed,) = presenters.list_presenters(copied.parent)
    assert not listed.consented and listed.title == "Small"


def test_presenters_are_listed(studio: PresenterEngine, sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert presenters.list_presenters(sealed.parent)[0].consented
    parts, found = clip(studio, PresentersJob())  # type: ignore[arg-type]
    assert not parts and isinstance(found, tuple)


def test_template_pictures_are_the_same_in_any_order(sealed: Path) -> None:
    reader = ClipReader(sealed / "template.mp4", "rgb24")
    forward = [reader.picture(i).copy() for i in range(len(reader))]
    assert len(forward) == 7
    for i in (6, 5, 4, 3, 2, 1, 0, 5, 2):
        np.testing.assert_array_equal(reader.picture(i), forward[i])
    levels = [picture[:, 4:12].mean() for picture in forward]
    assert np.all(np.diff(levels) > 10)
    reader.close()


def test_missing_card_and_damaged_cache_are_got_over(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engines.presenter.export.cache_folder", lambda: tmp_path)
    if torch.cuda.is_available():
        pytest.skip("a card is here")
    painter = open_painter(sealed / "renderer.safetensors", "x" * 24, "cuda")
    assert "graphics card" in painter.remark and "processor" in painter.device
    maps = np.zeros((2, 5, BOX, BOX), np.uint8)
    painted = painter.start(maps)()
    assert painted.shape == (2, BOX, BOX, 3)
    (graph,) = tmp_path.glob("*/renderer.xml")
    graph.write_text("damaged")
    again = open_painter(sealed / "renderer.safetensors", "x" * 24, "cpu")
    np.testing.assert_array_equal(again.start(maps)(), painted)
