"""The left end of a bar above lanes: play, loop, and where the playhead is; with the buttons such bars are made of."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QToolButton

from studio.bridge.lanes_player import LanesPlayer
from studio.views.parts import label
from studio.views.theme import icon
from studio.views.timeline.timecode import short_time

TIME_WIDTH = 96
"""Pixels of the time, so that nothing moves as it runs."""


class PlayBar(QFrame):
    """Controls that follow a player; bars put play, loop and time first and their own behind, and answer the loop."""

    def __init__(self, player: LanesPlayer, looped: str) -> None:
        """looped: over what a stretch to loop is drawn."""
        super().__init__()
        self._player = player
        self.play = tool("play", "Play or pause (Space)")
        self.loop = tool("loop", f"Loop everything; Shift and drag over {looped} to loop a stretch (L)", checkable=True)
        self.time = label("", "dim")
        self.time.setMinimumWidth(TIME_WIDTH)
        self.play.clicked.connect(player.toggle)
        player.changed.connect(self.show_playing)
        player.moved.connect(self.show_time)
        self.show_playing()

    def show_playing(self) -> None:
        """Bring the play side up to date."""
        self.play.setIcon(icon("pause" if self._player.playing else "play"))
        for button in (self.play, self.loop):
            button.setEnabled(bool(self._player.lanes.sounds))
        self.loop.setChecked(self._player.loop is not None)
        self.show_time(self._player.position_s)

    def show_time(self, at_s: float) -> None:
        """Where the playhead is."""
        self.time.setText(f"{short_time(at_s, 0.1)} / {short_time(self._player.length_s, 0.1)}")


def tool(name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """A tool button with an icon only; it never takes the keyboard by a click."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    return button


def named(text: str, tip: str = "") -> QToolButton:
    """A tool button with a name, to be switched on and off."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    return button
