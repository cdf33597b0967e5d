"""Every action of the studio: menus in the order of the menu bar."""

from __future__ import annotations

from studio.actions import avatar, editing, files, live, play, speech_menu, viewing
from studio.actions.table import Action, Menu

MENUS: tuple[Menu, ...] = (
    files.MENU,
    editing.MENU,
    speech_menu.MENU,
    play.MENU,
    avatar.MENU,
    live.MENU,
    viewing.VIEW,
    viewing.HELP,
)
ACTIONS: dict[str, Action] = {action.key: action for menu in MENUS for action in menu.actions}
"""Actions by key."""

TOOLBAR: tuple[str, ...] = (
    "story.new",
    "file.import",
    "speech.record",
    "",
    "edit.undo",
    "edit.redo",
    "",
    "speech.speak",
    "speech.stop",
)
"""Keys of the tool bar, "" for a separator; export stands at its far end."""
