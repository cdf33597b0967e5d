"""Speech as actions: speak, stop, record, pronunciations."""

from __future__ import annotations

from studio.actions.desk import Desk
from studio.actions.speech import can_speak, can_speak_all, can_stop, speak_all, speak_story, stop_jobs
from studio.actions.stories import has_story
from studio.actions.table import Action, Menu


def record(desk: Desk) -> None:
    """Open the recorder for the story."""
    desk.transport.pause()
    desk.stage.show_dialog("record")


def pronounce(desk: Desk) -> None:
    """Open the pronunciation list."""
    desk.stage.show_dialog("pronunciations")


MENU = Menu(
    "&Speech",
    (
        Action(
            "speech.speak",
            "Speak story",
            speak_story,
            ("Ctrl+Return", "Ctrl+Enter"),
            can_speak,
            "speak",
            "Turn the story into speech and play it from its first sentence",
        ),
        Action("speech.all", "Speak all that changed", speak_all, ("Ctrl+Shift+Return",), can_speak_all),
        Action("speech.stop", "Stop", stop_jobs, ("Esc",), can_stop, "stop", "Stop speaking, rendering or playing"),
        Action("speech.record", "Record voice…", record, ("Ctrl+R",), has_story, "mic", apart=True),
        Action("speech.pronounce", "Pronunciations…", pronounce, ("Ctrl+P",), icon="pronounce", apart=True),
    ),
)
