"""The presenter wizard by real clicks over a fake builder: no page is passed without what it asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job
from engines.api.presenter import (
    Consent,
    ImportJob,
    ImportReport,
    ImportsJob,
    PresenterCheck,
    Stretch,
    TrainingLook,
    TrainPresenterJob,
)
from engines.api.rooms import Work
from studio.app import Studio
from studio.views.dialogs.presenter_wizard import PresenterWizard
from tests.studio import fakes
from tests.studio.conftest import LIMIT_MS, trigger


def build(engine: fakes.FakeEngine, job: Job) -> Work:
    """What the builder would answer."""
    engine.jobs.append(job)
    if isinstance(job, ImportJob):
        if "mute" in job.videos[0]:
            raise EngineError("mute.mp4 has no sound: film with sound, so that lips and voice can be compared.")
        yield Progress(1, 2, "Looking at anna.mp4")
        stretch = Stretch("anna.mp4", 1.2, 1.8, "blurred")
        skipped = (("blurred", 15),)
        return ImportReport(
            "Anna", "Anna", "x", (), 5000, 4985, 1200, False, skipped, (stretch,), ("No green screen.",)
        )
    if isinstance(job, ImportsJob):
        return (PresenterCheck("Berta", "Berta", "training", "x", ("5000 pictures can be used.",)),)
    assert isinstance(job, TrainPresenterJob)
    yield Progress(1, 10, "Training, step 1")
    yield Partial(TrainingLook(np.full((1024, 2048, 3), 90, np.uint8), 1, 0.1))
    engine.gate.wait()
    yield Progress(9, 10, "Training, step 9")
    return f"/home/{job.name}"


@pytest.fixture
def wizard(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> PresenterWizard:
    """The wizard as the menu opens it."""
    plain = fakes.FakeEngine.run

    def run(engine: fakes.FakeEngine, job: Job) -> Work:
        return build(engine, job) if isinstance(job, ImportJob | ImportsJob | TrainPresenterJob) else plain(engine, job)

    monkeypatch.setattr(fakes.FakeEngine, "run", run)
    trigger(studio, "file.make_presenter")
    opened = studio.window.stage.open_dialogs["presenter_wizard"]
    assert isinstance(opened, PresenterWizard)
    return opened


def click(wizard: PresenterWizard) -> None:
    """Go on."""
    assert wizard.go.isEnabled()
    QTest.mouseClick(wizard.go, Qt.MouseButton.LeftButton)


def agree(wizard: PresenterWizard) -> None:
    """Fill in the first page."""
    wizard.consent.who.setText("Anna Example")
    wizard.consent.scope.setText("Tests")
    assert not wizard.go.isEnabled(), "a record without a statement is none"
    wizard.consent.statement.setPlainText("I agree.")


def test_consent_comes_first(wizard: PresenterWizard) -> None:
    assert not wizard.go.isEnabled()
    agree(wizard)
    click(wizard)
    assert wizard.pages.currentIndex() == 1 and not wizard.go.isEnabled()


def test_from_footage_to_a_chosen_presenter(studio: Studio, wizard: PresenterWizard, qtbot: QtBot) -> None:
    agree(wizard)
    click(wizard)
    wizard.footage.name.setText("Anna")
    wizard.footage.add_films(["/films/anna.mp4", "/films/anna.mp4"])
    assert wizard.footage.films == ("/films/anna.mp4",)
    click(wizard)
    qtbot.waitUntil(lambda: wizard.go.isEnabled(), timeout=LIMIT_MS)
    assert "1.2 to 1.8 s: blurred" in wizard.check.words.toPlainText()
    click(wizard)
    click(wizard)
    qtbot.waitUntil(lambda: not wizard.training.picture.pixmap().isNull(), timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: wizard.go.text() == "Use this presenter" and wizard.go.isEnabled(), timeout=LIMIT_MS)
    click(wizard)
    assert studio.desk.document.project.clip.presenter == "Anna"


def test_bad_footage_leads_back_with_its_sentence(wizard: PresenterWizard, qtbot: QtBot) -> None:
    agree(wizard)
    click(wizard)
    wizard.footage.name.setText("Anna")
    wizard.footage.add_films([str(Path("/films/mute.mp4"))])
    click(wizard)
    qtbot.waitUntil(lambda: bool(wizard.trouble.text()), timeout=LIMIT_MS)
    assert wizard.pages.currentIndex() == 1 and "has no sound" in wizard.trouble.text()


def test_a_paused_presenter_is_gone_on_with(wizard: PresenterWizard, studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: wizard.consent.imports.count() == 1, timeout=LIMIT_MS)
    assert wizard.consent.resume.isVisible()
    QTest.mouseClick(wizard.consent.resume, Qt.MouseButton.LeftButton)
    assert wizard.pages.currentIndex() == 2 and "5000 pictures" in wizard.check.words.toPlainText()
    click(wizard)
    assert wizard.go.text() == "Go on training"
    click(wizard)
    qtbot.waitUntil(lambda: wizard.go.text() == "Use this presenter" and wizard.go.isEnabled(), timeout=LIMIT_MS)
    assert wizard.training.said.text().startswith("Done.")
    click(wizard)
    assert studio.desk.document.project.clip.presenter == "Berta"


def test_consent_is_what_the_page_says(wizard: PresenterWizard) -> None:
    agree(wizard)
    said = wizard.consent.consent
    assert said == Consent("Anna Example", "Tests", said.date, "I agree.")
    assert not said.missing
