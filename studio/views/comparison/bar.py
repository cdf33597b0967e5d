"""The bar above the lanes: play, what is shown, what the colours mean, the difference, zoom, export."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton

from studio.bridge.lanes_player import LanesPlayer
from studio.views.comparison.palettes import Legend, View
from studio.views.parts import label, push_button, row
from studio.views.theme import icon
from studio.views.timeline.timecode import short_time


class Bar(QFrame):
    """One line of controls."""

    view = Signal(View)
    difference = Signal(bool)
    fit = Signal()
    export = Signal()

    def __init__(self, player: LanesPlayer) -> None:
        super().__init__()
        self._player = player
        self.play = _tool("play", "Play or pause (Space)")
        self.loop = _tool("loop", "Loop everything; Shift and drag over a lane to loop a stretch (L)", checkable=True)
        self.time = label("", "dim")
        self.time.setMinimumWidth(96)
        self.views = {each: _named(each.value) for each in View}
        self.legend = Legend()
        self.minus = _named("Difference")
        self.minus.setToolTip("Show the lane of what was rebuilt minus the original; press its head to hear it (D)")
        self.minus.setChecked(True)
        self.whole = _tool("zoom-fit", "Show everything (F). Wheel: zoom time; Ctrl and wheel: zoom upright; drag: pan")
        self.save = push_button("Export…", "export")
        self.save.setToolTip("Write table, picture, sounds and the log of blind tests into a folder")
        self._group = QButtonGroup(self)
        for button in self.views.values():
            self._group.addButton(button)
        self.views[View.WAVE].setChecked(True)
        parts = (self.play, self.loop, self.time, *self.views.values(), self.minus, self.legend)
        line = row(*parts, 1, self.whole, self.save, margins=(8, 6, 12, 6), gap=4)
        line.setStretch(parts.index(self.legend), 100)
        self.setLayout(line)
        self._listen()
        self.show_playing()

    def show_playing(self) -> None:
        """Bring the play side up to date."""
        self.play.setIcon(icon("pause" if self._player.playing else "play"))
        self.play.setEnabled(bool(self._player.lanes.sounds))
        self.loop.setEnabled(self.play.isEnabled())
        self.loop.setChecked(self._player.loop is not None)
        self.show_time(self._player.position_s)

    def show_time(self, at_s: float) -> None:
        """Where the playhead is."""
        self.time.setText(f"{short_time(at_s, 0.1)} / {short_time(self._player.length_s, 0.1)}")

    def _listen(self) -> None:
        self.play.clicked.connect(self._player.toggle)
        for view, button in self.views.items():
            button.clicked.connect(lambda _, chosen=view: self.view.emit(chosen))
        self.view.connect(self.legend.show_view)
        self.minus.toggled.connect(self.difference)
        self.whole.clicked.connect(self.fit)
        self.save.clicked.connect(self.export)
        self._player.changed.connect(self.show_playing)
        self._player.moved.connect(self.show_time)


def _tool(name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tip)
    button.setCheckable(checkable)
    return button


def _named(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    return button
