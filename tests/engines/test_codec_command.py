"""The command `codec`: files and folders there and back, one line each, mistakes in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engines.codec.bench import Case, measured
from engines.codec.interface import CodecModel, tiny_codec
from engines.codec.plot import Point, draw
from engines.codec.rivals import aligned, rivals
from studio.cli import codec, main
from tests.engines.test_phase import speechlike

QUICK = ["--iterations", "1"]


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that has learned nothing, in place of the shipped one."""
    model: CodecModel = tiny_codec()
    monkeypatch.setattr("engines.codec.engine.load_codec", lambda device: model)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A short recording in stereo, at a rate that is not the codec's."""
    path = tmp_path / "a.wav"
    mono = speechlike(1.5, 44100)
    soundfile.write(path, np.stack([mono, mono], 1), 44100)
    return path


def encoded(recording: Path, out: Path) -> Path:
    assert main(["codec", "encode", str(recording), "-o", str(out), *QUICK]) == 0
    return out


def test_there_and_back(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.bpgan"
    assert main(["codec", "encode", str(recording), "-o", str(out), "--kbps", "1", *QUICK, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["bytes"] == out.stat().st_size and row["kbps"] == pytest.approx(row["bytes"] * 8 / 1500)
    assert "stereo" in row["remarks"][0] and row["iterations"] == 1 and row["nominal_kbps"] == 1
    assert main(["codec", "info", str(out), "--json"]) == 0
    info = json.loads(capsys.readouterr().out)
    assert info["model"] == "tiny" and info["known"] and info["seconds"] == 1.5 and info["segments"] == 2
    assert main(["codec", "decode", str(out), "-o", str(tmp_path / "b.flac"), "--vocoder", "inversion", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["concealed"] == []
    samples, rate_hz = soundfile.read(tmp_path / "b.flac")
    assert rate_hz == 16000 and len(samples) == 24000 and np.isfinite(samples).all()


def test_folders_keep_their_names(recording: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "c.flac", speechlike(0.3), 16000)
    assert main(["codec", "encode", str(tmp_path), "-o", str(tmp_path / "sent"), *QUICK]) == 0
    assert sorted(p.name for p in (tmp_path / "sent").iterdir()) == ["a.bpgan", "c.bpgan"]
    assert main(["codec", "decode", str(tmp_path / "sent"), "-o", str(tmp_path / "back")]) == 0
    assert sorted(p.name for p in (tmp_path / "back").iterdir()) == ["a.wav", "c.wav"]


def test_damage_is_said(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = encoded(recording, tmp_path / "a.bpgan")
    data = bytearray(out.read_bytes())
    data[30] ^= 1
    out.write_bytes(data)
    capsys.readouterr()
    assert main(["codec", "decode", str(out), "-o", str(tmp_path / "b.wav")]) == 0
    assert "1 damaged segment is concealed" in capsys.readouterr().out
    assert main(["codec", "info", str(out)]) == 0
    assert "1 damaged segment" in capsys.readouterr().out
    assert soundfile.info(tmp_path / "b.wav").frames == 24000


def test_stopping_keeps_the_best_if_asked(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engines.codec.encoding.PARTIAL_S", -1.0)

    model = tiny_codec()

    def search(self: CodecModel, *given: object) -> object:
        for found in CodecModel.search(model, *given):
            yield found
            if found.iteration == 2:
                raise KeyboardInterrupt

    stopping = type("Stopping", (CodecModel,), {"search": search})
    monkeypatch.setattr("engines.codec.engine.load_codec", lambda device: stopping(**vars(model)))
    for count, keep in enumerate(([], ["--keep-best"])):
        out = tmp_path / f"kept{count}.bpgan"
        assert main(["codec", "encode", str(recording), "-o", str(out), "--iterations", "9", *keep]) == 130
        assert out.exists() == bool(keep)
    assert main(["codec", "info", str(tmp_path / "kept1.bpgan")]) == 0
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("kind", ["text", "nan", "missing", "ending", "rate", "itself"])
def test_bad_recordings_get_one_sentence_and_leave_nothing(
    kind: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, more = tmp_path / "bad.wav", tmp_path / "new" / "a.bpgan", []
    if kind == "text":
        source.write_text("this is no sound")
    elif kind == "nan":
        soundfile.write(source, np.array([0, np.nan] * 800, np.float32), 16000, subtype="FLOAT")
    elif kind != "missing":
        source = recording
    out = {"ending": tmp_path / "a.mp3", "itself": recording}.get(kind, out)
    more = ["--kbps", "3"] if kind == "rate" else []
    refused(["codec", "encode", str(source), "-o", str(out), *more], tmp_path, capsys)


@pytest.mark.parametrize("kind", ["text", "empty", "missing", "ending", "folder", "header", "cut"])
def test_bad_files_get_one_sentence_and_leave_nothing(
    kind: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "bad.bpgan", tmp_path / "new" / "a.wav"
    good = encoded(recording, tmp_path / "a.bpgan").read_bytes()
    bad = {"text": b"this is no sound", "empty": b"", "header": good[:6] + b"????" + good[10:], "cut": good[:25]}
    if kind != "missing":
        source.write_bytes(bad.get(kind, good))
    if kind == "folder":
        (source := tmp_path / "none").mkdir()
    if kind == "ending":
        out = tmp_path / "a.mp3"
    capsys.readouterr()
    refused(["codec", "decode", str(source), "-o", str(out)], tmp_path, capsys)


def refused(command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.rglob("*"))
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "Traceback" not in said.err and "fault" not in said.err
    assert [p for p in sorted(folder.rglob("*")) if p.name != "new"] == before  # at most the empty folder asked for


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "LARGEST", 100)
    (tmp_path / "a.bpgan").write_bytes(bytes(101))
    assert main(["codec", "info", str(tmp_path / "a.bpgan")]) == 2


# --- the bench's own parts ---


@pytest.mark.parametrize("rival", rivals(), ids=lambda rival: rival.name)
def test_rivals_give_back_what_was_said_at_the_rate_of_their_name(rival: object) -> None:
    if absence := rival.absence():
        assert "not" in absence
        return
    sound = speechlike(4.0)
    data = rival.encode(sound)
    made = aligned(rival.decode(data), sound)
    assert len(made) == len(sound) and np.isfinite(made).all()
    nominal = float(rival.name.rpartition("-")[2])
    assert 0.75 * nominal < 8 * len(data) / 4000 < 1.25 * nominal
    ours, theirs = (np.square(x[:64000].reshape(-1, 800)).mean(1) for x in (sound, made))
    assert np.corrcoef(np.log(ours + 1e-5), np.log(theirs + 1e-5))[0, 1] > 0.5  # loud where the sound is loud


def test_a_delay_is_taken_back() -> None:
    sound = speechlike(1.0)
    for late in (-300, 0, 700):
        moved = np.roll(sound, late)
        assert np.abs(aligned(moved, sound) - sound)[800:-800].max() < 1e-6


def test_a_case_that_loses_nothing_has_the_best_marks() -> None:
    case = Case("plain", lambda sound: sound.astype(np.float16).tobytes(), lambda data, sound: sound)
    means = {row["metric"]: row["value"] for row in measured(case, [speechlike(3.0), speechlike(2.0)])}
    assert means["kbps"] == pytest.approx(256) and means["estoi"] == pytest.approx(1, abs=1e-3)
    assert means["pesq_wb"] > 4.5 and means["encode_real_time_factor"] > 0


def test_the_plot_shows_every_case(tmp_path: Path) -> None:
    points = [Point("a-1", 1.0, 2.0), Point("a-2", 2.0, 2.5), Point("b <c>", 1.0, 2.0)]
    draw(points, tmp_path / "plot.svg")
    text = (tmp_path / "plot.svg").read_text()
    assert text.count("<circle") == 3 and ">a-2<" in text and "b &lt;c&gt;" in text and text.count("<polyline") == 2
