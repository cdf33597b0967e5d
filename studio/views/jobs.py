"""The jobs panel: what runs, how far it is, how long it still takes, and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.session.jobs import JobEntry, JobState
from studio.views.parts import EmptyState, Switcher, label, push_button, row
from studio.views.theme import icon, pixmap
from studio.views.timeline.timecode import spell_duration

STEPS = 1000
ICONS = {
    JobState.RUNNING: ("render", "accent"),
    JobState.STOPPING: ("stop", "dim"),
    JobState.DONE: ("success", "success"),
    JobState.FAILED: ("error", "record"),
    JobState.CANCELLED: ("close", "dim"),
}


class JobCard(QFrame):
    """One job."""

    def __init__(self, desk: Desk, entry: JobEntry) -> None:
        super().__init__()
        self.setObjectName("Card")
        self._desk, self._id = desk, entry.id
        self.picture, self.title = label(), label(entry.title, "heading", wrap=True)
        self.said = label("", "dim", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = QToolButton()
        self.stop.setIcon(icon("close", "dim"))
        self.stop.setToolTip("Cancel this job")
        self.stop.clicked.connect(lambda: desk.jobs.cancel(self._id))
        self.details = push_button("Details", flat=True)
        self.details.clicked.connect(self._tell)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 10)
        column.setSpacing(6)
        head = row(self.picture, self.title, self.stop)
        head.setStretch(1, 1)
        column.addLayout(head)
        column.addWidget(self.bar)
        foot = row(self.said, self.details)
        foot.setStretch(0, 1)
        column.addLayout(foot)
        self.show_entry(entry)

    def show_entry(self, entry: JobEntry) -> None:
        """Bring the card up to date."""
        name, tone = ICONS[entry.state]
        self.picture.setPixmap(pixmap(name, 18, tone))
        self.bar.setVisible(entry.running)
        self.bar.setRange(0, 0 if entry.fraction is None else STEPS)
        self.bar.setValue(round((entry.fraction or 0.0) * STEPS))
        self.stop.setVisible(entry.state is JobState.RUNNING)
        self.details.setVisible(bool(entry.details))
        self.said.setText(say(entry))

    def _tell(self) -> None:
        entry = self._desk.jobs.get(self._id)
        self._desk.notices.error(entry.message, entry.details)


class JobsPanel(QWidget):
    """All jobs, newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.cards: dict[int, JobCard] = {}
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(10, 10, 10, 10)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        clear = push_button("Clear ended", flat=True)
        clear.clicked.connect(desk.jobs.clear_ended)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 4)
        inner.addWidget(scroll, 1)
        inner.addLayout(row(1, clear, margins=(0, 0, 6, 0)))
        empty = EmptyState("jobs", "Nothing is running", "Speaking, importing and exporting show their progress here.")
        self.pages = Switcher(empty, body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        desk.jobs.changed.connect(self._show)
        desk.jobs.removed.connect(self._remove)

    def _show(self, entry: JobEntry) -> None:
        card = self.cards.get(entry.id)
        if card is None:
            card = self.cards[entry.id] = JobCard(self._desk, entry)
            self._column.insertWidget(0, card)
            self.pages.show_content(True)
        else:
            card.show_entry(entry)

    def _remove(self, job_id: int) -> None:
        self.cards.pop(job_id).deleteLater()
        self.pages.show_content(bool(self.cards))


def say(entry: JobEntry) -> str:
    """The state of a job in a few words."""
    if entry.state is JobState.FAILED:
        return entry.message
    if entry.state is JobState.RUNNING:
        parts = [entry.stage or "Starting"]
        if entry.fraction is not None:
            parts.append(f"{entry.fraction:.0%}")
        if entry.left_s is not None:
            parts.append(f"{spell_duration(max(entry.left_s, 1.0))} left")
        return "  ·  ".join(parts)
    took = spell_duration((entry.ended_s or entry.started_s) - entry.started_s)
    done = "  ·  ".join(filter(None, (f"Done in {took}", entry.outcome)))
    return {"stopping": "Stopping…", "done": done, "cancelled": "Cancelled"}[entry.state.value]
