"""The plot of a listening test: mean and 95 % confidence interval of every condition, on screen and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.session.mushra import ANCHOR, HIDDEN, INTERVALS
from studio.session.mushra_results import Summary
from studio.views.theme import colours, font

LEFT, RIGHT, TOP, BOTTOM = 104.0, 16.0, 34.0, 46.0
PAPER = {"panel": "#ffffff", "line": "#d9dde3", "text": "#15181d", "dim": "#4d5666", "accent": "#1c62ae"}
"""Colours of the picture that is saved: reports are printed."""
PICTURE = QSize(1000, 560)
SHARP = 2


class Chart(QWidget):
    """Shows summaries of one item, or of all."""

    def __init__(self) -> None:
        super().__init__()
        self._summaries: tuple[Summary, ...] = ()
        self._title = ""
        self.setMinimumSize(420, 260)

    def show_summaries(self, summaries: Sequence[Summary], title: str) -> None:
        """Draw others."""
        self._summaries, self._title = tuple(summaries), title
        self.setAccessibleName("; ".join(f"{s.condition}: {s.mean:.0f}" for s in summaries))
        self.update()

    def png(self) -> bytes:
        """The plot on white, as the bytes of a PNG file."""
        picture = QImage(PICTURE * SHARP, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(SHARP)
        painter = QPainter(picture)
        paint_chart(painter, QRectF(0, 0, PICTURE.width(), PICTURE.height()), self._summaries, self._title, PAPER)
        painter.end()
        memory = QBuffer()
        memory.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(memory, "PNG")  # type: ignore[call-overload]  # the stubs know only files by bytes
        return bytes(memory.data().data())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot in the colours of the theme."""
        painter = QPainter(self)
        paint_chart(painter, QRectF(self.rect()), self._summaries, self._title, colours())
        painter.end()


def paint_chart(
    painter: QPainter, area: QRectF, summaries: Sequence[Summary], title: str, tones: Mapping[str, str]
) -> None:
    """Scale with its five words, then a column for every condition."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(area, QColor(tones["panel"]))
    inside = area.adjusted(LEFT, TOP, -RIGHT, -BOTTOM)
    painter.setFont(font(10, bold=True))
    painter.setPen(QColor(tones["text"]))
    painter.drawText(QRectF(inside.x(), area.y() + 8, inside.width(), 20), Qt.AlignmentFlag.AlignLeft, title)
    _paint_scale(painter, inside, tones)
    width = inside.width() / max(len(summaries), 1)
    for i, summary in enumerate(summaries):
        _paint_column(painter, QRectF(inside.x() + i * width, inside.y(), width, inside.height()), summary, tones)


def _paint_scale(painter: QPainter, inside: QRectF, tones: Mapping[str, str]) -> None:
    end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for score in range(0, 101, 20):
        y = _y(inside, score)
        painter.setPen(QColor(tones["line"]))
        painter.drawLine(QLineF(inside.left(), y, inside.right(), y))
        painter.setFont(font(8))
        painter.setPen(QColor(tones["dim"]))
        painter.drawText(QRectF(inside.left() - 36, y - 8, 28, 16), end, str(score))
    painter.setFont(font(8.5))
    for i, word in enumerate(INTERVALS):
        painter.drawText(QRectF(inside.left() - LEFT, _y(inside, 20 * i + 10) - 8, LEFT - 40, 16), end, word)


def _paint_column(painter: QPainter, box: QRectF, summary: Summary, tones: Mapping[str, str]) -> None:
    x, mean = box.center().x(), _y(box, summary.mean)
    tone = QColor(tones["dim" if summary.condition in (HIDDEN, ANCHOR) else "accent"])
    if summary.low is not None and summary.high is not None:
        low, high, wing = _y(box, summary.low), _y(box, summary.high), min(9.0, box.width() / 5)
        painter.setPen(QPen(tone, 1.8))
        for line in (QLineF(x, low, x, high), *(QLineF(x - wing, y, x + wing, y) for y in (low, high))):
            painter.drawLine(line)
    painter.setPen(QPen(QColor(tones["panel"]), 1.5))
    painter.setBrush(tone)
    painter.drawEllipse(QPointF(x, mean), 5.5, 5.5)
    painter.setFont(font(8.5, bold=True))
    painter.setPen(QColor(tones["text"]))
    beside = QRectF(x + 12, mean - 9, 40, 18)
    painter.drawText(beside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{summary.mean:.0f}")
    painter.setFont(font(8.5))
    under = QRectF(box.x() + 3, box.bottom() + 8, box.width() - 6, 34)
    centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
    painter.drawText(under, centre | Qt.TextFlag.TextWordWrap, summary.condition)


def _y(area: QRectF, score: float) -> float:
    return area.bottom() - score / 100 * area.height()
