"""The level meter of live mode with the gate in it: drag the marker to where quiet should end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.audio.level import Level
from studio.views.theme import colour, font

LOWEST_DB, GOOD_DB, HOT_DB = -80.0, -18.0, -6.0
MARKS = (-60, -40, -20, 0)
BAR_TOP, BAR = 14, 12
LAMP = 14
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


class GateMeter(QWidget):
    """RMS as a bar (grey while the gate is shut), peak as a line, the gate as a marker, a lamp for clipping."""

    def __init__(self, moved: Callable[[int], object]) -> None:
        super().__init__()
        self._moved = moved
        self.level, self.gate_db, self.open = Level(), -45, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Level and gate")
        self.setToolTip("Drag the marker, or use the arrow keys: quieter sound than this moves no lips")

    def sizeHint(self) -> QSize:
        """Marker, bar, scale."""
        return QSize(240, 44)

    def show_level(self, level: Level, gate_db: int, is_open: bool) -> None:
        """Draw another state."""
        if (level, gate_db, is_open) != (self.level, self.gate_db, self.open):
            self.level, self.gate_db, self.open = level, gate_db, is_open
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Zones, bar, peak, marker, lamp, scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for low, high, tone in ((LOWEST_DB, GOOD_DB, "success"), (GOOD_DB, HOT_DB, "warning"), (HOT_DB, 0.0, "record")):
            left, right = self._x(low), self._x(high)
            painter.fillRect(QRectF(left, BAR_TOP, right - left - 1, BAR), colour(tone, 42))
            lit = min(self._x(self.level.rms_db), right)
            if lit > left:
                painter.fillRect(QRectF(left, BAR_TOP, lit - left, BAR), colour(tone if self.open else "pressed"))
        if self.level.peak_db > LOWEST_DB:
            painter.fillRect(QRectF(self._x(self.level.peak_db) - 1, BAR_TOP - 1, 2, BAR + 2), colour("text"))
        self._paint_gate(painter)
        lamp = QRectF(self.width() - LAMP, BAR_TOP, LAMP, BAR)
        painter.fillRect(lamp, colour("record" if self.level.clipped else "raised"))
        self._paint_scale(painter)
        painter.end()

    def _paint_gate(self, painter: QPainter) -> None:
        x, tone = self._x(self.gate_db), colour("accent" if self.hasFocus() or self.open else "dim")
        painter.fillRect(QRectF(x - 1, BAR_TOP - 3, 2, BAR + 6), tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        top = BAR_TOP - 3
        painter.drawPolygon(QPolygonF([QPointF(x - 5, top - 8), QPointF(x + 5, top - 8), QPointF(x, top)]))

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(font(7.5))
        painter.setPen(colour("faint"))
        for mark in MARKS:
            box = QRectF(self._x(mark) - 20, BAR_TOP + BAR + 3, 40, 14)
            if mark == 0:
                box.translate(-14, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{mark} dB" if mark == 0 else str(mark))
        clip = QRectF(self.width() - 30, BAR_TOP + BAR + 3, 30, 14)
        painter.drawText(clip, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "clip")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the marker."""
        self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        self._move_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move it by a decibel."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}.get(
            Qt.Key(event.key())
        )
        if step is None:
            super().keyPressEvent(event)
        else:
            self._moved(min(max(self.gate_db + step, int(LOWEST_DB)), 0))

    def _move_to(self, x: float) -> None:
        share = min(max(x / self._width(), 0.0), 1.0)
        self._moved(round(LOWEST_DB * (1 - share)))

    def _x(self, decibels: float) -> float:
        return min(max(1 - decibels / LOWEST_DB, 0.0), 1.0) * self._width()

    def _width(self) -> float:
        return max(self.width() - LAMP - 8.0, 1.0)
