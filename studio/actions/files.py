"""Projects and files as actions: new, open, save, import, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.actions.beside import ask_captions, ask_tracks, has_story_speech, has_words
from studio.actions.desk import Desk
from studio.actions.exporting import has_sound
from studio.actions.speech import adopt_sound
from studio.actions.stories import has_story
from studio.actions.table import Action, Menu
from studio.actions.telling import tell
from studio.audio.files import SoundFile, read_audio
from studio.document.store import SUFFIX


def new_project(desk: Desk) -> None:
    """Begin another project; this one is on disk already, or the user is asked."""

    def begin() -> None:
        desk.transport.stop()
        desk.file.new()

    leave_project(desk, begin)


def leave_project(desk: Desk, then: Callable[[], object]) -> None:
    """Go on at once where nothing waits to be saved, else ask: save, discard, or stay."""
    if desk.file.unsaved:
        desk.stage.ask_unsaved(lambda: desk.file.save(then), then)
    else:
        then()


def open_project(desk: Desk) -> None:
    """Ask for a project and open it."""
    desk.stage.ask_open("Open project", desk.settings.now.projects_folder, lambda folder: open_folder(desk, folder))


def open_folder(desk: Desk, folder: Path) -> None:
    """Open a project in place of this one."""

    def begin() -> None:
        desk.transport.stop()
        desk.file.open(folder)

    leave_project(desk, begin)


def save_project(desk: Desk) -> None:
    """Bring the project to the disk; a draft is given a place first."""
    if desk.file.is_draft:
        save_project_as(desk)
    else:
        desk.file.save()


def save_project_as(desk: Desk) -> None:
    """Ask for a place and go on there."""
    suggested = desk.settings.now.projects_folder / f"{desk.file.name}.anchor"
    desk.stage.ask_target("Save project as", suggested, "Anchor Studio project (*.anchor)", desk.file.save_as)


def import_sound(desk: Desk) -> None:
    """Ask for a sound file and make it the take of the story."""
    desk.stage.ask_sound("Import sound", Path.home(), lambda path: import_file(desk, path))


def import_file(desk: Desk, path: Path) -> None:
    """Read WAV, FLAC, MP3 or M4A on a worker thread and make it the take of the story."""

    def adopt(sound: SoundFile) -> None:
        for remark in sound.remarks:
            desk.notices.info(remark)
        adopt_sound(desk, sound.audio, "imported", path.stem)

    task = desk.tasks.run(lambda: read_audio(path), adopt)
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def drop_file(desk: Desk, path: Path) -> None:
    """What was dropped on the window: a project is opened, a sound becomes the story's take."""
    if path.suffix == SUFFIX:
        open_folder(desk, path)
    elif has_story(desk):
        import_file(desk, path)


def export_clip(desk: Desk) -> None:
    """Open the export dialog."""
    desk.stage.show_dialog("export")


def close_window(desk: Desk) -> None:
    """Leave the studio."""
    desk.stage.close()


def make_presenter(desk: Desk) -> None:
    """Open the wizard that makes a presenter from footage."""
    desk.stage.show_dialog("presenter_wizard")


def show_preferences(desk: Desk) -> None:
    """Open the preferences."""
    desk.stage.show_dialog("preferences")


MENU = Menu(
    "&File",
    (
        Action("file.new", "New project", new_project, ("Ctrl+Shift+N",), icon="new"),
        Action("file.open", "Open project…", open_project, ("Ctrl+O",), icon="open"),
        Action("file.save", "Save", save_project, ("Ctrl+S",), icon="save"),
        Action("file.save_as", "Save as…", save_project_as, ("Ctrl+Shift+S",), icon="save-as"),
        Action("file.import", "Import sound…", import_sound, ("Ctrl+I",), has_story, "import", apart=True),
        Action(
            "file.make_presenter",
            "Make a presenter…",
            make_presenter,
            icon="presenter",
            tip="From a consenting person's own footage",
        ),
        Action("file.export", "Export clip…", export_clip, ("Ctrl+E",), has_sound, "export", apart=True),
        Action("file.captions", "Export captions…", ask_captions, (), has_words, "captions"),
        Action("file.tracks", "Export facial tracks…", ask_tracks, (), has_story_speech, "tracks"),
        Action("file.preferences", "Preferences…", show_preferences, ("Ctrl+,",), icon="settings", apart=True),
        Action("file.quit", "Quit", close_window, ("Ctrl+Q",), icon="quit", apart=True),
    ),
)
