"""Where curves and keys lie in the editor, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engines.api.values import Performance
from studio.bridge.passages import Passage
from studio.document.keys import Chosen
from studio.document.layers import channel
from studio.document.tuning import HEAD, TURN_LIMIT, Curve, Key, Tuning
from studio.views.theme import colour, font
from studio.views.timeline.axis import Number, TimeAxis

AIR = 14.0
"""Pixels above one and below zero."""
KEY_PX, REACH_PX = 5.0, 8.0
COLUMN_PX = 3
"""Pixels that share two points of a dense curve."""
LINES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, eq=False)
class Drawn:
    """One curve on screen: channel, its tone, its values per frame, and its keys."""

    shape: str
    tone: QColor
    times_s: np.ndarray
    values: np.ndarray
    raw: np.ndarray
    curve: Curve
    locked: bool


@dataclass(frozen=True, eq=False)
class Plot:
    """Scales of the editor: time across as the axis says, shapes 0 to 1 upward, turns of the head about the middle."""

    area: QRectF
    axis: TimeAxis

    def x(self, at_s: Number) -> Number:
        """Where a time of the timeline is."""
        return self.area.x() + self.axis.x_of(at_s, self.area.width())

    def y(self, value: Number, shape: str) -> Number:
        """Where a value is."""
        high = self.area.height() - 2 * AIR
        share = value if shape not in HEAD else 0.5 + value / (2 * TURN_LIMIT)
        return self.area.bottom() - AIR - share * high

    def at_s(self, x: float) -> float:
        """Which time is there."""
        return self.axis.at(x - self.area.x(), self.area.width())

    def value(self, y: float, shape: str) -> float:
        """Which value is there."""
        share = (self.area.bottom() - AIR - y) / max(self.area.height() - 2 * AIR, 1.0)
        return share if shape not in HEAD else (share - 0.5) * 2 * TURN_LIMIT

    def per_pixel(self, shape: str) -> float:
        """How much value a pixel upward is."""
        return self.value(0.0, shape) - self.value(1.0, shape)


def drawn_curves(
    passage: Passage, tuned: Performance, raw: Performance, tuning: Tuning, tones: dict[str, QColor]
) -> list[Drawn]:
    """The curves of a passage at times of the timeline."""
    times_s = np.arange(len(tuned.weights)) / float(tuned.fps) + passage.shift_s
    heard = (times_s >= passage.item.start_s - 1e-6) & (times_s <= passage.item.end_s + 1e-6)
    return [
        Drawn(
            shape,
            tone,
            times_s[heard],
            channel(tuned, shape)[heard],
            channel(raw, shape)[heard],
            tuning.curve(shape, passage.item.take.digest),
            tuning.shape(shape).locked,
        )
        for shape, tone in tones.items()
    ]


def key_points(plot: Plot, curve: Drawn, shift_s: float) -> Iterator[tuple[Key, QPointF]]:
    """Every key and where it is: on its curve."""
    for key in curve.curve.keys:
        at_s = key.at_s + shift_s
        value = float(np.interp(at_s, curve.times_s, curve.values)) if len(curve.times_s) else key.value
        yield key, QPointF(plot.x(at_s), plot.y(value, curve.shape))


def paint_grid(painter: QPainter, plot: Plot, turns: bool) -> None:
    """Lines of equal value, named at the left; turns: in degrees, for the head."""
    painter.setFont(font(7.5))
    for line in LINES:
        y = plot.y(line, "")
        painter.setPen(QPen(colour("hover" if line in (0.0, 1.0) else "line"), 1))
        painter.drawLine(QLineF(plot.area.left(), y, plot.area.right(), y))
        said = f"{np.degrees((line - 0.5) * 2 * TURN_LIMIT):+.0f}°" if turns else f"{line:g}"
        box = QRectF(0, y - 7, plot.area.left() - 6, 14)
        painter.setPen(colour("faint"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)


def paint_curve(painter: QPainter, plot: Plot, curve: Drawn) -> None:
    """What the model put out, pale, and the tuned curve over it."""
    seen = _seen(plot, curve.times_s)
    changed = bool(np.abs(curve.values - curve.raw).max(initial=0.0) > 1e-3)
    if changed:
        pale = QColor(curve.tone)
        pale.setAlpha(150)
        pen = QPen(pale, 1.0)
        pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLines(_lines(plot, curve, curve.raw, seen))
    painter.setPen(QPen(curve.tone, 1.7))
    painter.drawLines(_lines(plot, curve, curve.values, seen))


def paint_keys(painter: QPainter, plot: Plot, curve: Drawn, chosen: Chosen, shift_s: float) -> None:
    """Diamonds; chosen ones are filled bright."""
    for key, point in key_points(plot, curve, shift_s):
        lit = key in chosen
        size = KEY_PX + (1.5 if lit else 0.0)
        shape = QPainterPath(point + QPointF(0, -size))
        for corner in (QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)):
            shape.lineTo(point + corner)
        shape.closeSubpath()
        painter.setPen(QPen(colour("text" if lit else "sunken"), 1.4))
        painter.setBrush(curve.tone if not curve.locked else colour("faint"))
        painter.drawPath(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _seen(plot: Plot, times_s: np.ndarray) -> slice:
    """The frames in sight and one more to each side."""
    first = int(np.searchsorted(times_s, plot.axis.start_s)) - 1
    last = int(np.searchsorted(times_s, plot.axis.start_s + plot.axis.span_s)) + 1
    return slice(max(first, 0), max(last, 0))


def _lines(plot: Plot, curve: Drawn, values: np.ndarray, seen: slice) -> list[QLineF]:
    """Line by line: a polyline is outlined as a whole, which takes ten times as long."""
    times_s, values = _thinned(curve.times_s[seen], values[seen], int(plot.area.width()))
    xs, ys = plot.x(times_s).tolist(), plot.y(values, curve.shape).tolist()
    return list(map(QLineF, xs, ys, xs[1:], ys[1:]))


def _thinned(times_s: np.ndarray, values: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Where frames are denser than pixels, the lowest and the highest of each few: peaks stay, hours are quick."""
    group = len(values) * COLUMN_PX // max(width, 1)
    if group < 3:
        return times_s, values
    count = len(values) // group
    blocks = values[: count * group].reshape(count, group)
    places = np.stack([blocks.argmin(1), blocks.argmax(1)], 1)
    chosen = np.sort(places, 1) + np.arange(count)[:, None] * group
    return times_s[chosen.ravel()], values[chosen.ravel()]
