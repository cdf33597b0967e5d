"""The recorder: choose a microphone, see the level, count in, record, listen, retake, keep."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.actions.speech import adopt_sound, title_of
from studio.actions.telling import tell
from studio.audio.devices import Device, list_devices, refresh_devices
from studio.audio.errors import AudioDeviceError
from studio.audio.microphone import Microphone
from studio.audio.speaker import Speaker
from studio.session import Recording, RecordingState
from studio.views.dialogs.meter import LevelBar
from studio.views.parts import label, push_button, row
from studio.views.theme import font
from studio.views.timeline.timecode import short_time

TICK_MS = 30
LANE = "microphone"
HINTS = {
    RecordingState.IDLE: "Choose your microphone, speak a sentence and watch the level, then press Record.",
    RecordingState.COUNTING: "Get ready…",
    RecordingState.RECORDING: "Recording. Press Stop when you have finished.",
    RecordingState.DONE: "Listen to the take, keep it, or record another one.",
}


class RecordDialog(QDialog):
    """Records the voice of the story being edited."""

    kept = Signal()

    def __init__(self, parent: QWidget, desk: Desk, microphone: Microphone | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Record voice")
        self._desk = desk
        self.microphone = microphone or Microphone(desk.settings.now.input_device)
        self.recording = Recording(self.microphone)
        self.speaker = Speaker(desk.settings.now.output_device)
        self.devices, self.level = QComboBox(), LevelBar()
        self.clock, self.hint = label("", "timecode"), label("", "dim", wrap=True)
        self.record = push_button("Record", "record", primary=True)
        self.stop = push_button("Stop", "stop", primary=True)
        self.listen = push_button("Listen", "play")
        self.retake = push_button("Retake", "retake")
        self.keep = push_button("Keep take", "check", primary=True)
        self._timer = QTimer(self, interval=TICK_MS)
        self._lay_out()
        self._listen_to()
        self._show_state()
        self._find_devices()

    def _lay_out(self) -> None:
        story = self._desk.story
        self.clock.setFont(font(30, mono=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        column.addWidget(label(f"Record “{title_of(story)}”" if story is not None else "Record", "title"))
        column.addLayout(row(label("Microphone", "dim"), self.devices, gap=12))
        self.devices.setMinimumWidth(280)
        self.devices.setPlaceholderText("None")
        column.addWidget(self.level)
        column.addLayout(row(1, self.clock, 1))
        column.addWidget(self.hint)
        column.addLayout(row(1, self.listen, self.retake, self.record, self.stop, self.keep))
        self.resize(460, 320)

    def _listen_to(self) -> None:
        self.devices.activated.connect(self._choose)
        self.record.clicked.connect(self._begin)
        self.retake.clicked.connect(self._begin)
        self.stop.clicked.connect(lambda: self._try(self.recording.finish))
        self.listen.clicked.connect(self._toggle_listening)
        self.keep.clicked.connect(self._keep)
        self.recording.changed.connect(lambda state: self._show_state())
        self._timer.timeout.connect(self._tick)
        QTimer.singleShot(200, self, self._watch_devices)

    def _watch_devices(self) -> None:
        from PySide6.QtMultimedia import QMediaDevices  # PortAudio cannot see devices come and go

        self._watch = QMediaDevices(self)
        self._watch.audioInputsChanged.connect(self._plugged)

    def _find_devices(self, fresh: bool = False) -> None:
        def find() -> tuple[Device, ...]:
            if fresh:
                refresh_devices()
            return list_devices("input")

        task = self._desk.tasks.run(find, self._list, lane=LANE)
        task.failed.connect(self._fail)

    def _list(self, devices: tuple[Device, ...]) -> None:
        self.devices.clear()
        for device in devices:
            self.devices.addItem(device.title, device.key)
        self.devices.setCurrentIndex(max(self.devices.findData(self.microphone.key), 0))
        self.record.setEnabled(bool(devices))
        if devices:
            self._open()
        else:
            self.hint.setText("There is no microphone: plug one in, and it appears here.")

    def _choose(self, place: int) -> None:
        key = self.devices.itemData(place)
        self._desk.settings.set("input_device", key)
        self._timer.stop()
        self._desk.tasks.run(self.microphone.close, lane=LANE)
        self.microphone.key = key
        self._open()

    def _open(self) -> None:
        task = self._desk.tasks.run(self.microphone.open, self._opened, lane=LANE)
        task.failed.connect(self._fail)

    def _opened(self, _: object) -> None:
        self._timer.start()

    def _plugged(self) -> None:
        if self.recording.state in (RecordingState.IDLE, RecordingState.DONE):
            self._timer.stop()
            self._desk.tasks.run(self.microphone.close, lane=LANE)
            self._find_devices(fresh=True)

    def _begin(self) -> None:
        self.speaker.stop()
        self._timer.start()
        self._try(lambda: self.recording.begin(self._desk.settings.now.countdown_s))

    def _tick(self) -> None:
        self._try(self.recording.tick)
        self.level.show_level(self.microphone.level)
        if self.recording.state is RecordingState.COUNTING:
            self.clock.setText(str(int(self.recording.counts_s) + 1))
        elif self.recording.state is RecordingState.RECORDING:
            self.clock.setText(short_time(self.recording.seconds, 0.1))
            if not self.microphone.alive:
                self._fail(AudioDeviceError("The microphone was unplugged: what was recorded until then is kept."), "")
                self._try(self.recording.finish)

    def _toggle_listening(self) -> None:
        audio = self.recording.audio
        if audio is not None:
            self.speaker.load(audio)
            self.speaker.start(0.0)

    def _keep(self) -> None:
        if self.recording.audio is not None:
            story = self._desk.story
            adopt_sound(self._desk, self.recording.audio, "recorded", title_of(story) if story is not None else "")
            self.kept.emit()
            self.accept()

    def _show_state(self) -> None:
        state = self.recording.state
        self.record.setVisible(state is RecordingState.IDLE)
        self.stop.setVisible(state in (RecordingState.COUNTING, RecordingState.RECORDING))
        for button in (self.listen, self.retake, self.keep):
            button.setVisible(state is RecordingState.DONE)
        self.devices.setEnabled(state in (RecordingState.IDLE, RecordingState.DONE))
        self.hint.setText(HINTS[state])
        self.clock.setText(short_time(self.recording.seconds, 0.1))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except AudioDeviceError as error:
            self._fail(error, "")

    def _fail(self, error: object, details: str) -> None:
        message, details = tell(error, details)
        self.hint.setText(message)
        self.record.setEnabled(self.devices.count() > 0)
        if details:
            self._desk.notices.error(message, details)

    def done(self, result: int) -> None:
        """Closed in any way: stop hearing and playing."""
        self._timer.stop()
        if self.recording.state in (RecordingState.COUNTING, RecordingState.RECORDING):
            self._try(self.recording.cancel)
        self._desk.tasks.run(self.microphone.close, lane=LANE)
        self.speaker.stop()
        self.speaker.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The cross of the window is Cancel."""
        self.reject()
