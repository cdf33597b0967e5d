"""Without a complete consent record no way in makes a picture of anybody: engine, command line, queue and window."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engines.api.events import Done, Event, Failed
from engines.api.jobs import ClipJob, Job, TrainJob
from engines.api.presenter import CheckPresenterJob, Consent, ImportJob, TrainPresenterJob
from engines.api.textlip import LipsJob
from engines.api.values import Audio
from engines.presenter.footage_files import FILMED, Footage, write_footage
from engines.presenter.homes import SHIPPED, VARIABLE
from engines.presenter.presenters import FILES, file_hash, list_presenters
from engines.room import InlineRoom, ProcessRoom
from studio.actions.exporting import ExportRequest, export_clip
from studio.actions.stories import change_clip
from studio.app import Studio
from studio.cli import main
from studio.session import JobState
from studio.session.transport import Span
from tests.studio.conftest import has_take, standing, trigger

LIMIT_MS = 120_000
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


@pytest.fixture
def studio(secret: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    """The real window over real engine processes, which find the presenter without consent."""
    with standing(ProcessRoom(), qtbot, qapp, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("secret", ["missing"], indirect=True)
def test_window_and_export_queue_refuse(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    desk, window, out = studio.desk, studio.window, tmp_path / "clip.mp4"
    change_clip(desk, "Presenter", presenter="secret")
    window.story.editor.insertPlainText("Good evening.")
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: has_take(studio), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: "consent" in desk.preview.trouble, timeout=LIMIT_MS)
    assert window.presenter.canvas.image is None and not desk.preview.shelf.count
    clip, span = desk.document.project.clip, Span(0.0, 0.2)
    exports = [
        export_clip(desk, ExportRequest(path, span, clip.fps, 480, 270, "secret", background))
        for path, background in ((out, "studio"), (out.with_suffix(".mov"), "alpha"))
    ]
    for export in exports:
        qtbot.waitUntil(lambda entry=export.entry: not desk.jobs.get(entry).running, timeout=LIMIT_MS)
        ended = desk.jobs.get(export.entry)
        assert ended.state is JobState.FAILED and "consent" in ended.message and not ended.details
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("clip.")]


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
    write_footage(building, Footage(FILMED, "", (1920, 1080), (700, 0, 512, 512), "", ()))
    for job in (
        TrainPresenterJob("new", 0.1, "cpu", home=str(tmp_path / "home")),
        TrainJob("presenter", str(building), 0.1, "cpu"),
    ):
        ending = ending_of(room, job)
        assert isinstance(ending, Failed) and "consent" in ending.message and not ending.details, ending
    assert not (building.parent / "training").exists()


def test_import_command_asks_for_consent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film, home = SHIPPED / "default" / "template.mp4", tmp_path / "home"
    assert main(["presenter", "import", str(film), "--name", "new", "--home", str(home)]) == 2
    assert "consent record lacks who, scope, date, statement" in capsys.readouterr().err
    assert not home.exists()


def test_the_shipped_presenter_has_consent(room: InlineRoom) -> None:
    assert isinstance(ending_of(room, CheckPresenterJob("default")), Done)
