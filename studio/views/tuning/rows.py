"""One channel as a line of the tuning panel: its value now, gain, offset, lock, solo, and its curve."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from studio.actions.avatar import tune, tuning_of
from studio.actions.desk import Desk
from studio.document.tuning import GAIN_LIMIT, HEAD, OFFSET_LIMIT, TURN_LIMIT, ShapeTuning, with_shape
from studio.views.parts import row
from studio.views.theme import colour, font, icon
from studio.views.tuning.bar import ValueBar
from studio.views.tuning.names import TITLES, tone_of

NAME_WIDTH, TOOL = 132, 24
GAIN, OFFSET = "× {:.2f}", "{:+.2f}"


class ChannelName(QWidget):
    """Name and value of a channel; a click draws its curve, or no longer."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._desk, self.name = desk, name
        self.value = 0.0
        self.setFixedWidth(NAME_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{name}: click to draw its curve, with Ctrl beside others")

    def show_value(self, value: float) -> None:
        """The channel at the playhead."""
        if abs(value - self.value) > 0.004:
            self.value = value
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dot in the colour of the curve, the name, the value as a thin line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawn, middle = self._desk.look.now.drawn, self.height() / 2
        lit = self.name in drawn
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone_of(drawn, self.name) if lit else colour("pressed"))
        painter.drawEllipse(QRectF(3, middle - 4, 8, 8))
        painter.setFont(font(8.5))
        painter.setPen(colour("text" if lit else "dim"))
        room = self.width() - 20
        shown = painter.fontMetrics().elidedText(TITLES[self.name], Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(18, 0, room, self.height() - 3), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.fillRect(QRectF(18, self.height() - 4, room, 2), colour("raised"))
        painter.fillRect(QRectF(18, self.height() - 4, room * min(abs(self.value), 1.0), 2), colour("accent"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Draw this curve alone; with Ctrl add it to the others or take it off."""
        drawn = self._desk.look.now.drawn
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            drawn = (self.name,)
        elif self.name in drawn:
            drawn = tuple(name for name in drawn if name != self.name)
        else:
            drawn = (*drawn, self.name)
        self._desk.look.set(drawn=drawn)


class ShapeRow(QWidget):
    """The line of one channel."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__()
        self._desk, self.name = desk, name
        title, limit = TITLES[name], TURN_LIMIT if name in HEAD else OFFSET_LIMIT
        end = desk.document.end_gesture
        self.title = ChannelName(desk, name)
        self.gain = ValueBar(f"{title}, gain", 0.0, GAIN_LIMIT, 1.0, lambda v: self._tune("gain", v), end, GAIN)
        self.offset = ValueBar(f"{title}, offset", -limit, limit, 0.0, lambda v: self._tune("offset", v), end, OFFSET)
        self.lock = tool("unlock", f"Lock {title}: regions, emotion, presets and keys leave it alone")
        self.solo = tool("solo", f"Solo {title}: the view shows only soloed shapes")
        self.lock.clicked.connect(lambda on: self._switch("locked", on))
        self.solo.clicked.connect(lambda on: self._switch("solo", on))
        line = row(self.title, self.gain, self.offset, self.lock, self.solo, margins=(10, 1, 8, 1), gap=5)
        self.setLayout(line)

    def fill(self, shape: ShapeTuning) -> None:
        """Show how the channel is tuned."""
        self.gain.show_number(shape.gain)
        self.offset.show_number(shape.offset)
        for bar in (self.gain, self.offset):
            bar.setEnabled(not shape.locked)
        self.lock.setChecked(shape.locked)
        self.lock.setIcon(icon("lock" if shape.locked else "unlock", "warning" if shape.locked else "dim"))
        self.solo.setChecked(shape.solo)
        self.solo.setIcon(icon("solo", "accent" if shape.solo else "dim"))

    def _tune(self, field: str, value: float) -> None:
        tuned = with_shape(tuning_of(self._desk), self.name, **{field: value})
        tune(self._desk, f"{TITLES[self.name]} {field}", tuned, gesture=(field, self.name, self._story()))

    def _switch(self, field: str, on: bool) -> None:
        tuned = with_shape(tuning_of(self._desk), self.name, **{field: on})
        verb = {"locked": "Lock" if on else "Unlock", "solo": "Solo" if on else "Unsolo"}[field]
        tune(self._desk, f"{verb} {TITLES[self.name].lower()}", tuned)

    def _story(self) -> str:
        return self._desk.selection.now.story


def tool(icon_name: str, tip: str, *, checkable: bool = True) -> QToolButton:
    """A small button of a line."""
    button = QToolButton()
    button.setIcon(icon(icon_name, "dim"))
    button.setIconSize(QSize(15, 15))
    button.setFixedSize(TOOL, TOOL)
    button.setProperty("slim", True)
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(":")[0])
    button.setCheckable(checkable)
    return button
