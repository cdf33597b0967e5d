"""The mouth of what is typed: which words are said, that the latest wins, and how a clip's lips change hands."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engines.api.jobs import ClipJob, SpeakJob
from engines.api.textlip import LipsJob, PacedSpeakJob
from engines.api.values import Phone
from studio.app import Studio
from studio.bridge.lips import phones_between
from studio.session.typing import changed_at, sentence_around, words_before
from studio.views.lips.panel import LipsPanel
from tests.studio.conftest import LIMIT_MS, trigger

TEXT = "Good evening. The bridge is open again."


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [("", "a", 1), ("ab", "abc", 3), ("abc", "ab", 2), ("a c", "a b c", 4), ("aaa", "aa", 2), ("ab", "ab", 2)],
)
def test_the_place_of_a_change(old: str, new: str, at: int) -> None:
    assert changed_at(old, new) == at


def test_the_sentence_and_the_words_at_a_place() -> None:
    assert sentence_around(TEXT, 3) == "Good evening."
    assert sentence_around(TEXT, len(TEXT)) == "The bridge is open again."
    assert sentence_around("One two.\n", 9) == "One two."
    assert sentence_around("", 0) == ""
    assert words_before(TEXT, TEXT.index("open")) == "bridge is open"
    assert words_before(TEXT, 2) == "Good"


def test_phones_of_a_stretch_count_from_its_start() -> None:
    phones = [Phone("b", 1.0, 2.0), Phone("a", 0.0, 1.0), Phone("c", 2.0, 3.0)]
    assert phones_between(phones, 0.5, 2.0) == (Phone("a", 0.0, 0.5), Phone("b", 0.5, 1.5))


@pytest.fixture
def panel(studio: Studio) -> LipsPanel:
    """The lips panel of a shown studio."""
    studio.desk.stage.show_panel("lips", True)
    made = studio.window.lazy["lips"].ready()
    assert isinstance(made, LipsPanel)
    made.lips.watch(True)
    return made


def asked(studio: Studio) -> list[LipsJob]:
    """Lips asked for so far."""
    return [job for job in studio.desk.rooms._room.engine.jobs if isinstance(job, LipsJob)]  # type: ignore[attr-defined]


def test_the_mouth_moves_while_typing_and_says_the_sentence_at_rest(
    studio: Studio, panel: LipsPanel, qtbot: QtBot
) -> None:
    studio.window.story.editor.insertPlainText("Good evening from the harbour")
    qtbot.waitUntil(lambda: "from the harbour" in [job.text for job in asked(studio)], timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: panel.lips.picture is not None, timeout=LIMIT_MS)
    assert panel.pages.content.isVisibleTo(panel)
    qtbot.waitUntil(lambda: asked(studio)[-1].text == "Good evening from the harbour", timeout=LIMIT_MS)
    qtbot.waitUntil(lambda: panel.words.text() == "Good evening from the harbour", timeout=LIMIT_MS)


def test_nothing_is_painted_while_nobody_looks(studio: Studio, panel: LipsPanel, qtbot: QtBot) -> None:
    panel.lips.watch(False)
    studio.window.story.editor.insertPlainText("Nobody sees this")
    qtbot.wait(1)
    assert not any(job.text for job in asked(studio))


def test_another_mouth_is_asked_for(studio: Studio, panel: LipsPanel, qtbot: QtBot) -> None:
    studio.window.story.editor.insertPlainText("Hello")
    panel.take_face("/somewhere/face.png")
    qtbot.waitUntil(
        lambda: bool(asked(studio)) and asked(studio)[-1].identity == "/somewhere/face.png", timeout=LIMIT_MS
    )
    assert panel.identity.currentText() == "face.png"


def test_a_clip_driven_by_text_is_paced_and_painted_from_its_phones(studio: Studio, qtbot: QtBot) -> None:
    jobs = studio.desk.rooms._room.engine.jobs  # type: ignore[attr-defined]
    trigger(studio, "play.driver")
    studio.window.story.editor.insertPlainText(TEXT)
    trigger(studio, "speech.speak")
    qtbot.waitUntil(lambda: any(isinstance(job, ClipJob) for job in jobs), timeout=LIMIT_MS)
    clip = next(job for job in jobs if isinstance(job, ClipJob))
    assert clip.driver == "text"
    assert clip.phones
    assert [type(job) for job in jobs if isinstance(job, SpeakJob)] == [PacedSpeakJob]


def test_the_driver_is_undone_like_any_edit(studio: Studio, panel: LipsPanel) -> None:
    trigger(studio, "play.driver")
    assert studio.desk.document.project.clip.driver == "text"
    assert panel.driver.currentData() == "text"
    studio.desk.document.undo()
    assert studio.desk.document.project.clip.driver == "audio"
    assert panel.driver.currentData() == "audio"


def test_the_panel_behind_a_tab_comes_in_front_before_it_goes(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    docks.show("lips", True)
    docks.show("notices", True)
    window.tabifyDockWidget(docks.by_name["lips"], docks.by_name["notices"])
    docks.by_name["notices"].raise_()
    qtbot.waitUntil(lambda: docks.in_front("notices") and not docks.in_front("lips"), timeout=LIMIT_MS)
    trigger(studio, "view.lips")
    qtbot.waitUntil(lambda: docks.in_front("lips") and not docks.in_front("notices"), timeout=LIMIT_MS)
    assert docks.shown("notices")
    trigger(studio, "view.lips")
    assert not docks.shown("lips")
    trigger(studio, "view.lips")
    qtbot.waitUntil(lambda: docks.in_front("lips"), timeout=LIMIT_MS)
