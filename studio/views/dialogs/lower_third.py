"""The lower third: name and title under the presenter, seen in the preview while they are typed."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QDoubleSpinBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from engines.api.looks import LowerThird
from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.views.fitting import inset
from studio.views.parts import label, push_button, row

HINT = "Shown from the given second of the clip. Every change is in the project at once and can be undone."
LONGEST = 60
LATEST_S = 3600.0


class LowerThirdDialog(QDialog):
    """Two lines and their time."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Lower third")
        self._desk = desk
        now = desk.document.project.clip.lower_third
        known = now or LowerThird("")
        self.shown = QCheckBox("Show name and title")
        self.shown.setChecked(now is not None)
        self.name, self.title = QLineEdit(known.name), QLineEdit(known.title)
        for line, hint in ((self.name, "Name"), (self.title, "Function, place or topic")):
            line.setMaxLength(LONGEST)
            line.setPlaceholderText(hint)
            line.setMinimumWidth(300)
        self.start, self.seconds = _seconds(known.start_s, 0.0), _seconds(known.seconds, 0.5)
        self._lay_out()
        self.shown.toggled.connect(self._write)
        for line in (self.name, self.title):
            line.textEdited.connect(self._typed)
            line.editingFinished.connect(desk.document.end_gesture)
        for box in (self.start, self.seconds):
            box.valueChanged.connect(self._write)
        self.finished.connect(desk.document.end_gesture)

    def value(self) -> LowerThird | None:
        """What the fields say; None where nothing is to be shown."""
        if not self.shown.isChecked() or not self.name.text().strip():
            return None
        return LowerThird(self.name.text(), self.title.text(), self.start.value(), self.seconds.value())

    def _lay_out(self) -> None:
        close = push_button("Close", primary=True)
        close.clicked.connect(self.accept)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.addRow("", self.shown)
        form.addRow(label("Name", "dim"), self.name)
        form.addRow(label("Title", "dim"), self.title)
        form.addRow(label("Time", "dim"), row(label("from", "dim"), self.start, label("for", "dim"), self.seconds, 1))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(label("Lower third", "title"))
        column.addWidget(label(HINT, "dim", wrap=True))
        column.addLayout(form)
        column.addStretch(1)
        column.addLayout(row(1, close))

    def _typed(self) -> None:
        """Typing a name shows it."""
        if self.name.text().strip() and not self.shown.isChecked():
            self.shown.setChecked(True)
        self._write()

    def _write(self) -> None:
        value = self.value()
        clip = self._desk.document.project.clip
        if value != clip.lower_third:
            change_clip(self._desk, "Lower third", gesture=self, lower_third=value)


def _seconds(value: float, least: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(least, LATEST_S)
    inset(box)
    box.setDecimals(1)
    box.setSingleStep(0.5)
    box.setSuffix(" s")
    box.setValue(value)
    return box
