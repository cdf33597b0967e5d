"""Text to lips: corpora are read in their own layouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engines.api.events import EngineError
from engines.api.values import SILENCE, Phone
from engines.textlip import corpora
from engines.textlip.runs import durations

GRID = Path(__file__).parents[3] / "shared" / "data" / "grid"


def make_grid(folder: Path) -> None:
    """GRID's own layout, its videos being empty files."""
    (folder / "s1" / "video").mkdir(parents=True)
    (folder / "s1" / "align").mkdir()
    (folder / "s1" / "video" / "bbaf2n.mpg").touch()
    lines = "0 23750 sil\n23750 29500 bin\n29500 34000 blue\n34000 74500 sil\n"
    (folder / "s1" / "align" / "bbaf2n.align").write_text(lines)


def test_grid_is_read_in_its_own_layout(tmp_path: Path) -> None:
    make_grid(tmp_path)
    (clip,) = corpora.find_clips(tmp_path)
    assert clip.text == "bin blue"
    phones = corpora.word_phones(clip.labels)
    assert [p.symbol for p in phones] == [SILENCE, "b", "ɪ", "n", "b", "l", "u", SILENCE]
    assert phones[1].start_s == pytest.approx(0.95)
    assert phones[-1].end_s == pytest.approx(2.98)


def test_tcd_timit_is_read_in_its_own_layout(tmp_path: Path) -> None:
    for view in ("straightcam", "30degcam"):
        folder = tmp_path / "volunteers" / "01M" / "Clips" / view
        folder.mkdir(parents=True)
        (folder / "sa1.mp4").touch()
        (folder / "sa1.txt").write_text("0 1000000 sil\n1000000 2500000 sh\n2500000 4000000 iy1\n")
    (clip,) = corpora.find_clips(tmp_path)
    assert clip.phonetic
    assert corpora.timit_phones(clip.labels) == (
        Phone(SILENCE, 0.0, pytest.approx(0.1)),
        Phone("ʃ", pytest.approx(0.1), pytest.approx(0.25)),
        Phone("i", pytest.approx(0.25), pytest.approx(0.4), 1),
    )


def test_a_folder_without_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="neither GRID"):
        corpora.find_clips(tmp_path)
    with pytest.raises(EngineError, match="not a folder"):
        corpora.find_clips(tmp_path / "none")


@pytest.mark.skipif(not GRID.is_dir(), reason="the four GRID clips are not here")
def test_a_grid_clip_becomes_a_run() -> None:
    clips = corpora.find_clips(GRID)
    assert sorted(clip.video.stem for clip in clips) == ["brbk7n", "lbbc2a", "sbia1a", "swiz3n"]
    run = corpora.read_clip(replace(clips[0], labels=(("bin", 0.0, 1.0), ("now", 1.0, 3.0))))
    assert run.pictures.shape == (75, 80, 160, 3)
    assert durations(run.phones, 75).sum() == 75
