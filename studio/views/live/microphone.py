"""Which microphone is heard, how loud, where the gate stands, which network listens."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from engines.api.face import LIVE_MODELS
from studio.actions.avatar import MODELS
from studio.actions.desk import Desk
from studio.actions.live import ask_microphone_file
from studio.audio.devices import Device, list_devices, refresh_devices
from studio.settings import Value
from studio.views.fitting import inset
from studio.views.live.gate_meter import GateMeter
from studio.views.parts import label, row

SYSTEM, FILE = "System default", "Sound file…"
IDLE = "Choose your microphone and start: the avatar moves as you speak."
WATCH_MS = 300


class MicrophoneView(QWidget):
    """The upper part of the live panel."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.devices, self.model = QComboBox(), QComboBox()
        self.meter = GateMeter(lambda decibels: desk.settings.set("gate_db", decibels))
        self.threshold, self.hold = QSpinBox(), QSpinBox()
        self.mute = QCheckBox("Mute while the studio plays")
        self.said = label(IDLE, "dim", wrap=True)
        self._fill()
        self._lay_out()
        self._unlisten = desk.settings.changed.connect(self._setting_changed)
        desk.live.plugged.connect(self._find_devices)
        self._find_devices()
        self._watch = QTimer(self, interval=WATCH_MS, singleShot=True)
        self._watch.timeout.connect(desk.live.watch)  # Qt's own sound system takes a moment to start
        self._watch.start()

    def _fill(self) -> None:
        settings = self._desk.settings
        self.devices.setAccessibleName("Microphone")
        for key in LIVE_MODELS:
            self.model.addItem(MODELS[key], key)
        self.model.setCurrentIndex(self.model.findData(settings.now.live_model))
        self.model.setToolTip("The network that moves the face; the rules need the text, so they are not live")
        self.threshold.setRange(-80, 0)
        self.threshold.setSuffix(" dB")
        self.hold.setRange(0, 2000)
        self.hold.setSingleStep(50)
        self.hold.setSuffix(" ms")
        inset(self.threshold, self.hold)
        self.threshold.setToolTip("Sound louder than this opens the gate")
        self.hold.setToolTip("How long the gate stays open after")
        self.mute.setToolTip("Half duplex: else the avatar answers what the loudspeakers say")
        self._show_settings()
        self.devices.activated.connect(self._choose)
        self.model.activated.connect(lambda place: settings.set("live_model", self.model.itemData(place)))
        self.threshold.valueChanged.connect(lambda number: settings.set("gate_db", number))
        self.hold.valueChanged.connect(lambda number: settings.set("gate_hold_ms", number))
        self.mute.clicked.connect(lambda on: settings.set("half_duplex", on))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label("Microphone", "dim"), self.devices)
        form.addRow(label("Network", "dim"), self.model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(form)
        column.addWidget(self.said)
        column.addWidget(self.meter)
        gate = row(label("Gate opens at", "dim"), self.threshold, label("stays open", "dim"), self.hold, 1)
        column.addLayout(gate)
        column.addWidget(self.mute)

    def close_view(self) -> None:
        """Listen no more."""
        self._watch.stop()
        self._unlisten()
        self._desk.live.plugged.disconnect(self._find_devices)

    def show_state(self) -> None:
        """Level, gate, and one sentence on how it stands."""
        live = self._desk.live
        state = live.state
        self.meter.show_level(state.level, self._desk.settings.now.gate_db, state.gate_open and not state.muted)
        trouble = state.trouble or live.trouble
        if not live.running:
            self._say(IDLE, "dim")
        elif trouble:
            self._say(trouble, "error")
        elif not state.hearing:
            self._say("Opening the microphone…", "dim")
        elif not live.listening:
            self._say("The network is being loaded…", "dim")
        elif state.muted:
            self._say("Muted while the studio plays.", "dim")
        else:
            channels = {1: "mono", 2: "stereo"}.get(state.channels, f"{state.channels} channels")
            self._say(f"Hearing {state.device}: {state.rate_hz / 1000:g} kHz, {channels}.", "dim")

    def _say(self, text: str, role: str) -> None:
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)
        self.said.setText(text)

    def _choose(self, place: int) -> None:
        key = self.devices.itemData(place)
        if key is None:
            self._show_device()
            ask_microphone_file(self._desk)
        else:
            self._desk.settings.set("input_device", key)

    def _find_devices(self) -> None:
        def find() -> tuple[Device, ...]:
            refresh_devices()  # does nothing while a microphone is open: it then stays as it is
            return list_devices("input")

        task = self._desk.tasks.run(find, self._list, channel="live devices")
        task.failed.connect(self._no_devices)

    def _list(self, found: tuple[Device, ...]) -> None:
        self.devices.clear()
        self.devices.addItem(SYSTEM, "")
        for device in found:
            self.devices.addItem(device.title, device.key)
        self.devices.insertSeparator(self.devices.count())
        self.devices.addItem(FILE, None)
        self._show_device()
        if not found and not self._desk.live.running:
            self._say("There is no microphone: plug one in, and it appears here; or let a sound file stand in.", "dim")

    def _no_devices(self, error: object, details: str) -> None:
        self._list(())
        self._say(str(error), "error")

    def _show_device(self) -> None:
        key = self._desk.settings.now.input_device
        if key and self.devices.findData(key) < 0:
            self.devices.insertItem(1, f"{key} (not there)", key)
        self.devices.setCurrentIndex(max(self.devices.findData(key), 0))

    def _setting_changed(self, key: str, old: Value, new: Value) -> None:
        self._show_settings()
        self.show_state()

    def _show_settings(self) -> None:
        now = self._desk.settings.now
        for box, value in ((self.threshold, now.gate_db), (self.hold, now.gate_hold_ms)):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.mute.setChecked(now.half_duplex)
        self.model.setCurrentIndex(self.model.findData(now.live_model))
