"""The blind test: listen to A, B and X, say which X is, and learn at the end whether that was more than guessing."""

from __future__ import annotations

import time
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from studio.bridge.listening import Listening
from studio.session.abx import LENGTHS, LEVEL, BlindTest, Side, needed
from studio.session.comparison import BY_KEY, ORIGINAL, Comparison
from studio.views.fitting import Choice
from studio.views.parts import label, push_button, row

Button = Literal["A", "B", "X"]
BUTTONS: tuple[Button, ...] = ("A", "B", "X")
SIDES: tuple[Side, ...] = ("A", "B")


class BlindView(QWidget):
    """Asks what to compare, runs the trials, shows the log."""

    changed = Signal()
    """A test began or ended."""

    def __init__(self, comparison: Comparison, listening: Listening) -> None:
        super().__init__()
        self._comparison, self._listening = comparison, listening
        self.test: BlindTest | None = None
        """The test under way."""
        self.last: BlindTest | None = None
        """The test that ended last."""
        self._began_s = 0.0
        self.first, self.second, self.length = Choice("One of the pair"), Choice("The other one"), QComboBox()
        self.start = push_button("Begin blind test", "play", primary=True)
        self.plays = {key: _large(key) for key in BUTTONS}
        self.answers = {side: push_button(f"X is {side}") for side in SIDES}
        self.count, self.hint = label("", "heading"), label("", "dim", wrap=True)
        self.result, self.log = label("", "heading", wrap=True), label("", "dim", wrap=True)
        self.pages = QStackedWidget()
        self._lay_out()
        self._listen()
        self.fill()

    def begin(self) -> None:
        """Start the trials with what is chosen."""
        first, second = self.first.currentData(), self.second.currentData()
        if first is None or second is None or first == second:
            return
        self.test = BlindTest(first, second, int(self.length.currentData()))
        self.test.changed.connect(self._answered)
        self._began_s = time.monotonic()
        self.pages.setCurrentIndex(1)
        self._show_trial()
        self.changed.emit()
        self.play("X")

    def play(self, button: Button) -> None:
        """Hear A, B or X."""
        if self.test is None:
            return
        self._listening.hear(self.test.lane(button))
        self._listening.player.play()
        for key, each in self.plays.items():
            each.setChecked(key == button)

    def answer(self, side: Side) -> None:
        """Take X for one of them."""
        if self.test is not None:
            seconds, self._began_s = time.monotonic() - self._began_s, time.monotonic()
            self.test.answer(side, seconds)

    def abandon(self) -> None:
        """End the test without a result."""
        if self.test is not None:
            self.test = None
            self._leave()

    def fill(self) -> None:
        """Offer the lanes that can be heard; a test whose lanes are gone ends."""
        keys = self._listening.keys
        if self.test is not None and not {self.test.first, self.test.second} <= set(keys):
            self.abandon()
        for box, place in ((self.first, 0), (self.second, 1)):
            chosen = box.currentData()
            box.clear()
            for key in keys:
                box.addItem(self.title(key), key)
            found = box.findData(chosen)
            box.setCurrentIndex(found if found >= 0 else min(place, len(keys) - 1))
        if self.first.currentIndex() == self.second.currentIndex():  # only the original was there before
            self.second.setCurrentIndex(min(1 - min(self.first.currentIndex(), 1), len(keys) - 1))
        self._check()

    def title(self, key: str) -> str:
        """What a lane is called."""
        lane = self._comparison.lane(key)
        return "Original" if key == ORIGINAL else lane.choice.title if lane is not None else BY_KEY[key].title

    def _lay_out(self) -> None:
        for length in LENGTHS:
            self.length.addItem(f"{length} trials", length)
        choose = QWidget()
        column = _column(choose)
        names = (label("A"), self.first, label("B"), self.second)
        column.addLayout(row(*names, self.length, self.start, 1, gap=8))
        column.addWidget(self.hint)
        column.addWidget(self.result)
        column.addWidget(self.log)
        column.addStretch(1)
        run = QWidget()
        column = _column(run)
        self.quit = push_button("Stop without a result", flat=True)
        column.addLayout(row(self.count, 1, self.quit))
        column.addLayout(row(*self.plays.values(), 24, *self.answers.values(), 400, gap=10))
        said = "Keys: A, B and X to listen, Shift+A and Shift+B to answer. Nothing is told before the last trial."
        column.addWidget(label(said, "dim", wrap=True))
        column.addStretch(1)
        for page in (choose, run):
            self.pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)

    def _listen(self) -> None:
        self.start.clicked.connect(self.begin)
        self.quit.clicked.connect(self.abandon)
        for key, button in self.plays.items():
            button.clicked.connect(lambda _, chosen=key: self.play(chosen))
        for side, answer in self.answers.items():
            answer.clicked.connect(lambda _, chosen=side: self.answer(chosen))
        for box in (self.first, self.second, self.length):
            box.currentIndexChanged.connect(lambda _: self._check())

    def _check(self) -> None:
        """Say what is missing, or what the test takes."""
        keys, length = self._listening.keys, int(self.length.currentData())
        same = self.first.currentData() == self.second.currentData()
        self.start.setEnabled(len(keys) > 1 and not same)
        if len(keys) < 2:
            self.hint.setText("Rebuild the sound by a method first: a blind test needs two lanes.")
        elif same:
            self.hint.setText("A and B are the same lane: choose another for one of them.")
        else:
            self.hint.setText(
                f"{needed(length)} right answers of {length} show that a difference is heard (at most {LEVEL:.0%} by"
                " guessing). Lanes play at equal loudness; Shift and drag over a lane to loop a stretch."
            )

    def _show_trial(self) -> None:
        assert self.test is not None
        self.count.setText(f"Trial {len(self.test.trials) + 1} of {self.test.length}")

    def _answered(self) -> None:
        assert self.test is not None
        if self.test.over:
            self._finish(self.test)
        else:
            self._show_trial()
            self.play("X")

    def _finish(self, test: BlindTest) -> None:
        self.test, self.last = None, test
        self._comparison.keep_test(test)
        heard = "A difference is heard." if test.heard else "No difference is shown."
        pair = f"{self.title(test.first)} against {self.title(test.second)}"
        self.result.setText(f"{pair}: {test.right} of {test.length} right, {test.odds:.1%} by guessing alone. {heard}")
        self.log.setText("   ".join(f"{t.number}: X was {t.x}, {'right' if t.right else 'wrong'}" for t in test.trials))
        self._leave()

    def _leave(self) -> None:
        self._listening.player.pause()
        self.pages.setCurrentIndex(0)
        self.changed.emit()


def _large(text: str) -> QPushButton:
    button = push_button(text)
    button.setCheckable(True)
    button.setMinimumSize(64, 36)
    button.setToolTip(f"Listen to {text} ({text})")
    return button


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(14, 12, 14, 10)
    column.setSpacing(10)
    column.setAlignment(Qt.AlignmentFlag.AlignTop)
    return column
