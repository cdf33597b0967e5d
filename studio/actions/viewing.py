"""Panels, layout, zoom and help as actions."""

from __future__ import annotations

from studio.actions.desk import Desk
from studio.actions.table import Action, Menu, Rule, Run

PANELS: tuple[tuple[str, str, str], ...] = (
    ("story", "Story", "story"),
    ("avatar", "Avatar", "avatar"),
    ("jobs", "Jobs", "jobs"),
    ("notices", "Notices", "bell"),
    ("timeline", "Timeline", "timeline"),
    ("waveform", "Waveform", "waveform"),
    ("spectrogram", "Spectrogram", "spectrogram"),
    ("comparison", "Phase comparison", "comparison"),
    ("codec", "Codec", "codec"),
    ("tuning", "Tuning", "tuning"),
    ("curves", "Curves", "curves"),
    ("live", "Live microphone", "mic"),
    ("lips", "Lips", "lips"),
)
"""Name, title and icon of every panel that can be hidden; the presenter is no dock."""
SPACES: tuple[tuple[str, str, str], ...] = (
    ("newsroom", "Newsroom", "presenter"),
    ("avatar", "Avatar desk", "avatar"),
    ("sound", "Sound lab", "spectrogram"),
)
"""Key, title and icon of every workspace, in the order of the tool bar."""


def toggle_panel(name: str) -> Run:
    """Show a panel in front, or hide it if it is there."""
    return lambda desk: desk.stage.show_panel(name, not desk.stage.panel_in_front(name))


def panel_shown(name: str) -> Rule:
    """Whether a panel is shown."""
    return lambda desk: desk.stage.panel_shown(name)


def enter(space: str) -> Run:
    """Go to a workspace."""
    return lambda desk: desk.stage.enter(space)


def entered(space: str) -> Rule:
    """Whether a workspace is shown."""
    return lambda desk: desk.stage.workspace == space


def dialog(name: str) -> Run:
    """Open a dialog by name."""
    return lambda desk: desk.stage.show_dialog(name)


def zoom(factor: float) -> Run:
    """Zoom the time axis; 0 shows everything."""
    return lambda desk: desk.stage.zoom(factor)


def _switch(name: str) -> Run:
    return lambda desk: desk.stage.switch(name)


def _switched(name: str) -> Rule:
    return lambda desk: desk.stage.switched(name)


def _reset(desk: Desk) -> None:
    desk.stage.reset_layout()


VIEW = Menu(
    "&View",
    (
        *(
            Action(f"space.{key}", title, enter(key), (f"Alt+{i}",), icon=icon, checked=entered(key))
            for i, (key, title, icon) in enumerate(SPACES, 1)
        ),
        *(
            Action(
                f"view.{name}",
                title,
                toggle_panel(name),
                (f"Ctrl+{i}",) if i < 10 else (),
                icon=icon,
                checked=panel_shown(name),
                apart=i == 1,
            )
            for i, (name, title, icon) in enumerate(PANELS, 1)
        ),
        Action("view.reset", "Reset layout", _reset, ("Ctrl+0",), icon="layout", apart=True),
        Action("view.zoom_in", "Zoom in", zoom(0.5), ("Ctrl++", "Ctrl+="), icon="zoom-in", apart=True),
        Action("view.zoom_out", "Zoom out", zoom(2.0), ("Ctrl+-",), icon="zoom-out"),
        Action("view.zoom_all", "Show everything", zoom(0.0), ("Ctrl+Shift+0",), icon="zoom-fit"),
        Action(
            "view.safe",
            "Safe areas",
            _switch("safe"),
            ("Ctrl+Shift+A",),
            icon="safe-area",
            tip="Draw the title and action safe areas over the presenter (EBU R 95)",
            checked=_switched("safe"),
            apart=True,
        ),
        Action(
            "view.follow",
            "Follow the playhead",
            _switch("follow"),
            ("Ctrl+F",),
            icon="follow",
            tip="Turn the page when the playhead leaves the view",
            checked=_switched("follow"),
        ),
    ),
)

HELP = Menu(
    "&Help",
    (
        Action("help.palette", "Command palette…", dialog("palette"), ("Ctrl+K",), icon="command"),
        Action("help.shortcuts", "Keyboard shortcuts", dialog("shortcuts"), ("F1",), icon="keyboard"),
        Action("help.doctor", "Doctor…", dialog("doctor"), icon="doctor", tip="Examine what the studio needs to work"),
        Action("help.about", "About Anchor Studio", dialog("about"), icon="about", apart=True),
    ),
)
