"""The panels of the window as docks: where they stand at first, and how they are kept from one day to the next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from studio.actions.viewing import PANELS
from studio.views.theme import icon, pixmap
from studio.views.workspaces import WORKSPACES, arrange, show_stage

VERSION = 2
"""Raised when panels change so much that old layouts no longer fit."""
MARGINS = (12, 4, 6, 4)
FLOATING = QSize(1180, 760)
"""Of a panel shown in a workspace that has no place for it."""
LEFT, BOTTOM = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea


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
        self.space = "newsroom"
        self.by_name: dict[str, QDockWidget] = {}
        self._front: dict[str, bool] = {}
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
            dock.visibilityChanged.connect(partial(self._came, name))
            dock.topLevelChanged.connect(self._trim_soon)
            dock.setWidget(panels[name])
            self.by_name[name] = dock
        self.reset()

    def reset(self) -> None:
        """The layout of the first day, of the workspace that is shown."""
        arrange(self._window, self.by_name, WORKSPACES[self.space])

    def enter(self, space: str, memory: QSettings) -> None:
        """Go to another workspace, as it was left."""
        if space != self.space:
            size = self._window.size()
            self.save(memory)
            self.space = space
            if not self._restore_layout(memory):
                self.reset()
            layout = self._window.layout()
            if self._window.size() != size and layout is not None:
                layout.activate()  # panels of both workspaces were there for a moment, and made the window grow
                self._window.resize(size)

    def show(self, name: str, on: bool) -> None:
        """Show a panel in front, or hide it; one that this workspace has no place for floats."""
        dock = self.by_name[name]
        if on and self._window.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            dock.setFloating(True)
            dock.resize(FLOATING)
        dock.setVisible(on)
        if on:
            dock.raise_()

    def shown(self, name: str) -> bool:
        """Whether a panel is open (it may lie behind another tab)."""
        return not self.by_name[name].isHidden()

    def in_front(self, name: str) -> bool:
        """Whether a panel is open and lies behind no other tab."""
        return self.shown(name) and self._front.get(name, False)

    def trim(self) -> None:
        """A panel behind a tab has its name there: its own title would only repeat it."""
        for dock in self.by_name.values():
            bar = dock.titleBarWidget()
            if isinstance(bar, DockTitle):
                bar.shorten(bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating())

    def _came(self, name: str, front: bool) -> None:
        """A panel was shown or hidden, or its tab was chosen or left."""
        self._front[name] = front
        self._trim_soon()

    def _trim_soon(self, *_: object) -> None:
        self._soon.start()

    def save(self, memory: QSettings) -> None:
        """Remember the window's size, the workspace and its layout."""
        memory.setValue("window/geometry", self._window.saveGeometry())
        memory.setValue("window/workspace", self.space)
        memory.setValue(f"window/layout/{self.space}", self._window.saveState(VERSION))
        memory.setValue(f"window/open/{self.space}", " ".join(filter(self.shown, self.by_name)))

    def restore(self, memory: QSettings) -> bool:
        """Back to the size and layout remembered, if there are any that fit."""
        geometry, space = memory.value("window/geometry"), memory.value("window/workspace")
        if geometry is None or space not in WORKSPACES:
            return False
        self.space = str(space)
        return self._window.restoreGeometry(geometry) and self._restore_layout(memory)

    def _restore_layout(self, memory: QSettings) -> bool:
        layout, known = memory.value(f"window/layout/{self.space}"), memory.value(f"window/open/{self.space}")
        if layout is None or not isinstance(known, str):
            return False
        for dock in self.by_name.values():  # what a layout does not name would stay where it is
            self._window.removeDockWidget(dock)
        show_stage(self._window, WORKSPACES[self.space])  # first, else the docks take its room
        restored = self._window.restoreState(layout, VERSION)
        for name, dock in self.by_name.items():  # a layout keeps places of panels that were taken out of it, too
            if name not in known.split() and not dock.isHidden():
                self._window.removeDockWidget(dock)
        return restored
