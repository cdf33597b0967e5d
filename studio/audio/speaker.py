"""The loudspeaker: plays sound that may grow meanwhile, and is the clock everything else follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from engines.api.values import Audio, FloatArray
from studio.audio.devices import LOCK, choose, close_stream, note_open, portaudio
from studio.audio.errors import AudioDeviceError
from studio.audio.playhead import Playhead
from studio.audio.rates import RATE_HZ, resample
from studio.listeners import Listeners


class Speaker:
    """A clock (studio.session.Clock) that runs as the sound is heard, and goes on past its end so that it is noticed.

    Without a device it runs silently by the computer's own time; `silent` is then told once why.
    """

    def __init__(self, key: str = "", source: Callable[[], float] = time.monotonic) -> None:
        self.key = key
        """Which device (Device.key); empty: the preferred one. Takes effect when playing next begins."""
        self.rate_hz = RATE_HZ
        self.gain = 1.0
        self.silent: Listeners[[str]] = Listeners()
        """Called once with a sentence when there is nothing to play on, on the thread that called start."""
        self._source = source
        self._lock = threading.Lock()
        self._sound: FloatArray = np.zeros(0, np.float32)
        self._stream: Any = None
        self._opened = ""  # the key of the device in use
        self._told = False
        self._mute = False  # no device: time goes by without sound
        self._running = False
        self._next = 0  # sample that will be handed out next
        self._head = Playhead(self.rate_hz)

    def load(self, audio: Audio) -> None:
        """Play this sound instead; speech that has grown meanwhile goes on unbroken."""
        samples = resample(audio, self.rate_hz).samples
        with self._lock:
            self._sound = samples

    @property
    def seconds(self) -> float:
        """How much sound there is so far."""
        return len(self._sound) / self.rate_hz

    def now_s(self) -> float:
        """Which moment of the sound is being heard."""
        if self._running and self._stream is not None and not self._stream.active:
            self._go_silent("The loudspeaker has gone: plug it in or choose another.")
        with self._lock:
            return self._head.position(self._source()) / self.rate_hz

    def start(self, at_s: float) -> None:
        """Play from there; also moves the place while playing."""
        with self._lock:
            self._next = max(round(at_s * self.rate_hz), 0)
            self._head.jump(self._next)
            self._running = True
            if self._mute:
                self._pass(self._next)
        if self._stream is not None and (self._opened != self.key or not self._stream.active):
            self.close()
        if self._stream is None and not self._mute:
            self._open()

    def stop(self) -> None:
        """Fall silent; the place in the sound stays, and the device stays open so that playing goes on at once."""
        now_s = self.now_s()
        with self._lock:
            self._running = self._mute = False
            self._head.jump(round(now_s * self.rate_hz))

    def close(self) -> None:
        """Let go of the device; the next start looks for one again."""
        stream, self._stream = self._stream, None
        if stream is not None:
            close_stream(stream)

    def fill(self, out: FloatArray, delay_s: float) -> None:
        """Hand out the next (n,) samples, to be heard delay_s from now; past the end they are silence."""
        with self._lock:
            out[:] = 0.0
            if not self._running:
                return
            piece = self._piece(self._next, len(out))
            out[: len(piece)] = piece * self.gain
            self._head.schedule(self._next, len(out), self._source() + delay_s)
            self._next += len(out)

    def _piece(self, first: int, count: int) -> FloatArray:
        """Up to count samples from `first` on, fewer where the sound ends; the lock is held."""
        return self._sound[first : first + count]

    def _pass(self, position: float) -> None:
        """Without a device sound goes by as time does."""
        self._head.schedule(position, float("inf"), self._source())

    def _open(self) -> None:
        try:
            self._opened, self._stream = self.key, self._new_stream()
        except AudioDeviceError as error:
            self._go_silent(str(error))

    def _go_silent(self, sentence: str) -> None:
        self.close()
        with self._lock:
            self._mute = True
            self._pass(self._head.position(self._source()))
        if not self._told:
            self._told = True
            self.silent.emit(f"{sentence.rstrip('.')} (playing goes on without sound).")

    def _let_go(self) -> bool:
        """Close the device if nothing is being played on it."""
        with self._lock:
            if self._running:
                return False
            stream, self._stream = self._stream, None
        if stream is not None:
            close_stream(stream)
        return True

    def _new_stream(self) -> Any:
        with LOCK:
            return note_open(self._started(), self._let_go)

    def _started(self) -> Any:
        module, device = portaudio(), choose("output", self.key)
        try:
            stream = module.OutputStream(
                device=device.index, samplerate=self.rate_hz, channels=1, dtype="float32", callback=self._callback
            )
            stream.start()
        except module.PortAudioError as error:
            sentence = f"The loudspeaker {device.title} cannot be used: choose another ({error})."
            raise AudioDeviceError(sentence) from None
        return stream

    def _callback(self, out: FloatArray, frames: int, times: Any, status: Any) -> None:
        self.fill(out[:, 0], max(times.outputBufferDacTime - times.currentTime, 0.0))
