"""The transport's motor: the loudspeaker is its clock, a timer lets it notice what the clock did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

from engines.api.values import Audio
from studio.audio.speaker import Speaker
from studio.bridge.programme import Programme
from studio.session import Notices, Transport
from studio.settings import Settings

TICK_MS = 16
SILENCE = Audio(np.zeros(0, np.float32), 48_000)


class Player(QObject):
    """Plays the programme; goes on by itself where speech is still being made."""

    def __init__(
        self, programme: Programme, transport: Transport, settings: Settings, notices: Notices, speaker: Speaker
    ) -> None:
        super().__init__()
        self.speaker = speaker
        self._programme, self._transport, self._settings = programme, transport, settings
        self._wanted_from_s: float | None = None
        self._guest: Callable[[], object] | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        speaker.key = settings.now.output_device
        speaker.silent.connect(notices.warn)
        transport.use_clock(speaker)
        transport.changed.connect(self._transport_changed)
        settings.changed.connect(self._setting_changed)
        programme.mixed.connect(self._load)

    def toggle(self) -> None:
        """Play or pause."""
        self._wanted_from_s = None
        self._transport.toggle()

    def play_from(self, at_s: float) -> None:
        """Play from a time as soon as there is sound for it."""
        self._wanted_from_s = at_s
        self._go_on()

    def lend(self, guest: Callable[[], object]) -> None:
        """Fall silent because another player begins; guest stops that one when the programme or the next one plays."""
        if guest != self._guest:
            self._send_home()
        self._transport.pause()
        self._guest = guest

    def _send_home(self) -> None:
        guest, self._guest = self._guest, None
        if guest is not None:
            guest()

    def close(self) -> None:
        """Fall silent and let go of the device."""
        self._transport.pause()
        self.speaker.close()

    def _tick(self) -> None:
        self._transport.tick()
        if not self._transport.playing and self._programme.speaking:
            self._wanted_from_s = self._transport.position_s  # the sentence after this one is still to come

    def _load(self) -> None:
        audio = self._programme.audio or SILENCE
        self.speaker.load(audio)
        self._transport.set_length(audio.seconds)
        self._go_on()

    def _go_on(self) -> None:
        at_s = self._wanted_from_s
        if at_s is not None and at_s < self._transport.length_s:
            self._wanted_from_s = None
            self._transport.seek(at_s)
            self._transport.play()

    def _transport_changed(self) -> None:
        if self._transport.playing:
            self._send_home()
        if self._transport.playing != self._timer.isActive():
            (self._timer.start if self._transport.playing else self._timer.stop)()

    def _setting_changed(self, key: str, old: object, new: object) -> None:
        if key == "output_device":
            self.speaker.key = self._settings.now.output_device
