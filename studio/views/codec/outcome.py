"""What came of the encoding: progress while it runs, the question whether to keep a stopped search, size and rate."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from studio.session.coding import Coded, Doing, Heard, State
from studio.session.jobs import JobEntry
from studio.session.sending import BPGAN, spell_size
from studio.views.fitting import Elided
from studio.views.jobs import STEPS, say
from studio.views.parts import label, push_button, row
from studio.views.timeline.timecode import spell_duration

HEIGHT = 62


class Fact(QWidget):
    """A name with its value below."""

    def __init__(self, name: str, value: str, tone: str = "") -> None:
        super().__init__()
        self.name = name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.value = label(value, tone or "heading")
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label(name, "faint"))
        column.addWidget(self.value)


class Outcome(QFrame):
    """One strip that shows whichever of its pages fits the state."""

    cancel = Signal()
    keep = Signal()
    discard = Signal()
    decode = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Strip")
        self.pages = QStackedWidget()
        self.pages.setFixedHeight(HEIGHT)
        self.hint = label("", "dim")
        self.bar, self.said = QProgressBar(), Elided("", "dim")
        self.bar.setTextVisible(False)
        self.stop = push_button("Cancel", "stop")
        self.question = label("", wrap=True)
        self.yes, self.no = push_button("Keep it", "check", primary=True), push_button("Discard")
        self.again = push_button("Decode again", "redo")
        self.again.setToolTip("Decode the same file once more, by the vocoder chosen at the left")
        self._facts = QHBoxLayout()
        self._facts.setSpacing(24)
        for page in (self._hint_page(), self._progress_page(), self._question_page(), self._facts_page()):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        for button, signal in ((self.stop, self.cancel), (self.yes, self.keep), (self.no, self.discard)):
            button.clicked.connect(signal)
        self.again.clicked.connect(self.decode)

    def show_state(self, now: State) -> None:
        """Turn to the page that fits."""
        if now.doing in (Doing.ENCODING, Doing.DECODING):
            self.stop.setEnabled(True)
            self.pages.setCurrentIndex(1)
        elif now.offer is not None:
            self._ask(now.offer)
            self.pages.setCurrentIndex(2)
        elif now.coded is not None:
            self._show_facts(now.coded, now.heard)
            self.pages.setCurrentIndex(3)
        else:
            reading = now.doing is Doing.READING
            self.hint.setText("Reading the sound…" if reading else "Choose format and rate at the left, then Encode.")
            self.pages.setCurrentIndex(0)

    def show_entry(self, entry: JobEntry) -> None:
        """Progress as the Jobs panel has it."""
        self.bar.setRange(0, 0 if entry.fraction is None else STEPS)
        self.bar.setValue(round((entry.fraction or 0.0) * STEPS))
        self.said.setText(f"{entry.title}  ·  {say(entry)}")
        self.stop.setEnabled(entry.running and entry.state.value == "running")

    def _ask(self, offer: Coded) -> None:
        assert offer.search is not None
        found = f"after {offer.search.iterations} of {offer.setting.iterations} iterations"
        size = spell_size(len(offer.data))
        self.question.setText(f"Stopped. The best code found {found} is a whole file of {size}: keep it?")

    def _show_facts(self, coded: Coded, heard: Heard | None) -> None:
        while (old := self._facts.takeAt(0)) is not None and (fact := old.widget()) is not None:
            fact.deleteLater()
        is_ours = coded.setting.format == BPGAN.key
        shown = [
            Fact("File", coded.title + coded.packing.suffix if coded.opened else coded.setting.title),
            Fact("Real size", f"{len(coded.data):,} bytes"),
            Fact("Real rate", f"{coded.kbps:.2f} kbit/s"),
        ]
        wanted = f"; {coded.setting.kbps:g} kbit/s were asked for" if coded.packing.rates_kbps else ""
        shown[2].setToolTip(f"All bits of the file, its header too, over its seconds{wanted}")
        if coded.search is not None:
            done = f"{coded.search.iterations} iterations" if coded.search.iterations else "first guess"
            shown.append(Fact("Search", f"{done}, {spell_duration(coded.search.work_s)}"))
        if is_ours and coded.info is not None:
            shown[0].setToolTip(f"Model {coded.info.model}, format {coded.info.version}, {coded.seconds:.1f} s")
            shown.append(_damage(coded, heard))
        for each in shown:
            self._facts.addWidget(each)
        self.again.setVisible(is_ours)

    def _hint_page(self) -> QWidget:
        return _page(row(self.hint, 1))

    def _progress_page(self) -> QWidget:
        page, column = QWidget(), QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(self.said)
        column.addWidget(self.bar)
        column.addStretch(1)
        line = QHBoxLayout(page)
        line.setContentsMargins(14, 6, 12, 6)
        line.setSpacing(14)
        line.addLayout(column, 1)
        line.addWidget(self.stop)
        return page

    def _question_page(self) -> QWidget:
        line = row(self.question, self.no, self.yes)
        line.setStretch(0, 1)
        return _page(line)

    def _facts_page(self) -> QWidget:
        line = QHBoxLayout()
        line.addLayout(self._facts)
        line.addStretch(1)
        line.addWidget(self.again)
        return _page(line)


def _damage(coded: Coded, heard: Heard | None) -> Fact:
    """How many segments could not be used; the whole sentence as a tip."""
    assert coded.info is not None
    lost = coded.info.damaged if heard is None else heard.concealed
    words = "none" if not lost else f"{len(lost)} of {coded.info.segments} segments concealed"
    fact = Fact("Damage", words, "error" if lost else "heading")
    fact.setToolTip("Every segment was whole" if heard is None or not heard.words else heard.words)
    return fact


def _page(line: QHBoxLayout) -> QWidget:
    page = QWidget()
    line.setContentsMargins(14, 6, 12, 6)
    page.setLayout(line)
    return page
