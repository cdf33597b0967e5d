"""Without a complete consent record no way in makes a picture of anybody: engine, command line, queue and window."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engines.api.events import Done, Event, Failed
from engines.api.jobs import ClipJob, Job
from engines.api.presenter import CheckPresenterJob, Consent, ImportJob, TrainPresenterJob
from engines.api.textlip import LipsJob
from engines.api.values import Audio
from engines.presenter.homes import SHIPPED, VARIABLE
from engines.presenter.presenters import FILES, file_hash, list_presenters
from engines.room import InlineRoom
from studio.cli import main

SOUND = Audio(np.zeros(16_000, np.float32), 16_000)


@pytest.fixture(params=["missing", "empty", "without statement"])
def secret(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped presenter copied into the user's folder, its consent record gone or incomplete, hashes right."""
    folder = tmp_path / "home" / "secret"
    shutil.copytree(SHIPPED / "default", folder)
    record = json.loads((folder / "consent.json").read_text(encoding="utf-8"))
    kept = {"missing": None, "empty": {}, "without statement": record | {"statement": " "}}[request.param]
    (folder / "consent.json").unlink()
    if kept is not None:
        (folder / "consent.json").write_text(json.dumps(kept), encoding="utf-8")
    about = json.loads((folder / "presenter.json").read_text(encoding="utf-8"))
    about["files"] = {name: file_hash(folder / name) for name in FILES if (folder / name).is_file()}
    (folder / "presenter.json").write_text(json.dumps(about), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder.parent))
    return folder


@pytest.fixture
def room() -> Iterator[InlineRoom]:
    """The room that both the command line and tests run jobs in; the window's has the same engines."""
    made = InlineRoom()
    yield made
    made.close()


def ending_of(room: InlineRoom, job: Job) -> Event:
    """The last event of a job."""
    events: list[Event] = []
    room.submit(job, events.append)
    return events[-1]


def jobs_with(folder: Path) -> tuple[Job, ...]:
    """Every job that would show the presenter of a folder."""
    return (
        ClipJob(SOUND, "secret", end_s=0.04),
        ClipJob(SOUND, str(folder), end_s=0.04),
        ClipJob(SOUND, "secret", driver="text", end_s=0.04),
        ClipJob(SOUND, "secret", beside="map", end_s=0.04),
        LipsJob("Good evening.", identity=str(folder)),
        CheckPresenterJob("secret"),
    )


def test_engines_refuse(secret: Path, room: InlineRoom) -> None:
    for job in jobs_with(secret):
        ending = ending_of(room, job)
        assert isinstance(ending, Failed) and not ending.details, (job, ending)
        assert "consent" in ending.message and "\n" not in ending.message


def test_command_line_refuses(secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "clip.mp4"
    for words in (
        ["say", "Good evening.", "-o", str(out), "--presenter", "secret"],
        ["lips", "Good evening.", "-o", str(out), "--identity", str(secret)],
        ["presenter", "check", "secret"],
    ):
        assert main(words) == 2
        assert "consent" in capsys.readouterr().err
        assert not out.exists() and not list(tmp_path.glob("*.part"))


def test_lists_say_who_cannot_be_used(secret: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [info.consented for info in list_presenters(secret.parent)] == [False]
    assert main(["presenter", "list"]) == 0
    assert "no consent record" in capsys.readouterr().out


@pytest.mark.parametrize("consent", [Consent(), Consent("A", "B", "2026-01-01", " "), Consent("A", "B", "soon", "C")])
def test_nothing_is_imported_or_trained(consent: Consent, room: InlineRoom, tmp_path: Path) -> None:
    film = SHIPPED / "default" / "template.mp4"
    ending = ending_of(room, ImportJob((str(film),), "new", consent, short=True, home=str(tmp_path / "home")))
    assert isinstance(ending, Failed) and "consent" in ending.message
    assert not (tmp_path / "home").exists()
    building = tmp_path / "home" / ".building" / "new" / "footage"
    building.mkdir(parents=True)
    (building.parent / "consent.json").write_text(json.dumps(vars(consent)), encoding="utf-8")
    ending = ending_of(room, TrainPresenterJob("new", 0.1, "cpu", home=str(tmp_path / "home")))
    assert isinstance(ending, Failed) and "consent" in ending.message
    assert not (building.parent / "training").exists()


def test_import_command_asks_for_consent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film, home = SHIPPED / "default" / "template.mp4", tmp_path / "home"
    assert main(["presenter", "import", str(film), "--name", "new", "--home", str(home)]) == 2
    assert "consent record lacks who, scope, date, statement" in capsys.readouterr().err
    assert not home.exists()


def test_the_shipped_presenter_has_consent(room: InlineRoom) -> None:
    assert isinstance(ending_of(room, CheckPresenterJob("default")), Done)
