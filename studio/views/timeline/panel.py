"""The timeline panel: transport buttons, timecode, zoom, the tracks and the scroll bar beneath."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollBar, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.views.parts import EmptyState, Switcher, action_button, label, row
from studio.views.theme import font
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.timecode import timecode
from studio.views.timeline.view import TimelineView

TICKS = 10_000
NARROWEST, NARROW = 430, 650
"""Pixels across: the least, and below which the tools have no room to spare."""
LEFT = ("play.start", "play.back", "play.toggle", "play.play", "play.end", "play.loop")
RIGHT = ("view.follow", "view.zoom_out", "view.zoom_in", "view.zoom_all")


class TimelinePanel(QWidget):
    """Everything about time in one place."""

    def __init__(self, desk: Desk, axis: TimeAxis, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk, self._axis = desk, axis
        self.view = TimelineView(desk, axis)
        self.clock, self.length = label("", "timecode"), label("", "dim")
        self.clock.setFont(font(13, mono=True))
        self.length.setFont(font(9, mono=True))
        self.bar = QScrollBar(Qt.Orientation.Horizontal)
        empty = EmptyState(
            "timeline",
            "Nothing on the timeline yet",
            "Speak a story, record your voice or import sound: it appears here with its words and phones.",
            [actions[key] for key in ("speech.speak", "speech.record", "file.import")],
        )
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.bar)
        self.pages = Switcher(empty, body)
        self._lay_out(actions)
        self._listen()

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        head = QFrame()
        left = [action_button(actions[key]) for key in LEFT]
        right = [action_button(actions[key]) for key in RIGHT]
        self._tools = (*left, *right)
        head.setLayout(row(self.clock, self.length, 1, *left, 1, *right, margins=(12, 4, 8, 4), gap=4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.pages, 1)

    def minimumSizeHint(self) -> QSize:
        """What the tools need standing close."""
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow place the tools stand closer, and the clock goes without the whole length."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if narrow != self.length.isHidden():
            self.length.setVisible(not narrow)
            for tool in self._tools:
                tool.setProperty("slim", narrow)
                tool.style().unpolish(tool)
                tool.style().polish(tool)
                tool.updateGeometry()

    def _listen(self) -> None:
        desk = self._desk
        desk.transport.moved.connect(lambda _: self._tell_time())
        desk.transport.changed.connect(self._tell_time)
        desk.document.changed.connect(lambda old, new: self._tell_time())
        desk.programme.laid.connect(self._fill)
        self._axis.changed.connect(self._scroll)
        self.bar.valueChanged.connect(self._scrolled)
        self._fill()
        self._tell_time()
        QTimer.singleShot(0, self, self._scroll)

    def _fill(self) -> None:
        self._axis.set_total(self._desk.programme.seconds)
        self.pages.show_content(bool(self._desk.programme.passages))

    def _tell_time(self) -> None:
        fps = self._desk.document.project.clip.fps
        self.clock.setText(timecode(self._desk.transport.position_s, fps))
        self.length.setText(f"/ {timecode(self._desk.transport.length_s, fps)}")

    def _scroll(self) -> None:
        """The bar follows the axis."""
        axis = self._axis
        self.bar.blockSignals(True)
        self.bar.setRange(0, round(TICKS * max(axis.longest_s - axis.span_s, 0.0) / axis.longest_s))
        self.bar.setPageStep(round(TICKS * axis.span_s / axis.longest_s))
        self.bar.setValue(round(TICKS * axis.start_s / axis.longest_s))
        self.bar.blockSignals(False)

    def _scrolled(self, value: int) -> None:
        """The axis follows the bar."""
        self._axis.pan(value / TICKS * self._axis.longest_s - self._axis.start_s)
