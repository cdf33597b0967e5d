"""The wizard's pages that ask: who agreed to what, and which films there are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from engines.api.presenter import Consent, PresenterCheck
from studio.views.parts import label, push_button, row_widget

FILMS = "Films (*.mp4 *.mov *.mkv *.mpg *.avi *.m4v *.webm)"
STAGES = {"imported": "footage checked", "training": "training begun", "ready": "trained"}
"""How far an import is, in words."""


class ConsentPage(QWidget):
    """Who agreed to what, when, and in which words; or an import to go on with, whose record is kept with it."""

    changed = Signal()
    resumed = Signal(object)
    """Emitted with the PresenterCheck of an import to go on with."""

    def __init__(self) -> None:
        super().__init__()
        self.who, self.scope, self.date = QLineEdit(), QLineEdit(), QDateEdit(QDate.currentDate())
        self.statement = QPlainTextEdit()
        self.who.setPlaceholderText("Full name of the person shown")
        self.scope.setPlaceholderText("Such as: news clips of this station, until the end of 2027")
        self.statement.setPlaceholderText("The words in which the person agreed")
        self.statement.setTabChangesFocus(True)
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setCalendarPopup(True)
        self.date.setMaximumDate(QDate.currentDate())
        form = form_on(self)
        rows = (("Who", self.who), ("For what", self.scope), ("When", self.date), ("Statement", self.statement))
        for name, field in rows:
            form.addRow(label(name, "dim"), field)
        self.imports, self.resume = QComboBox(), push_button("Go on")
        self.resume.clicked.connect(lambda: self.resumed.emit(self.imports.currentData()))
        self._known = row_widget(label("Or go on with", "dim"), self.imports, self.resume)
        self._known.hide()
        form.addRow(self._known)
        for line in (self.who, self.scope):
            line.textChanged.connect(self.changed)
        self.statement.textChanged.connect(self.changed)

    @property
    def consent(self) -> Consent:
        """What the page says."""
        date = self.date.date().toString(Qt.DateFormat.ISODate)
        words = self.statement.toPlainText().strip()
        return Consent(self.who.text().strip(), self.scope.text().strip(), date, words)

    def offer(self, imports: tuple[PresenterCheck, ...]) -> None:
        """Offer imports to go on with, those that are not finished first."""
        self.imports.clear()
        for found in sorted(imports, key=lambda each: each.stage == "ready"):
            self.imports.addItem(f"{found.title}: {STAGES[found.stage]}", found)
        self._known.setVisible(bool(imports))


class FootagePage(QWidget):
    """The presenter's name and the films."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.list = QLineEdit(), QListWidget()
        self.name.setPlaceholderText("Name of the presenter, such as Maria")
        self.short = QCheckBox("Allow less than three minutes (a rougher presenter)")
        self.list.setAccessibleName("Films")
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.add, self.remove = push_button("Add films…", "folder"), push_button("Remove")
        self.add.clicked.connect(self._choose)
        self.remove.clicked.connect(self._remove)
        form = form_on(self)
        form.addRow(label("Name", "dim"), self.name)
        form.addRow(label("Films", "dim"), self.list)
        form.addRow("", row_widget(self.add, self.remove))
        form.addRow("", self.short)
        self.name.textChanged.connect(self.changed)
        self.list.itemSelectionChanged.connect(self._enable)
        self._enable()

    @property
    def films(self) -> tuple[str, ...]:
        """The films chosen."""
        return tuple(self.list.item(i).text() for i in range(self.list.count()))

    def add_films(self, paths: list[str]) -> None:
        """Take films into the list, each once."""
        self.list.addItems([path for path in dict.fromkeys(paths) if path not in self.films])
        self.changed.emit()

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self.list.selectedItems()))

    def _choose(self) -> None:
        dialog = QFileDialog(self, "Films of the person", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([FILMS, "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_films)
        dialog.open()

    def _remove(self) -> None:
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self.changed.emit()


def form_on(page: QWidget) -> QFormLayout:
    """The layout of a page of named fields."""
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(10)
    return form
