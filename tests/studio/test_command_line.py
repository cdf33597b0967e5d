"""The command line: the doctor examines, mistakes are one sentence and exit 2, nothing half-written is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from engines.api.jobs import ClipJob
from engines.api.values import Audio, ClipSummary, Frames, frame_count
from engines.common.weights import ASSETS
from studio.audio.files import write_audio
from studio.cli import main
from studio.cli.desk import Desk

Said = pytest.CaptureFixture[str]


def test_the_doctor_names_every_weight_file(capsys: Said) -> None:
    assert main(["doctor", "--json"]) == 0
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(finding["well"] for finding in findings)
    subjects = " ".join(finding["subject"] for finding in findings)
    assert all(path.name in subjects for path in (ASSETS / "weights").glob("*.safetensors"))


def test_the_doctor_lists_voices(capsys: Said) -> None:
    assert main(["doctor", "--voices"]) == 0
    assert any(line.startswith("en-gb ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["say", ""], "story"),
        (["say", "?!"], "word"),
        (["say", "Hello.", "--voice", "nobody"], "voice"),
        (["say", "Hello.", "--presenter", "nobody"], "presenter"),
        (["say", "Hello.", "--background", "nowhere.png"], "nowhere.png"),
        (["say", "--file", "nowhere.txt"], "nowhere.txt"),
        (["say", "--audio", "nowhere.wav"], "nowhere.wav"),
    ],
)
def test_a_mistake_is_one_sentence(given: list[str], word: str, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "clip.mp4"
    assert main([*given, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert word in said and said.count("\n") == 1 and "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["say", "Hello.", "-o", str(tmp_path / "file" / "clip.mp4")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


SAYS = [["say", "Hello.", "--fps", "12"], ["say", "Hello.", "--loudness", "12"]]


@pytest.mark.parametrize("given", [["nonsense"], ["bench", "nonsense"], *SAYS])
def test_wrong_usage(given: list[str], tmp_path: Path, capsys: Said) -> None:
    assert main([*given, *(["-o", str(tmp_path / "a.mp4")] if given[0] == "say" else [])]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def blank(desk: Desk, job: ClipJob, on_partial: Callable[[Frames], None]) -> ClipSummary:
    """A clip of black pictures, made without an engine."""
    count = frame_count(job.audio.seconds, job.fps)
    on_partial(Frames(np.zeros((count, job.height, job.width, 3), np.uint8), 0, job.fps))
    return ClipSummary(count, job.fps, job.width, job.height, job.audio.seconds)


@pytest.mark.parametrize(("amplitude", "warned"), [(0.02, False), (0.0006, True)])
def test_say_tells_how_loud_the_clip_is(
    amplitude: float, warned: bool, tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Desk, "run", blank)
    hum = amplitude * np.sin(np.arange(32_000) * 0.4)
    write_audio(Audio(hum.astype(np.float32), 16_000), tmp_path / "hum.wav")
    given = ["say", "--audio", str(tmp_path / "hum.wav"), "--size", "32x32", "-o", str(tmp_path / "clip.mp4")]
    assert main([*given, "--json", "--loudness", "web"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (abs(told["lufs"] + 16) > 1) is warned and told["true_peak_db"] <= -1
    assert ("clip.mp4 came out at" in said.err) is warned
    assert main([*given, "--loudness", "none"]) == 0
    assert "LUFS" in capsys.readouterr().out
    with av.open(str(tmp_path / "clip.mp4")) as file:
        assert file.metadata["title"] == "hum" and "presenter, recorded voice" in file.metadata["comment"]


@pytest.mark.parametrize("engine", ["lipsync", "presenter", "phase", "codec", "face", "textlip"])
def test_training_names_the_networks_it_knows(engine: str, capsys: Said) -> None:
    assert main(["train", engine, "--network", "nonsense"]) == 2
    said = capsys.readouterr().err
    assert f"network of {engine}" in said and "choose from" in said and said.count("\n") == 1
