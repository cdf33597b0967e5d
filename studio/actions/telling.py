"""How what happened on a worker thread is told: one sentence for the user, details for whoever asks."""

from __future__ import annotations

from collections.abc import Callable

from engines.api.events import EngineError
from studio.actions.desk import Desk
from studio.audio.errors import AudioDeviceError, AudioFileError
from studio.document.errors import DocumentError
from studio.export.errors import ExportError
from studio.settings import SettingsError

TOLD = (DocumentError, ExportError, EngineError, AudioFileError, AudioDeviceError, SettingsError)
"""Errors whose sentence is all the user needs."""


def run_told(desk: Desk, work: Callable[[], object], done: str) -> None:
    """Do something on a worker thread and tell the user how it went."""
    task = desk.tasks.run(work, lambda _: desk.notices.info(done))
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def tell(error: object, details: str) -> tuple[str, str]:
    """Sentence and details of an error: a user's mistake has no details worth showing."""
    if isinstance(error, TOLD):
        return str(error), ""
    return f"Something in the studio broke: {type(error).__name__}: {error}.", details
