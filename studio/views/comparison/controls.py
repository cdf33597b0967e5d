"""What is compared and how: the sound, the problem, the spectrogram's setting, the methods to try."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.session.comparison import METHODS, RATES_HZ, SIZES, WINDOWS, Choice, Comparison, Method, Problem, Setting
from studio.views.fitting import inset
from studio.views.parts import label, push_button, row

WIDTH = 290
WEIGHTS = Path(__file__).resolve().parents[3] / "assets" / "weights"
AT_FIRST = ("griffin-lim", "fast-griffin-lim", "phase-gradient", "gan-compact")
SHARES = (2, 4, 8)
"""Hops offered, as parts of a frame."""
PROBLEM_TIPS = {
    Problem.PHASE: "The true magnitude is kept, only the phase is rebuilt",
    Problem.MEL: "Only mel bands are kept: the magnitude is estimated from them, then the phase is rebuilt",
}


class MethodRow(QWidget):
    """Tick a method; choose its iterations where it has any."""

    def __init__(self, method: Method) -> None:
        super().__init__()
        self.method = method
        self.tick = QCheckBox(method.title)
        self.tick.setChecked(method.key in AT_FIRST)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.tick, 1)
        self.steps = QSpinBox()
        self.steps.setRange(1, 10_000)
        self.steps.setValue(method.iterations or 1)
        self.steps.setToolTip("Iterations")
        self.steps.setFixedWidth(66)
        inset(self.steps)
        self.steps.setVisible(bool(method.iterations))
        self.steps.setEnabled(self.tick.isChecked())
        self.tick.toggled.connect(self.steps.setEnabled)
        if method.iterations:
            line.addWidget(self.steps)
        else:
            self.setMinimumHeight(30)

    @property
    def choice(self) -> Choice:
        """What is chosen."""
        return Choice(self.method.key, self.steps.value() if self.method.iterations else 0)


class Controls(QWidget):
    """The column at the left; it changes nothing itself but says what is wanted."""

    run = Signal()
    problem = Signal(Problem)
    setting = Signal(Setting)

    def __init__(self, comparison: Comparison, sources: QWidget) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._comparison = comparison
        self.problems = {each: _segment(each.value, PROBLEM_TIPS[each]) for each in Problem}
        self.rate = _box([(f"{hz / 1000:g} kHz", hz) for hz in RATES_HZ])
        self.window_shape = _box([(name.capitalize(), name) for name in WINDOWS])
        self.frame = _box([(str(size), size) for size in SIZES])
        self.hop = _box([(f"1/{share} of a frame", share) for share in SHARES])
        self.bands = QSpinBox()
        self.bands.setRange(8, 256)
        inset(self.bands)
        self.rows = [MethodRow(method) for method in METHODS if _there(method)]
        self.start = push_button("Rebuild", "play", primary=True)
        self.start.setToolTip("Rebuild the sound by every method ticked (Ctrl+Return)")
        self._lay_out(sources)
        self.fill()
        self._listen()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The methods ticked."""
        return tuple(each.choice for each in self.rows if each.tick.isChecked())

    def fill(self) -> None:
        """Show the setting and the problem as they are."""
        setting = self._comparison.setting
        share = setting.size // setting.hop
        for box, value in ((self.rate, setting.rate_hz), (self.window_shape, setting.window)):
            box.setCurrentIndex(box.findData(value))
        for box, number in ((self.frame, setting.size), (self.hop, share)):
            box.setCurrentIndex(box.findData(number))
        self.bands.setValue(setting.mel_bands)
        self.problems[self._comparison.problem].setChecked(True)
        self._form.setRowVisible(self.bands, self._comparison.problem is Problem.MEL)

    def allow(self, on: bool) -> None:
        """Whether anything can be rebuilt now."""
        self.start.setEnabled(on and bool(self.choices))

    def _lay_out(self, sources: QWidget) -> None:
        body = QWidget()
        body.setObjectName("Panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        self._group = QButtonGroup(self)
        for button in self.problems.values():
            self._group.addButton(button)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._form.setSpacing(7)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        fields = (("Mel bands", self.bands), ("Rate", self.rate), ("Window", self.window_shape))
        for title, field in (*fields, ("Frame", self.frame), ("Hop", self.hop)):
            self._form.addRow(title, field)
        switch = row(*self.problems.values(), gap=0)
        for part in (label("Sound", "heading"), sources, label("What is lost", "heading")):
            column.addWidget(part)
        column.addLayout(switch)
        column.addLayout(self._form)
        column.addSpacing(4)
        column.addWidget(label("Methods", "heading"))
        for each in self.rows:
            column.addWidget(each)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll, 1)
        outer.addLayout(row(self.start, margins=(14, 8, 14, 12)))

    def _listen(self) -> None:
        self.start.clicked.connect(self.run)
        for problem, button in self.problems.items():
            button.clicked.connect(lambda _, chosen=problem: self.problem.emit(chosen))
        for box in (self.rate, self.window_shape, self.frame, self.hop):
            box.activated.connect(self._tell)
        self.bands.editingFinished.connect(self._tell)
        for each in self.rows:
            each.tick.toggled.connect(lambda _: self.allow(self._comparison.source is not None))

    def _tell(self) -> None:
        size = int(self.frame.currentData())
        wanted = replace(
            self._comparison.setting,
            rate_hz=int(self.rate.currentData()),
            window=str(self.window_shape.currentData()),
            size=size,
            hop=size // int(self.hop.currentData()),
            mel_bands=self.bands.value(),
        )
        if wanted != self._comparison.setting:
            self.setting.emit(wanted)


def _there(method: Method) -> bool:
    """Whether a method needs no weights, or has them."""
    return method.name != "gan" or (WEIGHTS / f"phase-{method.preset}.safetensors").is_file()


def _segment(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
    return button


def _box(items: list[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for title, value in items:
        box.addItem(title, value)
    return box
