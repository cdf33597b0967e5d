"""Finds a free place in a window: as near to a corner as can be, over nothing that is used with mouse or keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

CONTROLS = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit, QTextEdit, QTabBar)
STEP_X, STEP_Y = 80, 16
"""Pixels from one place that is tried to the next."""


def controls_of(window: QWidget, apart: Iterable[QWidget] = ()) -> list[QRect]:
    """Where the controls of a window are that can be seen, those inside some widgets apart."""
    others = tuple(apart)
    found = []
    for kind in CONTROLS:
        for one in window.findChildren(kind):
            seen = one.isVisible() and one.window() is window
            if seen and not any(other.isAncestorOf(one) for other in others):
                found.append(QRect(one.mapTo(window, QPoint(0, 0)), one.size()))
    return found


def free_place(size: QSize, inside: QRect, taken: Iterable[QRect]) -> QPoint:
    """Where something of a size covers nothing taken, nearest to the lower right corner; the corner, where all is."""
    corner = QPoint(inside.right() - size.width() + 1, inside.bottom() - size.height() + 1)
    known = list(taken)
    for place in sorted(places(corner, inside), key=lambda at: (corner - at).manhattanLength()):
        if not any(QRect(place, size).intersects(one) for one in known):
            return place
    return corner


def places(corner: QPoint, inside: QRect) -> Iterator[QPoint]:
    """Places to try, from a corner to the left and up."""
    for x in range(corner.x(), inside.left() - 1, -STEP_X):
        for y in range(corner.y(), inside.top() - 1, -STEP_Y):
            yield QPoint(x, y)
