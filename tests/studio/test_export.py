"""Movies and captions: exact counts, true colours, whole files or none."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.api.values import Audio, Frames, Word, frame_count
from studio.atomic import part_path
from studio.export.captions import LINE, captions_of, write_captions
from studio.export.errors import ExportError
from studio.export.movie import MovieWriter
from studio.export.plan import RATES, ExportPlan
from studio.export.verify import read_facts, verify

WIDTH, HEIGHT = 64, 48


def tone(seconds: float, rate_hz: int = 22_050) -> Audio:
    return Audio((0.5 * np.sin(np.arange(round(seconds * rate_hz)) * 0.1)).astype(np.float32), rate_hz)


def plan(folder: Path, fps: Fraction = Fraction(25)) -> ExportPlan:
    return ExportPlan(folder / "clip.mp4", fps, WIDTH, HEIGHT)


def picture(*rgb: int) -> np.ndarray:
    return np.broadcast_to(np.array(rgb, np.uint8), (HEIGHT, WIDTH, 3))


@pytest.mark.parametrize("fps", RATES.values(), ids=RATES)
@pytest.mark.parametrize("seconds", [0.01, 1.0, 2.345])
def test_sound_and_picture_end_within_a_frame(tmp_path: Path, fps: Fraction, seconds: float) -> None:
    audio = tone(seconds)
    with MovieWriter(plan(tmp_path, fps), audio) as movie:
        for i in range(movie.frames):
            movie.write(Frames(picture(i % 256, 0, 0)[np.newaxis], i, fps))
    facts = read_facts(tmp_path / "clip.mp4")
    assert facts.frames == frame_count(audio.seconds, fps) == movie.frames
    assert facts.fps == fps and (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.video_s == pytest.approx(facts.frames / fps)
    assert abs(facts.video_s - facts.audio_s) <= 1 / fps
    assert facts.audio_s == pytest.approx(audio.seconds, abs=0.002)
    assert [p.name for p in tmp_path.iterdir()] == ["clip.mp4"]


def test_colours_are_bt709_and_come_back(tmp_path: Path) -> None:
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (255, 255, 255)]
    with MovieWriter(plan(tmp_path), tone(0.2)) as movie:
        for rgb in colours:
            movie.write_picture(picture(*rgb))
    with av.open(str(tmp_path / "clip.mp4")) as file:
        context = file.streams.video[0].codec_context
        tags = context.colorspace, context.color_range, context.color_primaries, context.color_trc
        assert tags == (1, 1, 1, 1)
        frames = [frame.to_ndarray() for frame in file.decode(video=0)]
    red, green, blue, rgb = 0.2126, 0.7152, 0.0722, np.array(colours) / 255
    luma = 16 + 219 * (rgb @ [red, green, blue])  # BT.709-6, items 3.2 and 3.4
    for frame, expected in zip(frames, luma, strict=True):
        assert abs(float(frame[:HEIGHT].mean()) - expected) < 2


def test_the_sound_in_the_file_is_the_sound_given(tmp_path: Path) -> None:
    audio = tone(1.0, 48_000)
    with MovieWriter(plan(tmp_path), audio) as movie:
        for _ in range(25):
            movie.write_picture(picture(9, 9, 9))
    with av.open(str(tmp_path / "clip.mp4")) as file:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])[:48_000]
    assert np.corrcoef(heard, audio.samples)[0, 1] > 0.99


def test_an_exception_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"the old clip")
    with pytest.raises(KeyboardInterrupt), MovieWriter(plan(tmp_path), tone(1.0)) as movie:
        movie.write_picture(picture(0, 0, 0))
        raise KeyboardInterrupt
    assert (tmp_path / "clip.mp4").read_bytes() == b"the old clip"
    assert not part_path(tmp_path / "clip.mp4").exists()


def test_too_few_pictures_are_no_movie(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Only 1 of 25"), MovieWriter(plan(tmp_path), tone(1.0)) as movie:
        movie.write_picture(picture(0, 0, 0))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    os.symlink("/dev/full", part_path(tmp_path / "clip.mp4"))  # every write there answers that the disk is full
    noise = np.random.default_rng(0).integers(0, 255, (25, HEIGHT, WIDTH, 3), np.uint8)
    with pytest.raises(ExportError, match="the disk is full"), MovieWriter(plan(tmp_path), tone(1.0)) as movie:
        movie.write(Frames(noise, 0, Fraction(25)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": Path("missing/clip.mp4")}, "folder does not exist"),
        ({"path": Path("clip.avi")}, "end in .mp4"),
        ({"path": Path("folder.mp4")}, "a folder of that name"),
        ({"path": Path("file/clip.mp4")}, "part of its path is a file"),
        ({"fps": Fraction(24)}, "choose 25, 29.97, 30, 50"),
        ({"width": 641}, "even numbers"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_at_once(tmp_path: Path, change: dict[str, object], words: str) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").touch()
    given = {"path": Path("clip.mp4"), "width": WIDTH, "height": HEIGHT, **change}
    given["path"] = tmp_path / str(given["path"])
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ExportError, match=words):
        MovieWriter(ExportPlan(**given), tone(1.0))  # type: ignore[arg-type]
    assert sorted(tmp_path.iterdir()) == before


def test_no_sound_is_no_movie_and_wrong_pictures_are_bugs(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no sound"):
        MovieWriter(plan(tmp_path), tone(0.0))
    with pytest.raises(ValueError, match="does not fit"), MovieWriter(plan(tmp_path), tone(1.0)) as movie:
        movie.write_picture(np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(ValueError, match="is next"), MovieWriter(plan(tmp_path), tone(1.0)) as movie:
        movie.write(Frames(picture(0, 0, 0)[np.newaxis], 5, Fraction(25)))


def test_verify_finds_what_is_wrong(tmp_path: Path) -> None:
    with MovieWriter(plan(tmp_path), tone(0.2)) as movie:
        for _ in range(5):
            movie.write_picture(picture(0, 0, 0))
    path = tmp_path / "clip.mp4"
    verify(path, plan(tmp_path), 5)
    with pytest.raises(ExportError, match="5 pictures instead of 6"):
        verify(path, plan(tmp_path), 6)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ExportError, match="export it again"):
        read_facts(path)


words = st.lists(st.tuples(st.text("abcdefgh.,", min_size=1, max_size=12), st.floats(0.05, 2)), max_size=60)


@given(words)
def test_captions_hold_every_word_once_in_order_without_overlap(spoken: list[tuple[str, float]]) -> None:
    now, told = 0.0, []
    for text, seconds in spoken:
        told.append(Word(text, now, now + seconds))
        now += seconds + 0.1
    captions = captions_of(told)
    assert " ".join(c.text.replace("\n", " ") for c in captions).split() == [text for text, _ in spoken]
    assert all(one.end_s <= other.start_s for one, other in pairwise(captions))
    assert all(len(line) <= LINE for c in captions for line in c.text.split("\n"))
    assert all(len(c.text.split("\n")) <= 2 for c in captions)


def test_captions_show_words_as_they_were_written() -> None:
    text = 'Mr. Smith said "well-known, yes." On 3 May. Bye'
    spoken = [("Mr", 0), ("Smith", 4), ("said", 10), ("well", 16), ("known", 21), ("yes", 28), ("On", 34)]
    spoken += [("3 May.", 37), ("Bye", 44)]
    told = [Word(word, i * 0.5, i * 0.5 + 0.4, offset) for i, (word, offset) in enumerate(spoken)]
    assert [c.text for c in captions_of(told, text)] == ['Mr. Smith said "well-known, yes."', "On 3 May.", "Bye"]


def test_caption_files(tmp_path: Path) -> None:
    captions = captions_of([Word("Good", 0.0, 0.4), Word("evening.", 0.4, 1.5)])
    write_captions(captions, tmp_path / "a.srt")
    write_captions(captions, tmp_path / "a.vtt")
    assert (tmp_path / "a.srt").read_text() == "1\n00:00:00,000 --> 00:00:01,500\nGood evening.\n\n"
    assert (tmp_path / "a.vtt").read_text().startswith("WEBVTT")
    with pytest.raises(ExportError, match=r"end in \.srt or \.vtt"):
        write_captions(captions, tmp_path / "a.txt")
    with pytest.raises(ExportError, match="folder does not exist"):
        write_captions(captions, tmp_path / "no" / "a.srt")


@pytest.mark.parametrize("ending", [".mov", ".webm"])
@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30000, 1001)])
def test_coverage_and_colour_come_back(tmp_path: Path, ending: str, fps: Fraction) -> None:
    wanted = ExportPlan(tmp_path / f"clip{ending}", fps, WIDTH, HEIGHT, alpha=True)
    cover = np.linspace(0, 255, WIDTH, dtype=np.uint8)
    shot = np.dstack([picture(200, 120, 40), np.broadcast_to(cover, (HEIGHT, WIDTH))])
    with MovieWriter(wanted, tone(0.4)) as movie:
        for _ in range(movie.frames):
            movie.write_picture(shot)
    assert movie.facts is not None and movie.facts.frames == movie.frames
    with av.open(str(wanted.path)) as file:
        stream = file.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r") if ending == ".webm" else stream.codec_context
        frame = next(f for packet in file.demux(stream) for f in decoder.decode(packet))
    back = frame.reformat(format="rgba", src_colorspace="ITU709").to_ndarray()
    assert np.abs(back[..., 3].mean(0) - cover).max() < 6
    solid = back[:, WIDTH * 3 // 4 :, :3].astype(int).mean((0, 1))
    assert np.abs(solid - [200, 120, 40]).max() < 12


def test_transparency_needs_a_file_that_holds_it(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="holds no transparency"):
        MovieWriter(ExportPlan(tmp_path / "clip.mp4", alpha=True), tone(0.2))


def test_an_opaque_file_is_not_taken_for_a_transparent_one(tmp_path: Path) -> None:
    opaque = ExportPlan(tmp_path / "clip.mov", width=WIDTH, height=HEIGHT)
    with MovieWriter(opaque, tone(0.04)) as movie:
        movie.write_picture(picture(1, 2, 3))
    with pytest.raises(ExportError, match="no transparency"):
        verify(opaque.path, ExportPlan(opaque.path, width=WIDTH, height=HEIGHT, alpha=True), 1)
