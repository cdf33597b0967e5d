"""Live sound: a callback that only copies, a pump thread that cuts hops, drops what is late, outlives lost devices."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engines.api.values import FloatArray
from studio.audio.errors import AudioDeviceError
from studio.audio.gate import Gate, GateConfig
from studio.audio.hops import HOP_S, LIVE_RATE_HZ, HopCutter
from studio.audio.level import Level, LevelMeter
from studio.audio.ring import MirroredRing
from studio.audio.sources import Hear, Source, Stream

RING_S = 2.0
LATE_S = 0.25
"""Sound that has waited this long is dropped: a face that lags behind its voice is worse than one that skips."""
STALL_S, FIRST_STALL_S = 1.5, 6.0
"""No block for so long means the device is lost; the first one may take longer, as sound servers wake up slowly."""
RETRY_S = 2.0
SILENT = Level()
GONE = "The microphone is gone: plug it in again and live mode goes on by itself."


@dataclass(frozen=True, eq=False)
class Hop:
    """20 ms of live sound at LIVE_RATE_HZ.

    samples: (HOP,) as heard; gated: the same, silent while the gate is shut or the microphone muted; number: its place
    on the clock of the sound, which goes on over dropped hops; heard_s, taken_s: time.monotonic() when its last sample
    reached the microphone and when the pump took it.
    """

    samples: FloatArray
    gated: FloatArray
    number: int
    heard_s: float
    taken_s: float


@dataclass(frozen=True)
class LiveState:
    """How live sound stands. trouble: one sentence while there is none; dropped: hops lost to lateness since start."""

    running: bool = False
    hearing: bool = False
    trouble: str = ""
    device: str = ""
    rate_hz: int = 0
    channels: int = 0
    level: Level = SILENT
    gate_open: bool = False
    muted: bool = False
    dropped: int = 0
    hops: int = 0


class LiveInput:
    """Hears a source until stopped. on_hop is called on the pump thread; `state` may be read from any thread."""

    def __init__(
        self,
        source: Source,
        on_hop: Callable[[Hop], object],
        gate: GateConfig | None = None,
        *,
        muted: Callable[[], bool] = lambda: False,
        ended: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.gate = Gate(gate)
        self.state = LiveState()
        self._source, self._on_hop, self._muted, self._ended, self._clock = source, on_hop, muted, ended, clock
        self._wake = threading.Event()
        self._taking = threading.Lock()
        """Held while sound is handed on, so that none is after wipe."""
        self._closing = False
        self._first_number = self._cut = 0
        self._thread: threading.Thread | None = None
        self._stream: Stream | None = None
        self._listen(LIVE_RATE_HZ, 1)

    def start(self) -> None:
        """Begin on a thread; a source that cannot be opened is tried again until stop."""
        self.state = LiveState(running=True)
        self._closing = False
        self._thread = threading.Thread(target=self._pump, name="live pump", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and forget all sound."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.wipe()
        self.state = replace(self.state, running=False, hearing=False, level=SILENT, gate_open=False)

    def devices_changed(self) -> None:
        """Something was plugged in or out: look now, not at the next try."""
        self._wake.set()

    def wipe(self) -> None:
        """Overwrite all sound that is held; once this returns, none that came before is handed on."""
        with self._taking:
            self._ring.wipe()
            self._position = self._base = self._ring.written
            self._first_number += self._cut
            self._cut = 0
            self._cutter.wipe()
            self._meter.reset()
            self.gate.close()

    def _listen(self, rate_hz: int, channels: int) -> Hear:
        """Make ready for a stream and return its callback."""
        with self._taking:
            self._ring = ring = MirroredRing(int(RING_S * rate_hz), channels)
            self._cutter, self._meter = HopCutter(rate_hz), LevelMeter(rate_hz)
            self._position = self._base = 0
            self._cut = 0  # hops cut since _base
            self._first_number = self.state.hops
            self._anchor = (0, self._clock())
            self._heard_s = self._anchor[1]

        def hear(block: FloatArray) -> None:
            ring.write(block)
            self._anchor = (ring.written, self._clock())
            self._wake.set()

        return hear

    def _pump(self) -> None:
        while not self._closing:
            if self._stream is None and not self.open():
                self._wake.wait(RETRY_S)
                self._wake.clear()
                continue
            self._wake.wait(STALL_S / 3)
            self._wake.clear()
            self.take()
            self._check()
        self._close()

    def open(self) -> bool:
        """Open the source on this thread; called by the pump, or by a simulation without threads."""
        try:
            self._stream = stream = self._source.open(self._listen)
        except AudioDeviceError as error:
            trouble = GONE if self.state.trouble == GONE else str(error)
            self.state = replace(self.state, hearing=False, trouble=trouble, level=SILENT, gate_open=False)
            return False
        self.state = replace(
            self.state,
            hearing=True,
            trouble="",
            device=stream.title,
            rate_hz=stream.rate_hz,
            channels=stream.channels,
        )
        return True

    def _check(self) -> None:
        """Close a stream that ended, was lost or stands still; the next round opens it anew."""
        stream = self._stream
        if stream is None:
            return
        still_s = self._clock() - self._anchor[1]
        stalled = still_s > (STALL_S if self._anchor[0] else FIRST_STALL_S)
        if stream.finished:
            self._closing = True
            self._ended()
        elif not stream.alive or stalled:
            self._close()
            self.gate.close()
            self.state = replace(self.state, hearing=False, trouble=GONE, level=SILENT, gate_open=False)

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def take(self) -> None:
        """Cut what has come into hops and hand them on; called by the pump, or by a simulation without threads."""
        with self._taking:
            self._take()

    def _take(self) -> None:
        self._drop_late()
        block, self._position = self._ring.read_from(self._position)
        if not len(block):
            return
        level = self._meter.push(block[:, np.abs(block).max(axis=0).argmax()])  # of the loudest channel
        for samples in self._cutter.push(block):
            self._cut += 1
            self._hand_on(samples)
        self.state = replace(
            self.state, level=level, gate_open=self.gate.open, muted=self._muted(), hops=self._first_number + self._cut
        )

    def _hand_on(self, samples: FloatArray) -> None:
        muted = self._muted()
        gated = self.gate.push(samples, LIVE_RATE_HZ)
        if muted:
            gated = samples * 0
        heard_s = self._heard_at(self._base + self._cut * HOP_S * self._cutter.rate_hz)
        self._on_hop(Hop(samples, gated, self._first_number + self._cut - 1, heard_s, self._clock()))

    def _heard_at(self, position: float) -> float:
        """When a sample reached the microphone."""
        written, at_s = self._anchor
        latency_s = self._stream.latency_s if self._stream is not None else 0.0
        return at_s - (written - position) / self._cutter.rate_hz - latency_s

    def _drop_late(self) -> None:
        """Skip to the newest sound when the pump has fallen behind; the clock of the sound goes on over the gap."""
        behind = self._ring.written - self._position
        if behind <= LATE_S * self._cutter.rate_hz:
            return
        hop = round(HOP_S * self._cutter.rate_hz)
        skipped = behind // hop - 1
        self._position += skipped * hop
        self._first_number += self._cut + skipped
        self._cut, self._base = 0, self._position
        self._cutter.wipe()
        self.state = replace(self.state, dropped=self.state.dropped + skipped)
