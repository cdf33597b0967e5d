"""One lane: on the left who it is, how it stands and what can be done with it; on the right its picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from studio.session.comparison import Lane, LaneState
from studio.views.comparison.plots import LanePlot
from studio.views.fitting import Elided
from studio.views.parts import label, row
from studio.views.theme import icon

HEAD = 212
"""Pixels of the left part."""
LOWEST = 84
STEPS = 1000


class LaneHead(QFrame):
    """Press it to hear the lane."""

    chosen = Signal()
    go_on = Signal()
    stop = Signal()

    def __init__(self, number: str, title: str) -> None:
        super().__init__()
        self.setObjectName("LaneHead")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(HEAD)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.number, self.title = label(number, "faint"), Elided(title, "heading")
        self.number.setFixedWidth(14)
        self.state, self.remark = Elided("", "dim"), Elided("", "faint")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, STEPS)
        self.bar.hide()
        self.more = _tool("redo", "", self.go_on.emit)
        self.less = _tool("close", "Stop this method; what it has so far stays", self.stop.emit)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 6, 8)
        column.setSpacing(3)
        head = row(self.number, self.title, self.more, self.less, gap=4)
        head.setStretch(1, 1)
        column.addLayout(head)
        for part in (self.state, self.remark):
            part.setFixedHeight(17)
            column.addLayout(row(part, margins=(18, 0, 4, 0)))
        column.addLayout(row(self.bar, margins=(18, 2, 8, 0)))
        column.addStretch(1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hear it."""
        self.chosen.emit()

    def show_heard(self, heard: bool) -> None:
        """Mark the lane that is heard."""
        self.setProperty("heard", heard)
        self.style().unpolish(self)
        self.style().polish(self)

    def say(self, state: str, remark: str = "") -> None:
        """Two lines under the title."""
        for part, words in ((self.state, state), (self.remark, remark)):
            part.setText(words)
            part.setToolTip(words)

    def show_lane(self, lane: Lane) -> None:
        """Bring it up to date."""
        self.bar.setVisible(lane.state is LaneState.RUNNING)
        self.bar.setValue(round(lane.done * STEPS))
        self.less.setVisible(lane.busy)
        self.more.setVisible(lane.can_go_on)
        self.more.setToolTip(f"Go on with {lane.left} more iterations from here")
        self.say(standing(lane), lane.fit.words)


class LaneView(QWidget):
    """Head and picture."""

    def __init__(self, number: str, title: str, tone: str) -> None:
        super().__init__()
        self.head, self.plot = LaneHead(number, title), LanePlot(tone)
        self.setMinimumHeight(LOWEST)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.head)
        line.addWidget(self.plot, 1)

    def sizeHint(self) -> QSize:
        """Lanes share the height there is."""
        return QSize(600, LOWEST)


def standing(lane: Lane) -> str:
    """How a lane stands, in a few words."""
    if lane.state is LaneState.FAILED:
        return lane.message
    if lane.state is LaneState.RUNNING:
        return steps_of(lane) or f"{lane.state.value}  {lane.done:.0%}"
    if lane.state is LaneState.DONE and lane.likeness is not None:
        scores = (("PESQ", lane.likeness.pesq_wb), ("ESTOI", lane.likeness.estoi))
        said = [f"{name} {value:.2f}" for name, value in scores if value is not None]
        return "  ·  ".join(said) or "Done; no speech to measure"
    if lane.state is LaneState.STOPPED:
        return f"{lane.state.value} at i{steps_of(lane)[1:]}" if steps_of(lane) else lane.state.value
    return f"{lane.state.value}…"


def steps_of(lane: Lane) -> str:
    """Iterations done of those asked for; nothing where there are none to tell of."""
    if not lane.choice.iterations or not lane.iterations:
        return ""
    return f"Iteration {lane.iterations} of {max(lane.choice.iterations, lane.iterations)}"


def spacer() -> QLabel:
    """As wide as the heads."""
    empty = QLabel()
    empty.setFixedWidth(HEAD)
    return empty


def _tool(name: str, tip: str, run: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, "dim"))
    button.setIconSize(QSize(13, 13))
    button.setToolTip(tip)
    button.setFixedSize(22, 22)
    button.setStyleSheet("padding: 2px")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: run())
    button.hide()
    return button
