"""The one dark theme: its colours for painters, its style sheet for widgets, its icons drawn in its colours."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "Cantarell", "Ubuntu", "Liberation Sans", "DejaVu Sans"]
MONO = ["JetBrains Mono", "SF Mono", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono"]
_SIZES = (18, 36)
SPACED = QSize(24, 18)
"""Of an icon with the blank that keeps a button's text away from it."""


@functools.cache
def colours() -> dict[str, str]:
    """The colours of the theme by name, as #rrggbb."""
    loaded: dict[str, str] = json.loads((RESOURCES / "themes" / "dark.json").read_text("utf-8"))
    return loaded


@functools.cache
def _solid(name: str) -> QColor:
    return QColor(colours()[name])


def colour(name: str, alpha: int = 255) -> QColor:
    """A theme colour for painting; alpha 0..255."""
    tone = QColor(_solid(name))
    tone.setAlpha(alpha)
    return tone


@functools.cache
def icon(name: str, tone: str = "text", *, spaced: bool = False) -> QIcon:
    """An icon of resources/icons in a theme colour, with a pale one for disabled controls.

    spaced: with a blank at its right, of SPACED in all, for buttons that put their text too close to it.
    """
    drawn = QIcon()
    for size in _SIZES:
        width = size * SPACED.width() // SPACED.height() if spaced else size
        drawn.addPixmap(pixmap(name, size, tone, width), QIcon.Mode.Normal)
        drawn.addPixmap(pixmap(name, size, "faint", width), QIcon.Mode.Disabled)
    return drawn


@functools.cache
def pixmap(name: str, size: int, tone: str = "text", width: int = 0) -> QPixmap:
    """One icon at one size in device pixels; a width beyond it is left blank."""
    source = (RESOURCES / "icons" / f"{name}.svg").read_text("utf-8").replace("currentColor", colours()[tone])
    picture = QPixmap(max(width, size), size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def font(size: float = 9.5, *, bold: bool = False, mono: bool = False) -> QFont:
    """The interface font at a size in points; digits of the mono one keep their place."""
    chosen = QFont()
    chosen.setFamilies(MONO if mono else FAMILIES)
    chosen.setPointSizeF(size)
    if bold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


def apply_theme(app: QApplication) -> None:
    """Give the whole application the theme."""
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet())
    app.setWindowIcon(QIcon(pixmap("anchor-studio", 128)))


def style_sheet() -> str:
    """The QSS with the colours and the folder of its arrow pictures filled in."""
    folder = RESOURCES / "themes"
    text = (folder / "dark.qss").read_text("utf-8").replace("@themes", folder.as_posix())
    return re.sub(r"@(\w+)", lambda m: colours().get(m[1], m[0]), text)


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, roles in {
        "window": (role.Window,),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.HighlightedText),
        "sunken": (role.Base,),
        "panel": (role.Button, role.AlternateBase),
        "raised": (role.ToolTipBase,),
        "accent_deep": (role.Highlight,),
        "accent": (role.Link,),
        "faint": (role.PlaceholderText,),
    }.items():
        for each in roles:
            palette.setColor(each, colour(name))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, colour("faint"))
    return palette
