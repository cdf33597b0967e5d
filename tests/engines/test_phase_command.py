"""The command `phase`: files and folders, one line each, mistakes in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from studio.cli import main
from tests.engines.test_phase import speechlike

QUICK = ["--method", "griffin-lim", "--iterations", "2"]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A short recording."""
    path = tmp_path / "a.wav"
    soundfile.write(path, speechlike(0.4), 16000)
    return path


def test_one_file_and_its_line(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b.flac"
    assert main(["phase", str(recording), "-o", str(out), *QUICK, "--measure", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["iterations"] == 2 and row["method"] == "griffin-lim" and row["spectral_convergence_db"] < 0
    samples, rate_hz = soundfile.read(out)
    assert rate_hz == 16000 and len(samples) == 6400


def test_a_folder_keeps_its_names(recording: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "c.flac", speechlike(0.3), 48000)
    (tmp_path / "notes.txt").write_text("no sound")
    assert main(["phase", str(tmp_path), "-o", str(tmp_path / "out"), *QUICK]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.wav", "c.flac"]


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_any_rate_and_stereo(rate_hz: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mono = speechlike(0.3, rate_hz)
    soundfile.write(tmp_path / "a.wav", np.stack([mono, mono], 1), rate_hz)
    assert main(["phase", str(tmp_path / "a.wav"), "-o", str(tmp_path / "b.wav"), *QUICK, "--rate", str(rate_hz)]) == 0
    assert "stereo" in capsys.readouterr().out
    assert soundfile.info(tmp_path / "b.wav").samplerate == rate_hz


@pytest.mark.parametrize(("name", "codec", "rate_hz"), [("a.mp3", "mp3", 44100), ("a.m4a", "aac", 48000)])
def test_compressed_sound(name: str, codec: str, rate_hz: int, tmp_path: Path) -> None:
    with av.open(str(tmp_path / name), "w") as file:
        stream = file.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(speechlike(0.5, rate_hz)[None], format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    assert main(["phase", str(tmp_path / name), "-o", str(tmp_path / "b.wav"), *QUICK]) == 0
    assert soundfile.info(tmp_path / "b.wav").duration == pytest.approx(0.5, abs=0.15)


def test_a_cut_flac_is_rebuilt_as_far_as_it_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "a.flac", speechlike(4.0), 16000)
    whole = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[: len(whole) // 2])
    assert main(["phase", str(tmp_path / "a.flac"), "-o", str(tmp_path / "b.wav"), *QUICK]) == 0
    assert "cut short" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["text", "nan", "empty", "missing", "itself", "clash", "wrong end", "rate", "frames"])
def test_mistakes_get_one_sentence_and_leave_nothing(
    kind: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, more = tmp_path / "bad.wav", tmp_path / "out.wav", []
    if kind == "text":
        source.write_text("this is no sound")
    elif kind == "nan":
        soundfile.write(source, np.array([0, np.nan] * 800, np.float32), 16000, subtype="FLOAT")
    elif kind == "empty":
        soundfile.write(source, np.zeros(0, np.float32), 16000)
    elif kind != "missing":
        source = recording
    if kind == "itself":
        out = recording
    elif kind == "clash":
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "a.wav").write_bytes(recording.read_bytes())
        more, out = [str(tmp_path / "b" / "a.wav")], tmp_path / "results"
    elif kind == "wrong end":
        out = tmp_path / "out.xyz"
    elif kind in ("rate", "frames"):
        more = {"rate": ["--rate", "7"], "frames": ["--hop", "300"]}[kind]
    before = sorted(p.name for p in tmp_path.iterdir())
    assert main(["phase", str(source), *more, "-o", str(out), *QUICK]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "Traceback" not in said.err
    assert sorted(p.name for p in tmp_path.iterdir()) == before
