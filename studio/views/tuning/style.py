"""What is tuned for the face as a whole: emotion, blinks, gaze, smoothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from studio.actions.avatar import retune, tuning_of
from studio.actions.desk import Desk
from studio.document.tuning import Layer, Smoothing, Tuning
from studio.views.parts import label
from studio.views.tuning.bar import ValueBar
from studio.views.tuning.rows import GAIN

EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
KINDS = {"none": "No smoothing", "one-euro": "One-Euro", "savitzky-golay": "Savitzky-Golay"}
KNOBS: dict[str, tuple[tuple[str, str, float, float, str], ...]] = {
    "none": (),
    "one-euro": (("cutoff_hz", "Calm below", 0.2, 10.0, "{:.1f} Hz"), ("beta", "Follow speed", 0.0, 5.0, "{:.2f}")),
    "savitzky-golay": (("window_s", "Window", 0.12, 1.0, "{:.2f} s"),),
}
"""What can be set for each kind of smoothing: field, title, limits, how it is written."""


class StyleBox(QWidget):
    """Emotion with its strength, the layers of blinks and gaze, smoothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.emotion, self.kind = QComboBox(), QComboBox()
        for emotion in EMOTIONS:
            self.emotion.addItem(emotion.capitalize(), emotion)
        for kind, title in KINDS.items():
            self.kind.addItem(title, kind)
        self.emotion.setToolTip("Emotion laid over the face; lips stay shut where speech shuts them")
        self.kind.setToolTip("Calm the curves; blinks stay quick")
        self.emotion.activated.connect(lambda i: retune(desk, "Emotion", emotion=self.emotion.itemData(i)))
        self.kind.activated.connect(lambda i: self._smooth("kind", self.kind.itemData(i)))
        self.strength = self._bar("Strength of the emotion", 0.0, 1.5, 0.6, self._strengthen)
        self.layers = {name: QCheckBox(name.capitalize()) for name in ("blinks", "gaze")}
        self.gains: dict[str, ValueBar] = {}
        for name, box in self.layers.items():
            box.clicked.connect(lambda on, name=name: self._switch(name, on))
            self.gains[name] = self._bar(f"Strength of {name}", 0.0, 2.0, 1.0, lambda v, name=name: self._gain(name, v))
        start = Smoothing()
        self.knobs = {
            field: (label(title, "dim"), self._bar(title, low, high, getattr(start, field), self._turn(field), spelt))
            for knobs in KNOBS.values()
            for field, title, low, high, spelt in knobs
        }
        self._lay_out()

    def fill(self, tuning: Tuning) -> None:
        """Show the tuning."""
        self.emotion.setCurrentIndex(self.emotion.findData(tuning.emotion))
        self.strength.show_number(tuning.emotion_strength)
        self.strength.setEnabled(tuning.emotion != "neutral")
        for name, box in self.layers.items():
            layer: Layer = getattr(tuning, name)
            box.setChecked(layer.on)
            self.gains[name].show_number(layer.strength)
            self.gains[name].setEnabled(layer.on)
        self.kind.setCurrentIndex(self.kind.findData(tuning.smoothing.kind))
        wanted = {field for field, *_ in KNOBS[tuning.smoothing.kind]}
        for field, (title, bar) in self.knobs.items():
            title.setVisible(field in wanted)
            bar.setVisible(field in wanted)
            bar.show_number(getattr(tuning.smoothing, field))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.addWidget(label("Emotion", "dim"), 0, 0)
        grid.addWidget(self.emotion, 0, 1)
        grid.addWidget(self.strength, 0, 2)
        for line, name in enumerate(self.layers, 1):
            grid.addWidget(self.layers[name], line, 0, 1, 2)
            grid.addWidget(self.gains[name], line, 2)
        grid.addWidget(label("Smoothing", "dim"), 3, 0)
        grid.addWidget(self.kind, 3, 1, 1, 2)
        for line, (title, bar) in enumerate(self.knobs.values(), 4):
            grid.addWidget(title, line, 1)
            grid.addWidget(bar, line, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)

    def _bar(self, title: str, low: float, high: float, neutral: float, changed: Any, spelt: str = GAIN) -> ValueBar:
        return ValueBar(title, low, high, neutral, changed, self._desk.document.end_gesture, spelt)

    def _retune(self, label_: str, **fields: Any) -> None:
        """A drag of one bar is one step."""
        retune(self._desk, label_, gesture=(label_, self._desk.selection.now.story), **fields)

    def _strengthen(self, value: float) -> None:
        self._retune("Emotion strength", emotion_strength=value)

    def _switch(self, name: str, on: bool) -> None:
        layer: Layer = getattr(tuning_of(self._desk), name)
        retune(self._desk, f"{name.capitalize()} {'on' if on else 'off'}", **{name: replace(layer, on=on)})

    def _gain(self, name: str, value: float) -> None:
        layer: Layer = getattr(tuning_of(self._desk), name)
        self._retune(f"{name.capitalize()} strength", **{name: replace(layer, strength=value)})

    def _smooth(self, field: str, value: Any) -> None:
        smoothing = replace(tuning_of(self._desk).smoothing, **{field: value})
        self._retune(f"Smoothing {field.partition('_')[0]}", smoothing=smoothing)

    def _turn(self, field: str) -> Any:
        return lambda value: self._smooth(field, value)
