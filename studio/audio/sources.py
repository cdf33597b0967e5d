"""Where live sound comes from: a device of the system, or a sound file played as if it were a microphone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from engines.api.values import FloatArray
from studio.audio.devices import LOCK, Device, choose, close_stream, note_open, portaudio, refresh_devices
from studio.audio.errors import AudioDeviceError

Hear = Callable[[FloatArray], None]
"""Called on the source's thread with blocks (n, channels); the block is only lent for the call."""

BLOCK_S = 0.005
"""Length of the blocks in which a file is heard, about that of a sound card's."""
MANY = 8
"""More channels than this are a driver's fancy (ALSA says 32 for anything): the first ones are heard."""


class Stream(Protocol):
    """An open source. latency_s: how old a sample is when it is heard, as far as the driver knows."""

    title: str
    rate_hz: int
    channels: int
    latency_s: float

    @property
    def alive(self) -> bool:
        """Whether more sound may come."""
        ...

    @property
    def finished(self) -> bool:
        """Whether it came to its proper end, as a file does."""
        ...

    def close(self) -> None:
        """Let go; no block comes after."""
        ...


class Source(Protocol):
    """Something to hear, opened anew after it was lost."""

    def open(self, hear: Callable[[int, int], Hear]) -> Stream:
        """Begin; hear(rate_hz, channels) makes the callback. Raises AudioDeviceError with one sentence."""
        ...


class DeviceSource:
    """A microphone by its key (Device.key); empty: the one the system prefers."""

    def __init__(self, key: str = "") -> None:
        self.key = key

    def open(self, hear: Callable[[int, int], Hear]) -> Stream:
        """Open it as it is; failing that, look for devices again (PortAudio lists them once) and try once more."""
        with LOCK:
            try:
                return DeviceStream(choose("input", self.key), hear)
            except AudioDeviceError:
                if not refresh_devices():
                    raise
            return DeviceStream(choose("input", self.key), hear)


class DeviceStream:
    """A PortAudio stream, in mono where the driver mixes, else in as many channels as there are."""

    def __init__(self, device: Device, hear: Callable[[int, int], Hear]) -> None:
        self.title, self.rate_hz, self.channels = device.title, device.rate_hz, 1
        self.finished = False
        self._hear: Hear = lambda block: None
        self._stream = self._opened(device, hear)
        self.latency_s = float(self._stream.latency)

    @property
    def alive(self) -> bool:
        """Whether PortAudio still runs it."""
        return bool(self._stream.active)

    def close(self) -> None:
        """Stop without waiting for what is under way."""
        close_stream(self._stream)

    def _opened(self, device: Device, hear: Callable[[int, int], Hear]) -> Any:
        module, trouble = portaudio(), None
        for channels in dict.fromkeys((1, 2, min(device.channels, MANY))):
            self.channels, self._hear = channels, hear(device.rate_hz, channels)
            try:
                stream = module.InputStream(
                    device=device.index,
                    samplerate=device.rate_hz,
                    channels=channels,
                    dtype="float32",
                    latency="low",
                    callback=self._callback,
                )
                stream.start()
                return note_open(stream)
            except module.PortAudioError as error:
                trouble = error
        held = "unavailable" in str(trouble)  # PortAudio's paDeviceUnavailable
        reason = "another program holds it; close that" if held else "plug it in again"
        raise AudioDeviceError(f"The microphone {device.title} cannot be heard: {reason} or choose another.")

    def _callback(self, block: FloatArray, frames: int, times: Any, status: Any) -> None:
        """On PortAudio's own thread: copy and leave."""
        self._hear(block)


class FileSource:
    """Sound (n,) or (n, channels) heard as a microphone would: in real time, or `speed` times faster.

    loop: begin again at its end. Opened again after an interruption it goes on where it was, as a talker would.
    """

    def __init__(
        self, samples: FloatArray, rate_hz: int, title: str = "Sound file", *, speed: float = 1.0, loop: bool = False
    ) -> None:
        self.samples = samples if samples.ndim == 2 else samples[:, None]
        self.rate_hz, self.title, self.speed, self.loop = rate_hz, title, speed, loop
        self.position = 0

    def open(self, hear: Callable[[int, int], Hear]) -> Stream:
        """Begin to play."""
        return FileStream(self, hear(self.rate_hz, self.samples.shape[1]))


class FileStream:
    """Hands out blocks when their last sample is due, on a thread of its own."""

    latency_s = 0.0

    def __init__(self, source: FileSource, hear: Hear) -> None:
        self.title, self.rate_hz, self.channels = source.title, source.rate_hz, source.samples.shape[1]
        self.finished = False
        self._source, self._hear = source, hear
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._play, name="file as microphone", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether more sound may come."""
        return self._thread.is_alive() and not self._closing.is_set()

    def close(self) -> None:
        """Fall silent."""
        self._closing.set()
        self._thread.join()

    def _play(self) -> None:
        source, block = self._source, max(round(BLOCK_S * self.rate_hz), 1)
        begun, played = time.monotonic(), 0
        while True:
            if source.position >= len(source.samples):
                if not source.loop:
                    self.finished = True
                    return
                source.position = 0
            piece = source.samples[source.position : source.position + block]
            due_s = begun + (played + len(piece)) / (self.rate_hz * source.speed)
            if self._closing.wait(max(due_s - time.monotonic(), 0.0)):
                return
            self._hear(piece)
            source.position += len(piece)
            played += len(piece)
