"""The command line: the doctor examines, mistakes are one sentence and exit 2, nothing half-written is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.common.weights import ASSETS
from studio.cli import main

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


@pytest.mark.parametrize("given", [["nonsense"], ["bench", "nonsense"], ["say", "Hello.", "--fps", "12"]])
def test_wrong_usage(given: list[str], tmp_path: Path, capsys: Said) -> None:
    assert main([*given, *(["-o", str(tmp_path / "a.mp4")] if given[0] == "say" else [])]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("engine", ["lipsync", "presenter", "phase", "codec", "face", "textlip"])
def test_training_names_the_networks_it_knows(engine: str, capsys: Said) -> None:
    assert main(["train", engine, "--network", "nonsense"]) == 2
    said = capsys.readouterr().err
    assert f"network of {engine}" in said and "choose from" in said and said.count("\n") == 1
