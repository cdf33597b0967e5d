"""What an action works on: the models of the studio, its rooms and threads, and the stage that asks the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from studio.bridge.faces import Faces
from studio.bridge.live import Live
from studio.bridge.player import Player
from studio.bridge.preview import Preview
from studio.bridge.programme import Programme
from studio.bridge.project_file import ProjectFile
from studio.bridge.rooms import RoomBridge
from studio.bridge.tasks import Tasks
from studio.document.history import Document
from studio.document.project import Story
from studio.session import AvatarLook, Jobs, Notices, Selection, Transport
from studio.settings import Settings

Chosen = Callable[[Path], object]


class Stage(Protocol):
    """What only a window can do for an action: ask, show, arrange."""

    def ask_open(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a project folder to open."""
        ...

    def ask_sound(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a sound file to read."""
        ...

    def ask_target(self, title: str, suggested: Path, kinds: str, then: Chosen) -> None:
        """Ask where to write a file; kinds as in "Captions (*.srt *.vtt)"."""
        ...

    def ask_picture(self, then: Chosen) -> None:
        """Ask for a picture to put behind the presenter."""
        ...

    def ask_model(self, title: str, folder: Path, then: Chosen) -> None:
        """Ask for a character's GLB."""
        ...

    def ask_unsaved(self, save: Callable[[], object], discard: Callable[[], object]) -> None:
        """Ask what to do with edits that are not saved: save, discard, or stay (neither is called)."""
        ...

    def show_dialog(self, name: str) -> None:
        """Open a dialog of the window by name."""
        ...

    def show_panel(self, name: str, on: bool) -> None:
        """Show or hide a panel."""
        ...

    def panel_shown(self, name: str) -> bool:
        """Whether a panel is open; it may lie behind another one's tab."""
        ...

    def panel_in_front(self, name: str) -> bool:
        """Whether a panel is open and no other one covers it."""
        ...

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        ...

    def enter(self, workspace: str) -> None:
        """Go to a workspace, as it was left."""
        ...

    def reset_layout(self) -> None:
        """Put every panel back to where it was at first."""
        ...

    def zoom(self, factor: float) -> None:
        """Zoom the time axis around the playhead; 0 shows everything."""
        ...

    def edit_text(self, verb: str) -> None:
        """cut, copy, paste or selectAll in the text that has the focus."""
        ...

    def text_can(self, verb: str) -> bool:
        """Whether edit_text would do something."""
        ...

    def switch(self, name: str) -> None:
        """Switch something a view draws, such as the safe areas, on or off."""
        ...

    def switched(self, name: str) -> bool:
        """Whether it is on."""
        ...

    def close(self) -> object:
        """Close the window and with it the studio."""
        ...


@dataclass
class Desk:
    """Everything actions, panels and dialogs share."""

    document: Document
    file: ProjectFile
    settings: Settings
    selection: Selection
    transport: Transport
    jobs: Jobs
    notices: Notices
    rooms: RoomBridge
    tasks: Tasks
    programme: Programme
    player: Player
    preview: Preview
    faces: Faces
    look: AvatarLook
    live: Live
    stage: Stage = field(init=False)

    @property
    def story(self) -> Story | None:
        """The story being edited."""
        return self.document.project.story(self.selection.now.story)
