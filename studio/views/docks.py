"""The panels of the window as docks: where they stand at first, and how they are kept from one day to the next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from studio.actions.viewing import PANELS
from studio.views.theme import icon, pixmap

VERSION = 1
"""Raised when panels change so much that old layouts no longer fit."""
MARGINS = (12, 4, 6, 4)
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class DockTitle(QFrame):
    """The title bar of a dock: icon, name, float, close."""

    def __init__(self, dock: QDockWidget, title: str, icon_name: str) -> None:
        super().__init__()
        self.setObjectName("DockTitle")
        picture = QLabel()
        picture.setPixmap(pixmap(icon_name, 15, "dim"))
        self._short = False
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(*MARGINS)
        line.setSpacing(8)
        line.addWidget(picture)
        line.addWidget(QLabel(title))
        line.addStretch(1)
        for name, tip, act in (
            ("layout", "Float or dock this panel", lambda: dock.setFloating(not dock.isFloating())),
            ("close", "Hide this panel", dock.close),
        ):
            button = QToolButton()
            button.setIcon(icon(name, "faint"))
            button.setIconSize(QSize(13, 13))
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(act)
            line.addWidget(button)

    def shorten(self, short: bool) -> None:
        """Give the bar no height at all, or its own."""
        if short != self._short:
            self._short = short
            for part in self.findChildren(QWidget):
                part.setVisible(not short)
            self._line.setContentsMargins(*((0, 0, 0, 0) if short else MARGINS))
            self.setMaximumHeight(0 if short else 16_777_215)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """What a dock gives its title."""
        return QSize(0, 0) if self._short else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The least it gives."""
        return QSize(0, 0) if self._short else super().minimumSizeHint()


class Docks:
    """All docks by name."""

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        self._window = window
        self.by_name: dict[str, QDockWidget] = {}
        self._soon = QTimer(window, interval=0, singleShot=True)
        self._soon.timeout.connect(self.trim)
        window.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, window.tabPosition(LEFT).North)
        for corner, area in ((Qt.Corner.BottomLeftCorner, BOTTOM), (Qt.Corner.BottomRightCorner, BOTTOM)):
            window.setCorner(corner, area)
        for name, title, icon_name in PANELS:
            dock = QDockWidget(title, window)
            dock.setObjectName(name)
            dock.setTitleBarWidget(DockTitle(dock, title, icon_name))
            dock.visibilityChanged.connect(self._trim_soon)
            dock.topLevelChanged.connect(self._trim_soon)
            dock.setWidget(panels[name])
            self.by_name[name] = dock
        self.reset()

    def reset(self) -> None:
        """The layout of the first day."""
        window, docks = self._window, self.by_name
        for dock in docks.values():
            dock.setFloating(False)
        window.addDockWidget(LEFT, docks["story"])
        window.addDockWidget(RIGHT, docks["avatar"])
        window.splitDockWidget(docks["avatar"], docks["jobs"], Qt.Orientation.Vertical)
        window.tabifyDockWidget(docks["jobs"], docks["notices"])
        window.addDockWidget(BOTTOM, docks["timeline"])
        window.splitDockWidget(docks["timeline"], docks["waveform"], Qt.Orientation.Horizontal)
        window.tabifyDockWidget(docks["waveform"], docks["spectrogram"])
        for dock in docks.values():
            dock.show()
        docks["jobs"].raise_()
        docks["waveform"].raise_()
        width, height = max(window.width(), 1200), max(window.height(), 760)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window.resizeDocks([docks["story"], docks["avatar"]], [round(width * 0.235), round(width * 0.2)], across)
        window.resizeDocks([docks["timeline"], docks["waveform"]], [round(width * 0.64), round(width * 0.36)], across)
        window.resizeDocks([docks["timeline"]], [round(height * 0.29)], down)
        window.resizeDocks([docks["avatar"], docks["jobs"]], [round(height * 0.4), round(height * 0.22)], down)

    def show(self, name: str, on: bool) -> None:
        """Show a panel in front, or hide it."""
        dock = self.by_name[name]
        dock.setVisible(on)
        if on:
            dock.raise_()

    def shown(self, name: str) -> bool:
        """Whether a panel is open (it may lie behind another tab)."""
        return not self.by_name[name].isHidden()

    def trim(self) -> None:
        """A panel behind a tab has its name there: its own title would only repeat it."""
        for dock in self.by_name.values():
            bar = dock.titleBarWidget()
            if isinstance(bar, DockTitle):
                bar.shorten(bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating())

    def _trim_soon(self, *_: object) -> None:
        self._soon.start()

    def save(self, memory: QSettings) -> None:
        """Remember layout and size."""
        memory.setValue("window/geometry", self._window.saveGeometry())
        memory.setValue("window/layout", self._window.saveState(VERSION))

    def restore(self, memory: QSettings) -> bool:
        """Back to the layout remembered, if there is one that fits."""
        geometry, layout = memory.value("window/geometry"), memory.value("window/layout")
        if geometry is None or layout is None:
            return False
        return self._window.restoreGeometry(geometry) and self._window.restoreState(layout, VERSION)
