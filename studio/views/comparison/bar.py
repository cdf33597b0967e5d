"""The bar above the lanes: play, what is shown, what the colours mean, the difference, zoom, export."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup

from studio.bridge.lanes_player import LanesPlayer
from studio.views.comparison.palettes import Legend, View
from studio.views.parts import row
from studio.views.play_bar import PlayBar, named, tool

ROOMY = 800
"""Pixels across from which on exporting is a word, too."""


class Bar(PlayBar):
    """One line of controls."""

    view = Signal(View)
    difference = Signal(bool)
    fit = Signal()
    export = Signal()

    def __init__(self, player: LanesPlayer) -> None:
        super().__init__(player, "a lane")
        self.views = {each: named(each.value) for each in View}
        self.legend = Legend()
        self.minus = named("Difference", "Show what was rebuilt minus the original; press its head to hear it (D)")
        self.minus.setChecked(True)
        self.whole = tool("zoom-fit", "Show everything (F). Wheel: zoom time; Ctrl and wheel: zoom upright; drag: pan")
        self.save = tool("export", "Export table, picture, sounds and the log of blind tests into a folder")
        self.save.setText("  Export…")  # a tool button puts its text too close to the icon
        self.save.setMinimumWidth(self.whole.sizeHint().width())
        self._group = QButtonGroup(self)
        for button in self.views.values():
            self._group.addButton(button)
        self.views[View.WAVE].setChecked(True)
        parts = (self.play, self.loop, self.time, *self.views.values(), self.minus, self.legend)
        line = row(*parts, 1, self.whole, self.save, margins=(8, 6, 12, 6), gap=4)
        line.setStretch(parts.index(self.legend), 100)
        self.setLayout(line)
        self._listen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A word beside the last icon only where there is room for it."""
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        roomy = self.width() >= ROOMY
        self.save.setToolButtonStyle(style.ToolButtonTextBesideIcon if roomy else style.ToolButtonIconOnly)

    def _listen(self) -> None:
        for view, button in self.views.items():
            button.clicked.connect(lambda _, chosen=view: self.view.emit(chosen))
        self.view.connect(self.legend.show_view)
        self.minus.toggled.connect(self.difference)
        self.whole.clicked.connect(self.fit)
        self.save.clicked.connect(self.export)
