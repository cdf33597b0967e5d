"""The wizard that makes a presenter from footage: consent, footage, check, training, done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from engines.api.presenter import ImportJob, ImportReport, ImportsJob, PresenterCheck, TrainPresenterJob
from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.bridge.making import Making
from studio.views.dialogs.wizard_pages import ConsentPage, FootagePage
from studio.views.dialogs.wizard_progress import CheckPage, TrainingPage, thousandths
from studio.views.parts import label, push_button, row

TITLES = ("Consent", "Footage", "Check", "Training")
HINTS = (
    "A likeness belongs to the person shown. Write down who agreed to what; without it nothing is made.",
    "Three minutes or more of one person speaking to the camera, in even light, with sound. A green screen helps.",
    "Bad stretches are left out. Go on, or go back and choose better footage.",
    "Left: the footage. Beside it: what the presenter paints. You may close this window; training goes on.",
)
PAUSED = "Paused: it goes on where it was."


class PresenterWizard(QDialog):
    """Four pages and one button that goes on; what runs belongs to the window and outlives the dialog."""

    def __init__(
        self, parent: QWidget, desk: Desk, making: Making, list_again: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Make a presenter")
        self.setMinimumSize(820, 560)
        self._desk, self._making, self._list_again = desk, making, list_again
        self._ready = self._begun = False
        self.title, self.hint = label("", "title"), label("", "dim", wrap=True)
        self.trouble = label("", "error", wrap=True)
        self.consent, self.footage, self.check = ConsentPage(), FootagePage(), CheckPage()
        self.training = TrainingPage(making.stop)
        self.pages = QStackedWidget()
        for page in (self.consent, self.footage, self.check, self.training):
            self.pages.addWidget(page)
        self.back, self.close_it = push_button("Back"), push_button("Close")
        self.go = push_button("Next", primary=True)
        self._lay_out()
        self._listen()
        self.footage.name.setText(making.name)
        self.turn((2 if making.importing else 3) if making.busy else 0)
        desk.rooms.submit(ImportsJob()).finished.connect(self._offer)

    @property
    def name(self) -> str:
        """The presenter's name."""
        return self.footage.name.text().strip()

    def turn(self, number: int) -> None:
        """Show a page."""
        self.pages.setCurrentIndex(number)
        self.title.setText(f"{number + 1} of {len(TITLES)}   {TITLES[number]}")
        self.hint.setText(HINTS[number])
        self.trouble.clear()
        self._enable()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.pages, 1)
        column.addWidget(self.trouble)
        column.addLayout(row(self.back, 1, self.close_it, self.go))

    def _listen(self) -> None:
        making = self._making
        self.back.clicked.connect(lambda: self.turn(self.pages.currentIndex() - 1))
        self.close_it.clicked.connect(self.accept)
        self.go.clicked.connect(self._go_on)
        self.consent.changed.connect(self._enable)
        self.consent.resumed.connect(self._resume)
        self.footage.changed.connect(self._enable)
        making.changed.connect(self._progress)
        making.looked.connect(self.training.show_look)
        making.imported.connect(self._report)
        making.trained.connect(self._done)
        making.failed.connect(self._fail)
        if making.look is not None:
            self.training.show_look(making.look)

    def _go_on(self) -> None:
        number = self.pages.currentIndex()
        if number in (0, 2):
            self.turn(number + 1)
        elif number == 1:
            self._look_at_films()
        elif self._ready:
            change_clip(self._desk, "Presenter", presenter=self.name)
            self.accept()
        else:
            self._begun = True
            self._making.train(TrainPresenterJob(self.name, self.training.minutes.value()))
        self._enable()

    def _offer(self, imports: tuple[PresenterCheck, ...]) -> None:
        if not self._making.busy:
            self.consent.offer(imports)

    def _resume(self, found: PresenterCheck) -> None:
        self.footage.name.setText(found.name)
        self.check.show_import(found)
        self._begun = found.stage != "imported"
        self.training.said.setText(PAUSED if self._begun else "")
        self.turn(2)

    def _look_at_films(self) -> None:
        self._ready = self._begun = False
        self.training.said.clear()
        self.check.words.clear()
        self.turn(2)
        films, short = self.footage.films, self.footage.short.isChecked()
        self._making.bring_in(ImportJob(films, self.name, self.consent.consent, short=short))

    def _enable(self) -> None:
        number, busy = self.pages.currentIndex(), self._making.busy
        may = (
            not self.consent.consent.missing,
            bool(self.footage.films and self.name) and not busy and not self.consent.consent.missing,
            not busy and bool(self.check.words.toPlainText()),
            not busy and bool(self.name),
        )
        self.go.setEnabled(may[number])
        last = "Use this presenter" if self._ready else "Go on training" if self._begun else "Start training"
        self.go.setText(("Next", "Check footage", "Next", last)[number])
        self.back.setEnabled(number > 0 and not busy)
        self.check.bar.setVisible(busy)
        self.training.bar.setVisible(busy)
        self.training.pause.setEnabled(busy)
        self.training.minutes.setEnabled(not busy)

    def _progress(self) -> None:
        making = self._making
        self.check.bar.setValue(thousandths(making.pace))
        if making.busy:
            self.training.show_pace(making.stage, making.pace)
        elif self.pages.currentIndex() == 3 and not self._ready:
            self.training.said.setText(PAUSED)
        self._enable()

    def _report(self, report: ImportReport) -> None:
        self.check.show_report(report)
        self._enable()

    def _done(self, folder: str) -> None:
        self._ready = True
        self._list_again()
        self.training.said.setText(f"Done. The presenter is in {folder}; the folder can be copied to another machine.")
        self._enable()

    def _fail(self, words: str) -> None:
        if self.pages.currentIndex() == 2:
            self.turn(1)
        self.trouble.setText(words)


def making_of(window: QWidget, desk: Desk) -> Making:
    """What the window makes: begun with the first wizard, found again by the next."""
    known = window.findChild(Making)
    if known is None:
        known = Making(desk.rooms, desk.jobs, window)
        known.trained.connect(lambda folder: desk.notices.info(f"The presenter {Path(folder).name} is ready."))
    return known
