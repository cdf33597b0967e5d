"""How the story is spoken: voice, rate, pitch, pronunciations."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QSlider, QWidget

from engines.api.jobs import VoicesJob
from engines.api.values import VoiceInfo
from studio.actions.desk import Desk
from studio.actions.stories import change_story
from studio.settings import ROWS
from studio.views.fitting import Choice
from studio.views.parts import action_button, label, row

LIMITS = {"rate_wpm": ("Rate", "words per minute", " wpm"), "pitch": ("Pitch", "50 is the voice's own pitch", "")}


class VoiceControls(QWidget):
    """Voice, rate and pitch of the story being edited; each drag is one step of undo."""

    def __init__(self, desk: Desk, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._desk = desk
        self.voice = Choice("Voice of this story")
        self.voice.activated.connect(self._choose)
        self.sliders: dict[str, QSlider] = {}
        self._shown = {key: label("", "dim") for key in LIMITS}
        self._lay_out(actions)
        desk.document.changed.connect(lambda old, new: self._fill())
        desk.selection.changed.connect(lambda old, new: self._fill())
        desk.settings.changed.connect(self._setting_changed)
        self._fill()

    def load_voices(self) -> None:
        """Ask the speech engine for its voices."""
        running = self._desk.rooms.submit(VoicesJob(str(self._desk.settings.now.voices_folder)))
        running.finished.connect(self._list)
        running.failed.connect(self._desk.notices.error)

    def _setting_changed(self, key: str, old: object, new: object) -> None:
        if key == "voices_folder":
            self.load_voices()

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 8, 14, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.addWidget(label("Voice", "dim"), 0, 0)
        pronounce = action_button(actions["speech.pronounce"])
        pronounce.setProperty("slim", True)
        line = row(self.voice, pronounce, gap=4)
        line.setStretch(0, 1)
        grid.addLayout(line, 0, 1, 1, 2)
        for place, (key, (title, tip, _)) in enumerate(LIMITS.items(), 1):
            slider = self.sliders[key] = self._slider(key, tip)
            grid.addWidget(label(title, "dim"), place, 0)
            grid.addWidget(slider, place, 1)
            grid.addWidget(self._shown[key], place, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, 58)

    def _slider(self, key: str, tip: str) -> QSlider:
        limits = ROWS[key]
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(int(limits.low or 0), int(limits.high or 100))
        slider.setToolTip(f"{limits.title}: {tip}")
        slider.valueChanged.connect(lambda value: self._slide(key, value))
        slider.sliderReleased.connect(self._desk.document.end_gesture)
        return slider

    def _slide(self, key: str, value: int) -> None:
        story = self._desk.story
        if story is not None and getattr(story, key) != value:
            gesture = (key, story.id)
            change_story(self._desk, LIMITS[key][0], gesture=gesture, **{key: value})

    def _choose(self, place: int) -> None:
        change_story(self._desk, "Voice", voice=self.voice.itemData(place))

    def _list(self, voices: tuple[VoiceInfo, ...]) -> None:
        self.voice.clear()
        for voice in voices:
            self.voice.addItem(voice.title, voice.key)
            self.voice.setItemData(self.voice.count() - 1, voice.language, Qt.ItemDataRole.ToolTipRole)
        self._fill()

    def _fill(self) -> None:
        story = self._desk.story
        self.setEnabled(story is not None)
        if story is None:
            return
        self._show_voice(story.voice)
        for key, (_, _, unit) in LIMITS.items():
            value = getattr(story, key)
            self.sliders[key].blockSignals(True)
            self.sliders[key].setValue(value)
            self.sliders[key].blockSignals(False)
            self._shown[key].setText(f"{value}{unit}")

    def _show_voice(self, key: str) -> None:
        """A voice the engine has not named (yet) is shown by its key, never silently replaced."""
        place = self.voice.findData(key)
        if place < 0:
            self.voice.addItem(key, key)
            place = self.voice.count() - 1
        self.voice.setCurrentIndex(place)
