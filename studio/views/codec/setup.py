"""Before a listening test: which sounds, through which codecs, who listens; then how far the preparation is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.session.jobs import JobEntry
from studio.session.listening import OFFERED, ListeningTest, Stage, State
from studio.session.mushra import LONGEST_S
from studio.session.sending import BPGAN, FORMATS
from studio.views.codec.controls import DIAL
from studio.views.fitting import Elided, inset
from studio.views.jobs import STEPS, say
from studio.views.lazy import scrolled
from studio.views.parts import EmptyState, Switcher, label, push_button, row

WIDTH = 940
ABOUT = (
    "Each sound is rated from 0 to 100 beside its reference, in a blind order, with a hidden reference and a 3.5 kHz"
    " anchor among the codecs (MUSHRA, ITU-R BS.1534-3). Use good headphones in a quiet room."
)


EMPTY = "Drop recordings of speech here, or add them above. Every sound is one trial."
ADVICE = (
    "Rate several voices, 5 to 10 s each, and let several people listen: the confidence interval shrinks with both.",
    "Let everyone play all sounds of a trial before the first score. 100 is the reference, whatever it sounds like.",
    "Who often rates the hidden reference below 90 is left out afterwards; the results say who, and why.",
)


class SetupView(QWidget):
    """Writes the ListeningTest; says when it should be prepared."""

    prepare = Signal()
    cancel = Signal()
    results = Signal()

    def __init__(self, listening: ListeningTest, sources: QWidget) -> None:
        super().__init__()
        self._listening = listening
        self.items = QListWidget()
        self.pages = Switcher(EmptyState("waveform", "No sounds yet", EMPTY), self.items)
        self.remove = push_button("Remove", "trash")
        self.ticks = {setting: QCheckBox(_named(setting.title)) for setting in OFFERED}
        self.search = QComboBox()
        self.listener, self.seed = QLineEdit(), QSpinBox()
        self.said = label("", "dim")
        self.begin = push_button("Begin the test", "play", primary=True)
        self.to_results = push_button("Results so far", "comparison")
        self.bar, self.doing = QProgressBar(), Elided("", "dim")
        self.stop = push_button("Cancel", "stop")
        self._fill()
        self._lay_out(sources)
        self._listen()
        self.show_state(listening.now)

    def show_state(self, now: State) -> None:
        """Bring all fields up to date."""
        titles = [item.title for item in now.items]
        if titles != [self.items.item(i).data(Qt.ItemDataRole.UserRole) for i in range(self.items.count())]:
            self.items.clear()
            for item in now.items:
                entry = QListWidgetItem(f"{item.title}   ·   {item.audio.seconds:.1f} s")
                entry.setData(Qt.ItemDataRole.UserRole, item.title)
                self.items.addItem(entry)
        self.pages.show_content(bool(titles))
        for setting, tick in self.ticks.items():
            tick.setChecked(setting in now.conditions)
        self.search.setCurrentIndex(self.search.findData(now.iterations))
        if self.listener.text() != now.listener:
            self.listener.setText(now.listener)
        self.seed.setValue(now.seed)
        preparing = now.stage is Stage.PREPARING
        for part in (self._body, self.begin, self.to_results):
            part.setEnabled(not preparing)
        for busy in (self.bar, self.doing, self.stop):
            busy.setVisible(preparing)
        self.said.setVisible(not preparing)
        self.said.setText(now.missing or _extent(now))
        self.begin.setEnabled(not preparing and not now.missing)
        self.to_results.setVisible(bool(now.ratings))
        self.remove.setEnabled(self.items.currentRow() >= 0)

    def show_entry(self, entry: JobEntry) -> None:
        """Progress as the Jobs panel has it."""
        self.bar.setRange(0, 0 if entry.fraction is None else STEPS)
        self.bar.setValue(round((entry.fraction or 0.0) * STEPS))
        self.doing.setText(say(entry))

    def _fill(self) -> None:
        for count, name in DIAL:
            self.search.addItem(f"{name}: {count} iterations" if count else name, count)
        self.seed.setRange(0, 999_999)
        inset(self.seed)
        self.seed.setToolTip("The blind order follows from this number and the listener's name")
        self.listener.setPlaceholderText("Name or number")
        self.items.setToolTip(f"Sounds longer than {LONGEST_S:.0f} s are cut: longer ones tire the ear")
        self.bar.setTextVisible(False)

    def _lay_out(self, sources: QWidget) -> None:
        self._body = QWidget()
        cards = QGridLayout(self._body)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(12)
        cards.addWidget(self._sounds(sources), 0, 0, 3, 1)
        cards.addWidget(self._codecs(), 0, 1)
        cards.addWidget(self._person(), 1, 1)
        cards.addWidget(self._advice(), 2, 1)
        cards.setRowStretch(2, 1)
        cards.setColumnStretch(0, 5)
        cards.setColumnStretch(1, 6)
        foot = row(self.said, self.doing, self.bar, self.stop, self.to_results, self.begin, gap=12)
        foot.setStretch(0, 1)
        foot.setStretch(1, 2)
        foot.setStretch(2, 2)
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(12)
        column.addWidget(label("Listening test", "title"))
        column.addWidget(label(ABOUT, "dim", wrap=True))
        column.addWidget(self._scrolled(), 1)
        column.addLayout(foot)
        line = row(1, middle, 1, gap=0)
        line.setStretch(1, 100)
        self.setLayout(line)

    def _scrolled(self) -> QScrollArea:
        """The cards, to be moved about where the window is low."""
        scroll = scrolled(self._body)
        for part in (scroll.viewport(), self._body):
            part.setAutoFillBackground(False)  # a scroll area's own ground is darker than the panel
        return scroll

    def _sounds(self, sources: QWidget) -> QFrame:
        card, column = _card("Sounds")
        column.addWidget(sources)
        column.addWidget(self.pages, 1)
        column.addLayout(row(1, self.remove))
        return card

    def _codecs(self) -> QFrame:
        card, column = _card("Codecs under test")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        for at, packing in enumerate(dict.fromkeys(setting.format for setting in OFFERED)):
            grid.addWidget(label(FORMATS[packing].title, "dim"), 0, at)
            for place, tick in enumerate((t for s, t in self.ticks.items() if s.format == packing), 1):
                grid.addWidget(tick, place, at)
        column.addLayout(grid)
        form = QFormLayout()
        form.addRow(f"{BPGAN.title} search", self.search)
        column.addLayout(form)
        column.addStretch(1)
        return card

    def _person(self) -> QFrame:
        card, column = _card("Listener")
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Name", self.listener)
        form.addRow("Seed of the blind order", self.seed)
        column.addLayout(form)
        column.addStretch(1)
        return card

    def _advice(self) -> QFrame:
        card, column = _card("For a result that counts")
        for line in ADVICE:
            column.addWidget(label(line, "dim", wrap=True))
        column.addStretch(1)
        return card

    def _listen(self) -> None:
        test = self._listening
        for setting, tick in self.ticks.items():
            tick.clicked.connect(lambda on, chosen=setting: test.tick(chosen, on))
        self.search.activated.connect(lambda _: test.put(iterations=self.search.currentData(), stimuli=None))
        self.listener.textEdited.connect(lambda text: test.put(listener=text))
        self.seed.valueChanged.connect(self._seed)
        self.remove.clicked.connect(self._remove)
        self.items.currentRowChanged.connect(lambda at: self.remove.setEnabled(at >= 0))
        self.begin.clicked.connect(self.prepare)
        self.stop.clicked.connect(self.cancel)
        self.to_results.clicked.connect(self.results)
        test.changed.connect(lambda old, new: self.show_state(new))

    def _seed(self, value: int) -> None:
        if value != self._listening.now.seed:
            self._listening.put(seed=value)

    def _remove(self) -> None:
        chosen = self.items.currentItem()
        if chosen is not None:
            self._listening.remove(str(chosen.data(Qt.ItemDataRole.UserRole)))


def _extent(now: State) -> str:
    """How long the test will be."""
    trials, sounds = len(now.items), len(now.conditions) + 2
    return f"{trials} trial{'' if trials == 1 else 's'} of {sounds} sounds each"


def _named(title: str) -> str:
    """The rate alone: the format stands above."""
    return f"{title.split()[-1]} kbit/s"


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setObjectName("Card")
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 12, 14, 14)
    column.setSpacing(10)
    column.addWidget(label(title, "heading"))
    return card, column
