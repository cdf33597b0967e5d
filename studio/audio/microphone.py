"""The microphone: a stream whose callback only copies, a thread that gathers, a meter that shows."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from engines.api.values import Audio, FloatArray
from studio.audio.devices import LOCK, choose, close_stream, note_open, portaudio
from studio.audio.errors import AudioDeviceError
from studio.audio.growing import GrowingArray
from studio.audio.level import Level, LevelMeter
from studio.audio.ring import MirroredRing

RING_S = 10.0
"""The gathering thread may be this late before sound is lost."""


class Microphone:
    """Hears while open, keeps what it hears between start and stop. Opening it before a count-in shows the level."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        """Which device (Device.key); empty: the preferred one. Takes effect when next opened."""
        self.rate_hz = 0
        self._stream: Any = None
        self._kept = GrowingArray()
        self._keep_from: int | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it hears."""
        return self._stream is not None

    @property
    def alive(self) -> bool:
        """Whether sound still comes; False after the device was unplugged."""
        return self._stream is not None and bool(self._stream.active)

    @property
    def level(self) -> Level:
        """How loud it is now."""
        return self._meter.now if self.is_open else Level()

    @property
    def seconds(self) -> float:
        """How much has been kept since start."""
        return len(self._kept) / self.rate_hz if self.rate_hz else 0.0

    @property
    def lost(self) -> int:
        """Samples lost since opening because the computer was too busy."""
        return self._ring.lost if self.is_open else 0

    def open(self) -> None:
        """Begin to hear; one that was unplugged meanwhile is looked for anew. Raises AudioDeviceError."""
        if self.alive:
            return
        self.close()
        with LOCK:
            self._stream = note_open(self._started())
        self._thread = threading.Thread(target=self._gather, name="microphone", daemon=True)
        self._thread.start()

    def _started(self) -> Any:
        device = choose("input", self.key)
        self.rate_hz = device.rate_hz
        self._ring, self._meter = MirroredRing(int(RING_S * self.rate_hz)), LevelMeter(self.rate_hz)
        self._heard, self._closing = threading.Event(), False
        module = portaudio()
        try:
            stream = module.InputStream(
                device=device.index, samplerate=self.rate_hz, channels=1, dtype="float32", callback=self._callback
            )
            stream.start()
        except module.PortAudioError as error:
            raise AudioDeviceError(f"The microphone {device.title} cannot be used: choose another ({error}).") from None
        return stream

    def start(self) -> None:
        """Keep what is heard from now on; what was kept before is dropped. Raises AudioDeviceError."""
        self.open()
        with self._lock:
            self._kept = GrowingArray()
            self._keep_from = self._ring.written

    def latest(self, seconds: float) -> Audio:
        """The newest sound, for a live view."""
        return Audio(self._ring.latest(int(seconds * self.rate_hz)), self.rate_hz)

    def stop(self) -> Audio:
        """Stop hearing and return what was kept. Raises AudioDeviceError if nothing came."""
        self.close()
        self._keep_from = None
        if len(self._kept) == 0:
            raise AudioDeviceError("The microphone gave no sound: check that it is plugged in and not muted.")
        return Audio(self._kept.rows.copy(), self.rate_hz)

    def close(self) -> None:
        """Stop hearing."""
        if self._stream is None:
            return
        stream, self._stream = self._stream, None
        close_stream(stream, drain=True)
        self._closing = True
        self._heard.set()
        self._thread.join()

    def _callback(self, block: FloatArray, frames: int, times: Any, status: Any) -> None:
        """On PortAudio's own thread: copy and leave."""
        self._ring.write(block[:, 0])
        self._heard.set()

    def _gather(self) -> None:
        position = 0
        while not self._closing:
            self._heard.wait()
            self._heard.clear()
            position = self._take(position)
        self._take(position)

    def _take(self, position: int) -> int:
        block, reached = self._ring.read_from(position)
        self._meter.push(block)
        with self._lock:
            if self._keep_from is not None:
                begun = max(self._keep_from - (reached - len(block)), 0)
                self._kept.append(np.ascontiguousarray(block[begun:]))
        return reached
