"""The wizard that makes a presenter from footage: consent, footage, check, training, done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engines.api.presenter import Consent, ImportJob, ImportReport, TrainPresenterJob
from engines.api.values import ByteArray
from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.bridge.making import Making
from studio.views.parts import label, push_button, row

FILMS = "Films (*.mp4 *.mov *.mkv *.mpg *.avi *.m4v *.webm)"
TITLES = ("Consent", "Footage", "Check", "Training")
HINTS = (
    "A likeness belongs to the person shown. Write down who agreed to what; without it nothing is made.",
    "Three minutes or more of one person speaking to the camera, in even light, with sound. A green screen helps.",
    "Bad stretches are left out. Go on, or go back and choose better footage.",
    "Left: the footage. Beside it: what the presenter paints. You may close this window; training goes on.",
)
WIDE = 760


class PresenterWizard(QDialog):
    """Four pages and one button that goes on; what runs belongs to the window and outlives the dialog."""

    def __init__(
        self, parent: QWidget, desk: Desk, making: Making, list_again: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Make a presenter")
        self.setMinimumSize(820, 560)
        self._desk, self._making, self._list_again = desk, making, list_again
        self._ready = False
        self.title, self.hint = label("", "title"), label("", "dim", wrap=True)
        self.trouble = label("", "error", wrap=True)
        self.pages = QStackedWidget()
        for page in (self._consent(), self._footage(), self._check(), self._training()):
            self.pages.addWidget(page)
        self.back, self.close_it = push_button("Back"), push_button("Close")
        self.go = push_button("Next", primary=True)
        self.back.clicked.connect(lambda: self.turn(self.pages.currentIndex() - 1))
        self.close_it.clicked.connect(self.accept)
        self.go.clicked.connect(self._go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for part in (self.title, self.hint):
            column.addWidget(part)
        column.addWidget(self.pages, 1)
        column.addWidget(self.trouble)
        column.addLayout(row(self.back, 1, self.close_it, self.go))
        self._listen()
        self.name.setText(making.name)
        self.turn(3 if making.busy else 0)

    @property
    def consent(self) -> Consent:
        """What the first page says."""
        date = self.date.date().toString(Qt.DateFormat.ISODate)
        words = self.statement.toPlainText().strip()
        return Consent(self.who.text().strip(), self.scope.text().strip(), date, words)

    @property
    def films(self) -> tuple[str, ...]:
        """The films chosen."""
        return tuple(self.list.item(i).text() for i in range(self.list.count()))

    def add_films(self, paths: list[str]) -> None:
        """Take films into the list, each once."""
        self.list.addItems([path for path in dict.fromkeys(paths) if path not in self.films])
        self._enable()

    def turn(self, number: int) -> None:
        """Show a page."""
        self.pages.setCurrentIndex(number)
        self.title.setText(f"{number + 1} of {len(TITLES)}   {TITLES[number]}")
        self.hint.setText(HINTS[number])
        self.trouble.clear()
        self._enable()

    def _consent(self) -> QWidget:
        self.who, self.scope, self.date = QLineEdit(), QLineEdit(), QDateEdit(QDate.currentDate())
        self.statement = QPlainTextEdit()
        self.who.setPlaceholderText("Full name of the person shown")
        self.scope.setPlaceholderText("Such as: news clips of this station, until the end of 2027")
        self.statement.setPlaceholderText("The words in which the person agreed")
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setCalendarPopup(True)
        self.date.setMaximumDate(QDate.currentDate())
        rows = (("Who", self.who), ("For what", self.scope), ("When", self.date), ("Statement", self.statement))
        return form_of(rows)

    def _footage(self) -> QWidget:
        self.name, self.list = QLineEdit(), QListWidget()
        self.name.setPlaceholderText("Name of the presenter, such as Maria")
        self.short = QCheckBox("Allow less than three minutes (a rougher presenter)")
        self.list.setAccessibleName("Films")
        choose, remove = push_button("Add films…", "folder"), push_button("Remove")
        choose.clicked.connect(self._choose)
        remove.clicked.connect(self._remove)
        page = form_of((("Name", self.name), ("Films", self.list)))
        form = page.layout()
        assert isinstance(form, QFormLayout)
        form.addRow("", row_widget(choose, remove))
        form.addRow("", self.short)
        return page

    def _check(self) -> QWidget:
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setAccessibleName("Report")
        self.import_bar = bar()
        return column_of(self.report, self.import_bar)

    def _training(self) -> QWidget:
        self.picture, self.said, self.bar = label(), label("", "dim"), bar()
        self.picture.setMinimumHeight(WIDE // 4)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(1, 6000)
        self.minutes.setDecimals(0)
        self.minutes.setValue(60)
        self.minutes.setSuffix(" minutes of training in all")
        self.pause = push_button("Pause", "pause")
        self.pause.clicked.connect(self._making.stop)
        page = column_of(self.picture, self.bar, self.said, row_widget(self.minutes, self.pause))
        column = page.layout()
        assert isinstance(column, QVBoxLayout)
        column.addStretch(1)
        return page

    def _listen(self) -> None:
        making = self._making
        for field in (self.who, self.scope, self.name):
            field.textChanged.connect(self._enable)
        self.statement.textChanged.connect(self._enable)
        making.changed.connect(self._progress)
        making.looked.connect(self._show)
        making.imported.connect(self._report)
        making.trained.connect(self._done)
        making.failed.connect(self._fail)
        if making.look is not None:
            self._show(making.look)

    def _go_on(self) -> None:
        number = self.pages.currentIndex()
        if number == 0:
            self.turn(1)
        elif number == 1:
            self.report.setPlainText("")
            self.turn(2)
            job = ImportJob(self.films, self.name.text().strip(), self.consent, short=self.short.isChecked())
            self._making.bring_in(job)
        elif number == 2:
            self.turn(3)
        elif self._ready:
            change_clip(self._desk, "Presenter", presenter=self.name.text().strip())
            self.accept()
        else:
            self._making.train(TrainPresenterJob(self.name.text().strip(), self.minutes.value()))
        self._enable()

    def _enable(self) -> None:
        number, busy = self.pages.currentIndex(), self._making.busy
        may = (
            not self.consent.missing,
            bool(self.films and self.name.text().strip()),
            not busy and bool(self.report.toPlainText()),
            self._ready or (not busy and bool(self.name.text().strip())),
        )
        self.go.setEnabled(may[number])
        last = "Use this presenter" if self._ready else "Start training"
        self.go.setText(("Next", "Check footage", "Next", last)[number])
        self.back.setEnabled(number > 0 and not busy)
        self.import_bar.setVisible(busy)
        self.bar.setVisible(busy)
        self.pause.setEnabled(busy)
        self.minutes.setEnabled(not busy)

    def _progress(self) -> None:
        pace = self._making.pace
        left = "" if pace.left_s is None else f", about {max(round(pace.left_s / 60), 1)} min left"
        self.said.setText(f"{self._making.stage}{left}" if self._making.busy else "Paused: it goes on where it was.")
        for one in (self.bar, self.import_bar):
            one.setValue(round(1000 * (pace.fraction or 0)))
        self._enable()

    def _show(self, picture: ByteArray) -> None:
        h, w = picture.shape[:2]
        image = QImage(picture.tobytes(), w, h, 3 * w, QImage.Format.Format_RGB888)
        wide = QPixmap.fromImage(image).scaledToWidth(WIDE, Qt.TransformationMode.SmoothTransformation)
        self.picture.setPixmap(wide)

    def _report(self, report: ImportReport) -> None:
        lines = [f"{report.usable} of {report.frames} pictures can be used."]
        lines += [f"{count} skipped: {fault}" for fault, count in report.skipped]
        lines += [f"    {s.video}  {s.start_s:.1f} to {s.end_s:.1f} s: {s.fault}" for s in report.stretches]
        self.report.setPlainText("\n".join([*lines, "", *report.remarks]))
        self._enable()

    def _done(self, folder: str) -> None:
        self._ready = True
        self._list_again()
        self.said.setText(f"Done. The presenter is in {folder}; the folder can be copied to another machine.")
        self._enable()

    def _fail(self, words: str) -> None:
        if self.pages.currentIndex() == 2:
            self.turn(1)
        self.trouble.setText(words)

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
        self._enable()


def making_of(window: QWidget, desk: Desk) -> Making:
    """What the window makes: begun with the first wizard, found again by the next."""
    known = window.findChild(Making)
    if known is None:
        known = Making(desk.rooms, desk.jobs, window)
        known.trained.connect(lambda folder: desk.notices.info(f"The presenter {Path(folder).name} is ready."))
    return known


def form_of(rows: tuple[tuple[str, QWidget], ...]) -> QWidget:
    """A page of named fields."""
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(10)
    for name, field in rows:
        form.addRow(label(name, "dim"), field)
    return page


def column_of(*parts: QWidget) -> QWidget:
    """A page of parts below one another."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    for part in parts:
        column.addWidget(part)
    return page


def row_widget(*parts: QWidget) -> QWidget:
    """Parts beside one another, to the left."""
    page = QWidget()
    page.setLayout(row(*parts, 1))
    return page


def bar() -> QProgressBar:
    """A bar in thousandths."""
    made = QProgressBar()
    made.setRange(0, 1000)
    made.setTextVisible(False)
    return made
