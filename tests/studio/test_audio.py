"""Sound files in every state, peaks, level, ring, spectrogram, mix."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from engines.api.values import Audio, Speech
from studio.audio import files
from studio.audio.errors import AudioFileError
from studio.audio.files import read_audio, write_audio
from studio.audio.level import FLOOR_DB, LevelMeter
from studio.audio.mix import timeline_audio
from studio.audio.peaks import BASE, Peaks
from studio.audio.ring import MirroredRing
from studio.audio.spectrogram import Spectrogram, SpectrogramConfig
from studio.document.edits import change_item, set_take
from studio.document.project import Project, Story, TakeRef
from studio.export.movie import MovieWriter
from studio.export.plan import ExportPlan

RATE = 24_000


def noise(count: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(count) * 0.1).astype(np.float32)


def tone(hz: float = 440.0, seconds: float = 1.0, rate_hz: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg"])
def test_formats_come_back_at_the_rate_asked(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, tone(), RATE)
    read = read_audio(tmp_path / name, 48_000)
    assert read.audio.rate_hz == 48_000 and read.remarks == ()
    assert len(read.audio.samples) == pytest.approx(48_000, abs=10)
    expected = tone(rate_hz=48_000)[4000:40_000]
    assert np.corrcoef(read.audio.samples[4000:40_000], expected)[0, 1] > 0.99


def test_the_sound_of_a_movie_is_exactly_as_long_as_was_put_in(tmp_path: Path) -> None:
    audio = Audio(tone(rate_hz=48_000), 48_000)
    with MovieWriter(ExportPlan(tmp_path / "clip.mp4", width=32, height=32), audio) as movie:
        for _ in range(movie.frames):
            movie.write_picture(np.zeros((32, 32, 3), np.uint8))
    read = read_audio(tmp_path / "clip.mp4", 48_000).audio
    assert len(read.samples) == 48_000
    assert np.corrcoef(read.samples, audio.samples)[0, 1] > 0.99


def test_stereo_is_mixed_to_one_and_said(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "s.wav", np.stack([tone(), np.zeros(RATE)], axis=1), RATE)
    read = read_audio(tmp_path / "s.wav", RATE)
    assert np.abs(read.audio.samples - tone() / 2).max() < 1e-3
    assert read.remarks == ("s.wav is stereo: its channels were mixed to one.",)


def _text(path: Path) -> None:
    path.write_text("This is no sound at all.\n" * 50)


def _nothing(path: Path) -> None:
    path.touch()


def _no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0, np.float32), RATE)


def _not_numbers(path: Path) -> None:
    soundfile.write(path, np.array([0, np.nan, 0], np.float32), RATE, subtype="FLOAT")


def _header_only(path: Path) -> None:
    soundfile.write(path, tone(), RATE)
    path.write_bytes(path.read_bytes()[:20])


def _folder(path: Path) -> None:
    path.mkdir()


def _picture_only(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as movie:
        stream = movie.add_stream("libx264", rate=25)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        movie.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
        movie.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_text, "no sound file"),
        (_nothing, "no sound file"),
        (_header_only, "no sound file"),
        (_picture_only, "no sound file"),
        (_no_samples, "holds no sound"),
        (_not_numbers, "broken samples"),
        (_folder, "it is a folder"),
        (lambda path: None, "there is no such file"),
    ],
)
def test_what_is_no_sound_is_one_sentence_that_names_it(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    make(tmp_path / "odd.wav")
    with pytest.raises(AudioFileError, match=words) as caught:
        read_audio(tmp_path / "odd.wav")
    assert "odd.wav" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["cut.wav", "cut.flac"])
def test_a_cut_file_gives_what_is_left_and_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    soundfile.write(path, noise(4 * RATE), RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    read = read_audio(path, RATE)
    assert 1.5 < read.audio.seconds < 2.5
    assert "cut short" in read.remarks[0]


def test_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_S", 0.5)
    soundfile.write(tmp_path / "long.wav", tone(), RATE)
    with pytest.raises(AudioFileError, match="cut it into shorter files"):
        read_audio(tmp_path / "long.wav")


def test_progress_is_told_and_can_stop_the_reading(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(25 * 8000), 8000)
    told: list[float] = []
    read_audio(tmp_path / "a.wav", 8000, told.append)
    assert told == sorted(told) and 0.3 < told[0] < 1

    def stop(fraction: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read_audio(tmp_path / "a.wav", 8000, stop)


def test_written_sound_is_read_again_and_failures_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.wav", "a.flac"):
        write_audio(Audio(tone(), RATE), tmp_path / name)
        assert np.abs(read_audio(tmp_path / name, RATE).audio.samples - tone()).max() < 1e-4
    with pytest.raises(AudioFileError, match=r"end in \.wav or \.flac"):
        write_audio(Audio(tone(), RATE), tmp_path / "a.mp3")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(AudioFileError, match="disk is full"):
        write_audio(Audio(tone(), RATE), tmp_path / "b.wav")
    assert not list(tmp_path.glob("b.wav*"))


@given(st.integers(1, 40), st.lists(st.integers(0, 90), max_size=12))
def test_the_ring_always_holds_the_newest(capacity: int, sizes: list[int]) -> None:
    ring, all_samples, position, read = MirroredRing(capacity), np.zeros(0, np.float32), 0, 0
    for seed, size in enumerate(sizes):
        block = noise(size, seed)
        ring.write(block)
        all_samples = np.concatenate([all_samples, block])
        assert np.array_equal(ring.latest(capacity), all_samples[-capacity:])
        if seed % 2:
            piece, position = ring.read_from(position)
            read += len(piece)
            assert np.array_equal(piece, all_samples[len(all_samples) - len(piece) :])
    piece, position = ring.read_from(position)
    assert read + len(piece) + ring.lost == position == len(all_samples)


@given(st.lists(st.integers(0, 9 * BASE), min_size=1, max_size=6), st.integers(1, 50))
def test_growing_peaks_equal_whole_ones(sizes: list[int], columns: int) -> None:
    samples = noise(sum(sizes))
    grown, at = Peaks(RATE), 0
    for size in sizes:
        grown.append(samples[at : at + size])
        at += size
    whole = Peaks.of(Audio(samples, RATE))
    seconds = max(whole.seconds, 0.01)
    for span in ((0.0, seconds), (seconds / 3, seconds / 2), (-seconds, 2 * seconds)):
        assert np.allclose(grown.between(*span, columns), whole.between(*span, columns), atol=1e-6)


def test_peaks_find_a_click_at_every_zoom() -> None:
    samples = np.zeros(100 * RATE, np.float32)
    samples[60 * RATE + 5] = 0.9
    samples[30 * RATE] = -0.8
    peaks = Peaks.of(Audio(samples, RATE))
    for columns in (10, 100, 3000):
        drawn = peaks.between(0.0, 100.0, columns)
        column = int(columns * (60 * RATE + 5) / (100 * RATE))
        assert (
            drawn[column, 1] == np.float32(0.9) and not np.delete(drawn[:, 1], [column - 1, column, column + 1]).any()
        )
        assert drawn[:, 1].max() == np.float32(0.9) and drawn[:, 0].min() == np.float32(-0.8)
    close = peaks.between(60.0, 60.001, 24)
    assert close[:, 1].max() == np.float32(0.9) and np.count_nonzero(close[:, 1]) <= 2
    assert not peaks.between(200.0, 300.0, 10).any()
    assert not peaks.between(-20.0, -10.0, 10).any()


def test_the_rms_of_a_tone_is_drawn_right() -> None:
    drawn = Peaks.of(Audio(tone(seconds=10), RATE)).between(1.0, 9.0, 7)
    assert np.allclose(drawn[:, 2], 0.5 / np.sqrt(2), rtol=0.02)


def test_the_meter_reads_full_scale_falls_and_holds() -> None:
    meter = LevelMeter(RATE)
    assert meter.now.peak_db == FLOOR_DB
    level = meter.push(tone())
    assert level.peak_db == pytest.approx(-6.02, abs=0.01) and level.rms_db == pytest.approx(-9.03, abs=0.01)
    level = meter.push(np.zeros(RATE // 2, np.float32))
    assert level.peak_db == pytest.approx(-16.02, abs=0.01) and level.held_db == pytest.approx(-6.02, abs=0.01)
    assert not level.clipped and meter.push(np.ones(10, np.float32)).clipped
    meter.reset()
    assert not meter.now.clipped


@pytest.mark.parametrize("scale", ["mel", "linear"])
def test_a_tone_is_one_bright_row_in_the_spectrogram(scale: str) -> None:
    config = SpectrogramConfig(scale=scale)  # type: ignore[arg-type]
    spectrogram = Spectrogram(Audio(tone(2000.0, 3.0) * 2, RATE), config)
    picture = spectrogram.tile(0)
    row = int(np.argmax(picture[:, 100]))
    assert spectrogram.frequencies_hz()[row] == pytest.approx(2000, rel=0.03)
    assert picture[row, 100] == pytest.approx(0.0, abs=2.0)
    assert picture[-20:, 100].max() < -60


def test_tiles_cover_the_sound_and_join_without_a_seam() -> None:
    spectrogram = Spectrogram(Audio(noise(3 * RATE), RATE))
    tiles = [spectrogram.tile(i) for i in range(spectrogram.tiles)]
    assert sum(tile.shape[1] for tile in tiles) == spectrogram.columns == 1 + 3 * RATE // 256
    shifted = Spectrogram(Audio(noise(3 * RATE)[100 * 256 :], RATE)).tile(0)
    assert np.allclose(np.concatenate(tiles, axis=1)[:, 104:200], shifted[:, 4:100], atol=1e-3)


def test_the_timeline_sounds_as_it_is_laid() -> None:
    takes = {"1": Speech(Audio(np.full(RATE, 0.25, np.float32), RATE)), "2": Speech(Audio(tone(), RATE))}
    project = Project(stories=(Story(id="a"), Story(id="b")))
    project = set_take(project, "a", TakeRef("1", 1.0))
    project = set_take(project, "b", TakeRef("2", 1.0))
    first, second = project.tracks[0].items
    moved = type(second)(second.id, "b", second.take, start_s=2.0, trim_s=0.25, seconds=0.5)
    project = change_item(project, moved)
    mixed = timeline_audio(project, takes.__getitem__, RATE)
    assert mixed.seconds == 2.5 and first.start_s == 0.0
    assert np.allclose(mixed.samples[:RATE], 0.25) and not mixed.samples[RATE : 2 * RATE].any()
    assert np.array_equal(mixed.samples[2 * RATE :], tone()[RATE // 4 : 3 * RATE // 4])
