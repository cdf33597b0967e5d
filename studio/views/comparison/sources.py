"""Where the sound of a panel comes from: a file, the take of the story, the whole programme."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from engines.api.values import Audio
from studio.actions.desk import Desk
from studio.views.fitting import Elided
from studio.views.parts import action_button
from studio.views.theme import icon


class Taker(Protocol):
    """Whoever works on the sound."""

    def open(self, path: Path) -> None:
        """Read a file and work on it."""
        ...

    def take(self, title: str, audio: Audio) -> None:
        """Work on a sound that is there already."""
        ...


class Sources(QObject):
    """The three ways as actions; each is enabled while it has a sound. purpose: what the sound is for, as a verb."""

    def __init__(self, desk: Desk, taker: Taker, purpose: str = "Compare methods on") -> None:
        super().__init__()
        self._desk, self._taker, self._purpose = desk, taker, purpose
        self.file = self._action("Open sound file…", "open", self._open)
        self.take = self._action("Take of the story", "story", self._use_take)
        self.programme = self._action("Programme", "timeline", self._use_programme)
        desk.programme.mixed.connect(self.refresh)
        desk.selection.changed.connect(lambda old, new: self.refresh())
        self.refresh()

    @property
    def all(self) -> tuple[QAction, ...]:
        """In the order they are shown."""
        return self.file, self.take, self.programme

    def refresh(self) -> None:
        """Enable what there is."""
        self.take.setEnabled(self._take() is not None)
        self.programme.setEnabled(self._desk.programme.audio is not None)

    def _take(self) -> Audio | None:
        story = self._desk.story
        passage = self._desk.programme.passage_of(story.id) if story is not None else None
        return passage.speech.audio if passage is not None and passage.speech is not None else None

    def _open(self) -> None:
        self._desk.stage.ask_sound("Choose a sound", Path.home(), self._taker.open)

    def _use_take(self) -> None:
        audio, story = self._take(), self._desk.story
        if audio is not None and story is not None:
            self._taker.take(story.title or "Take", audio)

    def _use_programme(self) -> None:
        audio = self._desk.programme.audio
        if audio is not None:
            self._taker.take(self._desk.file.name or "Programme", audio)

    def _action(self, title: str, icon_name: str, run: object) -> QAction:
        action = QAction(icon(icon_name), title, self)
        action.setIconText("  " + title.rstrip("…"))  # a tool button puts its text too close to the icon
        action.setToolTip(f"{self._purpose} this: {title.rstrip('…').lower()}")
        action.triggered.connect(run)
        return action


class SourceButtons(QWidget):
    """The actions as buttons, with the name of the sound in use."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self.title = Elided("No sound yet", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for action in sources.all:
            button = action_button(action, text=True)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.DelayedPopup)
            column.addWidget(button)
        column.addWidget(self.title)

    def show_title(self, title: str) -> None:
        """Name the sound in use."""
        self.title.setText(title)
        self.title.setToolTip(title)


def dropped_file(data: QMimeData) -> Path | None:
    """The file that is being dropped, if it is one."""
    urls = data.urls() if data.hasUrls() else []
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
