"""The waveform panel: the sound of the timeline, large, on the same time axis."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.session.transport import Span
from studio.views.parts import EmptyState, Switcher
from studio.views.theme import colour, font
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.columns import Columns
from studio.views.timeline.paint import paint_playhead, paint_ruler, paint_wave, span_box

SCALE = 40.0
RULER = 22.0
DECIBELS = (-3, -6, -12)


class SoundView(QWidget):
    """What waveform and spectrogram share: scale, ruler, playhead, press to seek, Shift to mark, wheel to zoom."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        super().__init__()
        self.desk, self.axis = desk, axis
        self._still: QPixmap | None = None
        self._marked_from: float | None = None
        self.setMinimumHeight(110)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for signal in (axis.changed, desk.programme.mixed):
            signal.connect(self.redraw)
        desk.transport.moved.connect(lambda _: self.update())
        desk.selection.changed.connect(lambda old, new: self.redraw())

    def area(self) -> QRectF:
        """Where the sound is drawn."""
        return QRectF(SCALE, RULER, max(self.width() - SCALE, 1.0), max(self.height() - RULER, 1.0))

    def paint_sound(self, painter: QPainter, area: QRectF) -> None:
        """Draw the sound and its scale."""
        raise NotImplementedError

    def redraw(self) -> None:
        """The still part is out of date."""
        self._still = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The still part from its picture, then the playhead."""
        if self._still is None:
            ratio = self.devicePixelRatioF()
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._paint_still(self._still)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        x = SCALE + self.axis.x_of(self.desk.transport.position_s, self.area().width())
        if x >= SCALE:
            paint_playhead(painter, x, 0, self.height(), grip=False)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the playhead there, or begin a mark."""
        at_s = self._time_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._marked_from = at_s
            self.desk.selection.select_span(None)
        else:
            self.desk.transport.seek(at_s)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead or the mark."""
        at_s = self._time_at(event.position())
        if self._marked_from is None:
            self.desk.transport.seek(at_s)
        else:
            self.desk.selection.select_span(Span(*sorted((self._marked_from, at_s))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the mark."""
        self._marked_from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse; with Shift, or sideways, pan."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turn.x()) > abs(turn.y()):
            self.axis.pan(-(turn.x() or turn.y()) / 120 * 0.1 * self.axis.span_s)
        else:
            self.axis.zoom(0.8 ** (turn.y() / 120), self._time_at(event.position()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The still part is drawn again."""
        self._still = None

    def _paint_still(self, picture: QPixmap) -> None:
        picture.fill(colour("panel"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.area()
        painter.fillRect(area, colour("sunken"))
        self.paint_sound(painter, area)
        painter.setClipRect(QRectF(SCALE, 0, area.width(), self.height()))
        paint_ruler(painter, QRectF(SCALE, 0, area.width(), RULER), self.axis)
        span = self.desk.selection.now.span
        box = None if span is None else span_box(area, self.axis, span.start_s, span.end_s)
        if box is not None:
            painter.fillRect(box, colour("accent", 40))
        painter.end()

    def _time_at(self, point: QPointF) -> float:
        return self.axis.at(point.x() - SCALE, self.area().width())


class WaveformView(SoundView):
    """Range and RMS per pixel, with a scale in decibels."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        super().__init__(desk, axis)
        self._columns = Columns()

    def paint_sound(self, painter: QPainter, area: QRectF) -> None:
        """The waveform over lines of equal level."""
        middle, half = area.center().y(), area.height() / 2 - 2
        painter.setFont(font(7.5))
        for decibels in DECIBELS:
            away = 10 ** (decibels / 20) * half
            painter.setPen(colour("line"))
            for y in (middle - away, middle + away):
                painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(colour("faint"))
            painter.drawText(
                QRectF(0, middle - away - 7, SCALE - 6, 14),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"{decibels}",
            )
        painter.setPen(colour("hover"))
        painter.drawLine(QLineF(area.left(), middle, area.right(), middle))
        if self.desk.programme.peaks is not None:
            columns = self._columns.of(self.desk.programme.peaks, self.axis, area.width())
            paint_wave(painter, area.adjusted(0, 2, 0, -2), columns)


class SoundPanel(QWidget):
    """A sound view, or what to do while there is no sound."""

    def __init__(self, view: SoundView, empty: EmptyState) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view, self.pages = view, Switcher(empty, view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        view.desk.programme.mixed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        self.pages.show_content(self.view.desk.programme.audio is not None)


def waveform_panel(desk: Desk, axis: TimeAxis, actions: Mapping[str, QAction]) -> SoundPanel:
    """The panel of the window."""
    hint = "The sound of the timeline is drawn here as soon as there is some."
    return SoundPanel(WaveformView(desk, axis), EmptyState("waveform", "No sound yet", hint, [actions["speech.speak"]]))
