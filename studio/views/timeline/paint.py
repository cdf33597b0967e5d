"""How the timeline is drawn: ruler, items with their waveform, words, phones, rendered pictures, playhead."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from engines.api.values import SILENCE, FloatArray, Phone, Word
from studio.views.theme import colour, font, pixmap
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.timecode import short_time

SHORTEST = 2
"""Letters that still tell something of a word that does not fit."""


def paint_ruler(painter: QPainter, area: QRectF, axis: TimeAxis) -> None:
    """Ticks and times."""
    step_s, times = axis.ticks(area.width())
    painter.setFont(font(8))
    for at_s in times:
        x = area.x() + axis.x_of(at_s, area.width())
        painter.setPen(colour("faint"))
        painter.drawLine(QLineF(x, area.bottom() - 7, x, area.bottom()))
        painter.setPen(colour("dim"))
        painter.drawText(QPointF(x + 4, area.bottom() - 7), short_time(at_s, step_s))
        painter.setPen(colour("line"))
        for i in range(1, 5):
            small = x + i / 5 * step_s / axis.span_s * area.width()
            painter.drawLine(QLineF(small, area.bottom() - 4, small, area.bottom()))


def paint_gutter(painter: QPainter, area: QRectF, title: str, icon_name: str) -> None:
    """The name of a track to its left."""
    painter.drawPixmap(QRectF(area.x() + 10, area.center().y() - 8, 16, 16), pixmap(icon_name, 32, "faint"), QRectF())
    painter.setFont(font(8.5))
    painter.setPen(colour("dim"))
    painter.drawText(area.adjusted(33, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, title)


def paint_item(painter: QPainter, box: QRectF, title: str, *, selected: bool, live: bool) -> None:
    """The block of an item behind its waveform."""
    path = QPainterPath()
    path.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.fillPath(path, colour("accent_wash"))
    pen = QPen(colour("accent" if selected else "accent_deep"), 1.6 if selected else 1)
    if live:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawPath(path)
    painter.setFont(font(8, bold=True))
    painter.setPen(colour("text" if selected else "dim"))
    room = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, max(int(box.width()) - 14, 0))
    painter.drawText(QPointF(box.x() + 8, box.y() + 14), room)


def paint_wave(painter: QPainter, area: QRectF, columns: FloatArray, *, tone: str = "accent") -> None:
    """Columns (c, 3) of minimum, maximum and RMS, one per pixel: the range pale, the RMS bright."""
    middle, half = area.center().y(), area.height() / 2
    filled = [(area.x() + i, c) for i, c in enumerate(columns.tolist()) if c[0] or c[1]]
    painter.setPen(QPen(colour(tone, 120), 1))
    painter.drawLines([QLineF(x + 0.5, middle - c[1] * half, x + 0.5, middle - c[0] * half + 0.5) for x, c in filled])
    painter.setPen(QPen(colour(tone), 1))
    painter.drawLines([QLineF(x + 0.5, middle - c[2] * half, x + 0.5, middle + c[2] * half) for x, c in filled])


def paint_words(painter: QPainter, area: QRectF, axis: TimeAxis, words: Iterable[Word]) -> None:
    """A chip for each word; its text where it fits."""
    painter.setFont(font(7.5))
    metrics = painter.fontMetrics()
    for word in words:
        box = span_box(area, axis, word.start_s, word.end_s)
        if box is None:
            continue
        painter.fillRect(box.adjusted(0.5, 2, -0.5, -2), colour("raised"))
        if box.width() > 10:
            painter.setPen(colour("text"))
            shown = word.text
            while len(shown) > 1 and metrics.horizontalAdvance(shown) > box.width() - 3:
                shown = shown[:-1]  # an ellipsis would take the room of two letters that tell more
            if shown == word.text or len(shown) >= SHORTEST:
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def paint_phones(painter: QPainter, area: QRectF, axis: TimeAxis, phones: Iterable[Phone]) -> None:
    """A cell for each phone, stressed ones in the accent; silence stays empty."""
    painter.setFont(font(8))
    for phone in phones:
        box = span_box(area, axis, phone.start_s, phone.end_s)
        if box is None or phone.symbol == SILENCE:
            continue
        painter.fillRect(box.adjusted(0.5, 2, -0.5, -2), colour("accent_wash" if phone.stress else "panel"))
        if box.width() > 9:
            painter.setPen(colour("accent" if phone.stress else "dim"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, phone.symbol)


def paint_rendered(
    painter: QPainter, area: QRectF, axis: TimeAxis, spans: Iterable[tuple[float, float]], total_s: float
) -> None:
    """Which pictures of the clip are there: bright where whole, thin where only every few frames."""
    whole = span_box(area, axis, 0.0, total_s)
    if whole is not None:
        painter.fillRect(whole.adjusted(0, 6, 0, -6), colour("raised"))
    for start_s, end_s in spans:
        box = span_box(area, axis, start_s, end_s)
        if box is not None:
            painter.fillRect(box.adjusted(0, 6, 0, -6), colour("accent_deep"))


def paint_playhead(painter: QPainter, x: float, top: float, bottom: float, *, grip: bool = True) -> None:
    """The line of now, with a grip to drag."""
    painter.setPen(QPen(colour("text"), 1.2))
    painter.drawLine(QLineF(x, top, x, bottom))
    if grip:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("text"))
        shape = [QPointF(x - 6, top), QPointF(x + 6, top), QPointF(x + 6, top + 7), QPointF(x, top + 13)]
        painter.drawPolygon(QPolygonF([*shape, QPointF(x - 6, top + 7)]))


def span_box(area: QRectF, axis: TimeAxis, start_s: float, end_s: float) -> QRectF | None:
    """The part of an area that stands for a stretch of time, None if it is out of sight."""
    left = area.x() + axis.x_of(start_s, area.width())
    right = area.x() + axis.x_of(end_s, area.width())
    if right < area.x() or left > area.right():
        return None
    return QRectF(left, area.y(), max(right - left, 1.0), area.height())
