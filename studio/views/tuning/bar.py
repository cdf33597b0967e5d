"""A number that is dragged: a slim bar filled from its neutral value, with the number in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from studio.views.theme import colour, font

STEPS = 100
"""Steps of one unit."""
HEIGHT, WIDTH = 22, 76


class ValueBar(QAbstractSlider):
    """low to high, neutral where nothing is changed. Drag or arrow keys change it, a double click puts it to neutral.

    changed is called with every value the user gives; ended when a drag, or typing, is over; spelt: how it is written.
    """

    def __init__(
        self,
        title: str,
        low: float,
        high: float,
        neutral: float,
        changed: Callable[[float], object],
        ended: Callable[[], object],
        spelt: str = "{:.2f}",
    ) -> None:
        super().__init__()
        self._neutral, self._spelt, self._changed, self._ended = neutral, spelt, changed, ended
        self.setRange(round(low * STEPS), round(high * STEPS))
        self.setSingleStep(2)
        self.setPageStep(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(f"{title}: drag, or arrow keys; double click for {spelt.format(neutral)}")
        self.setAccessibleName(title)
        self.show_number(neutral)
        self.valueChanged.connect(lambda value: self._changed(value / STEPS))

    def show_number(self, number: float) -> None:
        """Show a number without telling anyone."""
        self.blockSignals(True)
        self.setValue(round(number * STEPS))
        self.blockSignals(False)
        self.update()

    @property
    def number(self) -> float:
        """The number shown."""
        return self.value() / STEPS

    def sizeHint(self) -> QSize:
        """A slim line."""
        return QSize(WIDTH, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The number fits."""
        return QSize(52, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The trough, the part away from neutral, the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, lit = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.isEnabled()
        trough = QPainterPath()
        trough.addRoundedRect(box, 5, 5)
        painter.fillPath(trough, colour("sunken"))
        painter.setClipPath(trough)
        here, home = self._x(self.number), self._x(self._neutral)
        tone = colour("accent_deep") if lit else colour("pressed")
        painter.fillRect(QRectF(min(here, home), 0, abs(here - home), self.height()), tone)
        painter.fillRect(QRectF(home - 0.5, 0, 1, self.height()), colour("hover"))
        if lit:
            painter.fillRect(QRectF(here - 1, 0, 2, self.height()), colour("accent"))
        painter.setClipping(False)
        painter.setPen(QPen(colour("accent" if self.hasFocus() else "line"), 1))
        painter.drawPath(trough)
        painter.setFont(font(8))
        changed = abs(self.number - self._neutral) > 1e-6
        painter.setPen(colour(("text" if changed else "dim") if lit else "faint"))
        room = self.rect().adjusted(0, 0, -7, 0)
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, place, self._spelt.format(self.number))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold; the number jumps to the mouse only once it moves, so that a click changes nothing."""
        self._held_from, self._held_value = event.position().x(), self.value()
        self.setSliderDown(True)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag by as much as the mouse moves; Shift is ten times finer."""
        if not self.isSliderDown():
            return
        moved = (event.position().x() - self._held_from) / max(self.width(), 1) * (self.maximum() - self.minimum())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            moved /= 10
        self.setValue(round(self._held_value + moved))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        self._ended()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to neutral."""
        self.setValue(round(self._neutral * STEPS))
        self._ended()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel, it changes no numbers."""
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is over."""
        super().focusOutEvent(event)
        self._ended()

    def _x(self, number: float) -> float:
        low, high = self.minimum() / STEPS, self.maximum() / STEPS
        return (number - low) / (high - low) * self.width()
