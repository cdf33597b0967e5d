"""Panels that are built when they are first shown, so that the window opens as fast as with the few it starts with."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.actions.desk import Desk

LAZY: dict[str, str] = {
    "tuning": "studio.views.tuning.panel:TuningPanel",
    "curves": "studio.views.curves.panel:CurvesPanel",
    "live": "studio.views.live.panel:LivePanel",
    "comparison": "studio.views.comparison.panel:ComparisonPanel",
    "lips": "studio.views.lips.panel:LipsPanel",
    "codec": "studio.views.codec.panel:CodecPanel",
}
"""Name in PANELS -> "module:Class"; the class is made with the desk alone. It may have close_panel()."""


class LazyPanel(QWidget):
    """An empty place that turns into its panel at the first look."""

    def __init__(self, build: Callable[[], QWidget]) -> None:
        super().__init__()
        self._build = build
        self.content: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Build at the first showing."""
        super().showEvent(event)
        self.ready()

    def ready(self) -> QWidget:
        """The panel, built now if it was not."""
        if self.content is None:
            self.content = self._build()
            column = self.layout()
            assert column is not None
            column.addWidget(scrolled(self.content))
        return self.content

    def close_panel(self) -> None:
        """End what the panel keeps running, if it was ever built."""
        end = getattr(self.content, "close_panel", None)
        if end is not None:
            end()


def scrolled(content: QWidget) -> QScrollArea:
    """A panel that can be moved about where its place is too small for it, so that windows of laptops hold it."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def lazy_panels(desk: Desk) -> dict[str, LazyPanel]:
    """A place for every panel of the table."""

    def building(where: str) -> Callable[[], QWidget]:
        def build() -> QWidget:
            module, _, name = where.partition(":")
            made: QWidget = getattr(import_module(module), name)(desk)
            return made

        return build

    return {name: LazyPanel(building(where)) for name, where in LAZY.items()}
