"""The bar above the lanes: play, loop, switch between original and decoded, zoom, save."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton

from studio.bridge.lanes_player import LanesPlayer
from studio.session.coding import State
from studio.views.codec.lanes import TITLES
from studio.views.parts import label, push_button, row
from studio.views.theme import icon
from studio.views.timeline.timecode import short_time


class Bar(QFrame):
    """One line of controls."""

    heard = Signal(str)
    fit = Signal()
    loop_all = Signal()
    save = Signal()
    save_sound = Signal()

    def __init__(self, player: LanesPlayer) -> None:
        super().__init__()
        self._player = player
        self.play = tool("play", "Play or pause (Space)")
        self.loop = tool("loop", "Loop everything; Shift and drag over a picture to loop a stretch (L)", checkable=True)
        self.time = label("", "dim")
        self.time.setMinimumWidth(104)
        self.lanes = {key: _named(title, f"Hear this one ({i}); X changes over") for i, (key, title) in _numbered()}
        self.whole = tool("zoom-fit", "Show everything (F). Wheel: zoom; drag: pan; click: playhead")
        self.sound = push_button("Save sound…")
        self.sound.setToolTip("Write the decoded sound as WAV or FLAC")
        self.file = push_button("Save file…", "save")
        self._group = QButtonGroup(self)
        for button in self.lanes.values():
            self._group.addButton(button)
        parts = (self.play, self.loop, self.time, *self.lanes.values())
        self.setLayout(row(*parts, 1, self.whole, self.sound, self.file, margins=(8, 6, 12, 6), gap=4))
        self._listen()

    def show_state(self, now: State) -> None:
        """Enable what can be done."""
        self.sound.setEnabled(now.heard is not None)
        self.file.setEnabled(now.coded is not None and not now.coded.opened)
        if now.coded is not None:
            self.file.setText(f"Save {now.coded.packing.suffix}…")
            self.file.setToolTip(f"Write the {now.coded.packing.title} file (Ctrl+Shift+E)")

    def show_lanes(self, there: frozenset[str], heard: str) -> None:
        """Which sounds can be heard, and which one is."""
        for key, button in self.lanes.items():
            button.setEnabled(key in there)
            button.setChecked(key == heard)

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

    def _listen(self) -> None:
        self.play.clicked.connect(self._player.toggle)
        self.loop.clicked.connect(self.loop_all)
        for key, button in self.lanes.items():
            button.clicked.connect(lambda _, chosen=key: self.heard.emit(chosen))
        self.whole.clicked.connect(self.fit)
        self.sound.clicked.connect(self.save_sound)
        self.file.clicked.connect(self.save)
        self._player.changed.connect(self.show_playing)
        self._player.moved.connect(self.show_time)
        self.show_playing()


def tool(name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """A tool button with an icon only; it never takes the keyboard by a click."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    return button


def _named(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    return button


def _numbered() -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(TITLES.items(), 1))
