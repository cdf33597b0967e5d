"""What is sent and how: the sound, the format, the rate, how long the search may take, and how large it will be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QScrollArea, QSlider, QVBoxLayout, QWidget

from engines.api.codec import DEFAULT_ITERATIONS, MOST_ITERATIONS
from studio.session.coding import Coding, Doing, State
from studio.session.sending import BPGAN, FORMATS, estimate, spell_size
from studio.views.comparison.controls import WIDTH
from studio.views.parts import label, push_button, row
from studio.views.timeline.timecode import spell_duration

DIAL = (
    (0, "First guess, no search"),
    (10, "Draft"),
    (DEFAULT_ITERATIONS, "Standard"),
    (200, "Careful"),
    (500, "Best"),
    (MOST_ITERATIONS, "No hurry"),
)
"""Iterations of the search and what they are called."""
VOCODERS = (("Trained network", "network"), ("Mel inversion (paper)", "inversion"))


class Controls(QWidget):
    """The column at the left; writes the setting, says what is wanted."""

    encode = Signal()
    open_packet = Signal()

    def __init__(self, coding: Coding, sources: QWidget) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._coding = coding
        self.format, self.rate, self.vocoder = QComboBox(), QComboBox(), QComboBox()
        self.words = label("", "faint", wrap=True)
        self.dial, self.dialled = QSlider(Qt.Orientation.Horizontal), label("", "faint", wrap=True)
        self.guess, self.guess_words = label("", "title"), label("", "dim")
        self.start = push_button("Encode", "export", primary=True)
        self.start.setToolTip("Encode the sound, then decode it to be heard (Ctrl+Return)")
        self.open = push_button("Open .bpgan file…", "open")
        self.open.setToolTip("Listen to a file that was encoded before")
        self._fill()
        self._lay_out(sources)
        self._listen()
        self.show_state(coding.now)

    def show_state(self, now: State) -> None:
        """Bring the fields up to date."""
        setting, packing = now.setting, FORMATS[now.setting.format]
        self.format.setCurrentIndex(self.format.findData(packing.key))
        self.words.setText(packing.words)
        if [self.rate.itemData(i) for i in range(self.rate.count())] != list(packing.rates_kbps):
            self.rate.clear()
            for kbps in packing.rates_kbps:
                self.rate.addItem(f"{kbps:g} kbit/s", kbps)
        self.rate.setCurrentIndex(self.rate.findData(setting.kbps))
        self.vocoder.setCurrentIndex(self.vocoder.findData(setting.vocoder))
        steps = [count for count, _ in DIAL]
        if setting.iterations in steps:
            self.dial.setValue(steps.index(setting.iterations))
        self.dialled.setText(_dialled(setting.iterations, now.work_s))
        self._form.setRowVisible(self.rate, bool(packing.rates_kbps))
        for field in (self.dial, self.dialled, self.vocoder):
            self._form.setRowVisible(field, packing is BPGAN)
        self._show_size(now)
        idle = now.doing is Doing.NOTHING
        self.start.setEnabled(idle and now.source is not None)
        self.open.setEnabled(idle)

    def _show_size(self, now: State) -> None:
        if now.source is None:
            self.guess.setText("—")
            self.guess_words.setText("Choose a sound to see its size")
            return
        sound = now.source.speech if FORMATS[now.setting.format].rates_kbps else now.source.audio
        guess = estimate(now.setting, sound.seconds, sound.rate_hz)
        word = f"{guess.word[0].upper()}{guess.word[1:]} " if guess.word else ""
        self.guess.setText(word + spell_size(guess.size))
        self.guess_words.setText(f"for {sound.seconds:.1f} s of sound")

    def _fill(self) -> None:
        for packing in FORMATS.values():
            self.format.addItem(packing.title, packing.key)
        for title, key in VOCODERS:
            self.vocoder.addItem(title, key)
        self.dial.setRange(0, len(DIAL) - 1)
        self.dial.setPageStep(1)
        self.dial.setToolTip("How long to look for the best code: more iterations, better sound, longer wait")
        self.vocoder.setToolTip("What makes sound of the decoded spectrogram, for listening; the file is the same")

    def _lay_out(self, sources: QWidget) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 12, 12, 12)
        column.setSpacing(8)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.setSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.addRow("Format", self.format)
        self._form.addRow("", self.words)
        fields = (("Rate", self.rate), ("Search", self.dial), ("", self.dialled), ("Vocoder", self.vocoder))
        for title, field in fields:
            self._form.addRow(title, field)
        for part in (label("Sound", "heading"), sources, label("Send as", "heading")):
            column.addWidget(part)
        column.addLayout(self._form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)  # a scroll area's own ground is darker than the panel
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(scroll, 1)
        for part in (self.guess, self.guess_words):
            outer.addLayout(row(part, margins=(14, 0, 14, 0)))
        outer.addLayout(row(self.start, margins=(14, 6, 14, 0)))
        outer.addLayout(row(self.open, margins=(14, 0, 14, 12)))

    def _listen(self) -> None:
        set_ = self._coding.set
        self.format.activated.connect(lambda _: set_(format=self.format.currentData()))
        self.rate.activated.connect(lambda _: set_(kbps=self.rate.currentData()))
        self.vocoder.activated.connect(lambda _: set_(vocoder=self.vocoder.currentData()))
        self.dial.valueChanged.connect(self._dial)
        self.start.clicked.connect(self.encode)
        self.open.clicked.connect(self.open_packet)
        self._coding.changed.connect(lambda old, new: self.show_state(new))

    def _dial(self, place: int) -> None:
        if DIAL[place][0] != self._coding.now.setting.iterations:
            self._coding.set(iterations=DIAL[place][0])


def _dialled(iterations: int, work_s: float | None) -> str:
    """What the dial says, and how long that takes where the last search tells."""
    name = dict(DIAL).get(iterations, "")
    if not iterations:
        return name
    taking = "" if work_s is None else f", about {spell_duration(max(work_s, 1.0))}"
    return f"{name}: {iterations} iterations{taking}"
