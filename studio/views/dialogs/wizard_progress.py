"""The wizard's pages that show: what the import found, and what the training makes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDoubleSpinBox, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from engines.api.presenter import ImportReport, PresenterCheck
from engines.api.values import ByteArray
from studio.session.pace import Pace
from studio.views.fitting import inset
from studio.views.parts import label, push_button, row_widget

WIDE = 760
"""Pixels across the picture of a training."""


class CheckPage(QWidget):
    """What the import found."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.bar = QPlainTextEdit(), bar()
        self.words.setReadOnly(True)
        self.words.setAccessibleName("Report")
        column_on(self, self.words, self.bar)

    def show_report(self, report: ImportReport) -> None:
        """Put a report into words."""
        lines = [f"{report.usable} of {report.frames} pictures can be used."]
        lines += [f"{count} skipped: {fault}" for fault, count in report.skipped]
        lines += [f"    {s.video}  {s.start_s:.1f} to {s.end_s:.1f} s: {s.fault}" for s in report.stretches]
        self.words.setPlainText("\n".join([*lines, "", *report.remarks]))

    def show_import(self, found: PresenterCheck) -> None:
        """Show what an earlier import found."""
        self.words.setPlainText("\n".join(found.words))


class TrainingPage(QWidget):
    """What training paints, how far it is, how long it goes on."""

    def __init__(self, pause: Callable[[], object]) -> None:
        super().__init__()
        self.picture, self.said, self.bar = label(), label("", "dim", wrap=True), bar()
        self.picture.setMinimumHeight(WIDE // 4)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.minutes = QDoubleSpinBox()
        inset(self.minutes)
        self.minutes.setRange(1, 6000)
        self.minutes.setDecimals(0)
        self.minutes.setValue(60)
        self.minutes.setSuffix(" minutes of training in all")
        self.pause = push_button("Pause", "pause")
        self.pause.clicked.connect(pause)
        column_on(self, self.picture, self.bar, self.said, row_widget(self.minutes, self.pause)).addStretch(1)

    def show_look(self, picture: ByteArray) -> None:
        """Show footage, result and map (h, w, 3) side by side."""
        h, w = picture.shape[:2]
        image = QImage(picture.tobytes(), w, h, 3 * w, QImage.Format.Format_RGB888)
        wide = QPixmap.fromImage(image).scaledToWidth(WIDE, Qt.TransformationMode.SmoothTransformation)
        self.picture.setPixmap(wide)

    def show_pace(self, stage: str, pace: Pace) -> None:
        """Tell what is being done and for how long yet."""
        left = "" if pace.left_s is None else f", about {max(round(pace.left_s / 60), 1)} min left"
        self.said.setText(f"{stage}{left}")
        self.bar.setValue(thousandths(pace))


def thousandths(pace: Pace) -> int:
    """How far a job is, for a bar."""
    return round(1000 * (pace.fraction or 0))


def column_on(page: QWidget, *parts: QWidget) -> QVBoxLayout:
    """The layout of a page of parts below one another."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    for part in parts:
        column.addWidget(part)
    return column


def bar() -> QProgressBar:
    """A bar in thousandths."""
    made = QProgressBar()
    made.setRange(0, 1000)
    made.setTextVisible(False)
    return made
