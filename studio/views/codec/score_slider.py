"""The scale of a listening test: upright sliders from 0 to 100 and, beside them, the five words of the scale."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.session.mushra import INTERVALS
from studio.views.theme import colour, font

MARGIN = 14.0
"""Room above 100 and below 0 for the handle."""
STEPS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_Home: 100,
    Qt.Key.Key_End: -100,
}
MIDDLE = 50
"""Where a slider that was not touched yet begins when moved by keys."""


def height_of(score: float, height: float) -> float:
    """How far down a score lies in a scale of that height."""
    return MARGIN + (1 - score / 100) * (height - 2 * MARGIN)


class ScoreSlider(QWidget):
    """One stimulus' score; None until it is moved."""

    scored = Signal(int)
    pressed = Signal()
    """The mouse went down on it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.score: int | None = None
        self.lit = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(46, 180)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """As tall as there is room."""
        return QSize(84, 300)

    def show_score(self, score: int | None, lit: bool) -> None:
        """Another score; lit: its stimulus is heard."""
        if (score, lit) != (self.score, self.lit):
            self.score, self.lit = score, lit
            self.setAccessibleDescription("not rated" if score is None else str(score))
            self.update()

    def step(self, by: int) -> None:
        """Move it by keys."""
        self.scored.emit(min(max((MIDDLE if self.score is None else self.score) + by, 0), 100))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump there."""
        self.pressed.emit()
        self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self._move(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One point per notch."""
        self.step(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows by one, pages by ten."""
        by = STEPS.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.step(by)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it went."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines of the five parts, the groove, the handle with its number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("accent_wash", 130) if self.lit else colour("sunken"))
        paint_borders(painter, QRectF(self.rect()))
        middle, low = self.width() / 2, height_of(0, self.height())
        painter.setPen(_round(colour("pressed")))
        painter.drawLine(QLineF(middle, height_of(100, self.height()), middle, low))
        if self.score is not None:
            at = height_of(self.score, self.height())
            painter.setPen(_round(colour("accent")))
            painter.drawLine(QLineF(middle, low, middle, at))
        self._paint_handle(painter, QPointF(middle, height_of(self.score or 0, self.height())))
        painter.end()

    def _paint_handle(self, painter: QPainter, at: QPointF) -> None:
        box = QRectF(at.x() - 19, at.y() - 11, 38, 22)
        rated = self.score is not None
        painter.setPen(QPen(colour("accent_hover" if self.hasFocus() else "pressed"), 2 if self.hasFocus() else 1))
        painter.setBrush(colour("text") if rated else colour("raised"))
        painter.drawRoundedRect(box, 11, 11)
        painter.setFont(font(9, bold=True))
        painter.setPen(colour("on_accent" if rated else "dim"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self.score) if rated else "–")

    def _move(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            share = (event.position().y() - MARGIN) / max(self.height() - 2 * MARGIN, 1.0)
            self.scored.emit(round(100 * (1 - min(max(share, 0.0), 1.0))))


class ScaleWords(QWidget):
    """Excellent to Bad with the numbers between them, as tall as the sliders beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(112)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words in the middle of their part, numbers at the borders."""
        painter = QPainter(self)
        for i, word in enumerate(INTERVALS):
            top, bottom = height_of(20 * i + 20, self.height()), height_of(20 * i, self.height())
            painter.setFont(font(9.5))
            painter.setPen(colour("text"))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRectF(0, top, self.width() - 40, bottom - top), middle | Qt.AlignmentFlag.AlignRight, word
            )
        painter.setFont(font(8))
        painter.setPen(colour("dim"))
        for score in range(0, 101, 20):
            place = QRectF(self.width() - 34, height_of(score, self.height()) - 8, 26, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(score))
        painter.end()


def _round(tone: QColor) -> QPen:
    return QPen(tone, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def paint_borders(painter: QPainter, area: QRectF) -> None:
    """The lines between the five parts."""
    painter.setPen(colour("line"))
    for score in range(0, 101, 20):
        y = round(area.y() + height_of(score, area.height())) + 0.5
        painter.drawLine(QLineF(area.left(), y, area.right(), y))
