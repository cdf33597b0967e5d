"""Several equally long sounds under one playhead: which of them is heard changes at the same sample, in 5 ms."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.api.values import Audio, FloatArray
from studio.audio.rates import RATE_HZ, resample
from studio.audio.speaker import Speaker

FADE_S = 0.005
"""How long one sound takes to give way to another, and the end of a loop to its beginning."""
QUIETEST_LUFS = -70.0
"""The absolute gate of BS.1770: below it a sound has no loudness that could be matched."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """What can be switched between. sounds: (n,) each, at RATE_HZ, gains applied; gains_db: what matching changed."""

    sounds: tuple[FloatArray, ...] = ()
    gains_db: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of every one of them."""
        return len(self.sounds[0]) / RATE_HZ if self.sounds else 0.0


def prepare(audios: Sequence[Audio], *, match: bool = True) -> Lanes:
    """Bring sounds to one rate, one length (silence is added) and, with match, to the loudness of the first.

    If one would then leave full scale, all are lowered alike. Takes about a second a minute of sound: call it on a
    worker thread.
    """
    sounds = [resample(audio, RATE_HZ).samples for audio in audios]
    longest = max(map(len, sounds), default=0)
    gains = match_db(sounds, RATE_HZ) if match else (0.0,) * len(sounds)
    raised = [np.pad(s, (0, longest - len(s))) * np.float32(10 ** (g / 20)) for s, g in zip(sounds, gains, strict=True)]
    peak = max((float(np.abs(s).max(initial=0.0)) for s in raised), default=0.0)
    if peak > 1.0:
        lower_db = -20 * math.log10(peak)
        return Lanes(tuple(s / np.float32(peak) for s in raised), tuple(g + lower_db for g in gains))
    return Lanes(tuple(raised), gains)


def match_db(sounds: Sequence[FloatArray], rate_hz: int) -> tuple[float, ...]:
    """Gain in dB that gives each sound the loudness of the first; 0 where either has none (silence, under 0.4 s)."""
    levels = [loudness_lufs(sound, rate_hz) for sound in sounds]
    return tuple(0.0 if levels[0] is None or level is None else levels[0] - level for level in levels)


def loudness_lufs(samples: FloatArray, rate_hz: int) -> float | None:
    """Integrated loudness by ITU-R BS.1770-4 of (n,) samples; None below the gate or shorter than its 0.4 s block."""
    import pyloudnorm  # brings scipy.signal, which takes a second

    meter = pyloudnorm.Meter(rate_hz)
    if len(samples) < meter.block_size * rate_hz or not samples.any():
        return None
    with np.errstate(divide="ignore"):
        level = float(meter.integrated_loudness(samples.astype(np.float64)))
    return level if level > QUIETEST_LUFS else None


class LaneSpeaker(Speaker):
    """A loudspeaker that plays one of several lanes and, if asked to, a stretch of them again and again."""

    def __init__(self, key: str = "", source: Callable[[], float] = time.monotonic) -> None:
        super().__init__(key, source)
        self.lane = 0
        """Which lane is heard, or is being faded to."""
        self._lanes = Lanes()
        self._shares: NDArray[np.float64] = np.zeros(0)  # how much of each lane is heard, sum 1
        self._loop: tuple[int, int] | None = None  # samples

    def load_lanes(self, lanes: Lanes, lane: int = 0) -> None:
        """Play these instead, beginning with one of them; the loop is let go."""
        with self._lock:
            self._lanes, self.lane, self._loop = lanes, lane, None
            self._shares = np.zeros(len(lanes.sounds))
            self._shares[lane : lane + 1] = 1.0

    def choose(self, lane: int) -> None:
        """Hear another lane from the same sample on. Raises IndexError if there is none of that number."""
        if not 0 <= lane < len(self._lanes.sounds):
            raise IndexError(lane)
        with self._lock:
            self.lane = lane

    def set_loop(self, start_s: float, end_s: float) -> None:
        """Play that stretch again and again without a gap; an empty one ends looping."""
        first, last = round(start_s * self.rate_hz), round(end_s * self.rate_hz)
        with self._lock:
            heard = float(self._folded(self._head.position(self._source())))
            self._next = int(self._folded(self._next))
            self._loop = (first, last) if last - first > self._fade else None
            self._head.jump(heard)
            if self._mute and self._running:
                self._pass(heard)

    @property
    def seconds(self) -> float:
        """How long each lane is."""
        return self._lanes.seconds

    def now_s(self) -> float:
        """Which moment of the lanes is being heard."""
        return float(self._folded(super().now_s() * self.rate_hz)) / self.rate_hz

    @property
    def _fade(self) -> int:
        return round(FADE_S * self.rate_hz)

    def _piece(self, first: int, count: int) -> FloatArray:
        """The next samples; the playhead only counts on, and is folded into the loop here."""
        places = self._folded(np.arange(first, first + count)).astype(np.int64)
        mixed = np.zeros(count)
        for lane, share in self._fading(count).items():
            mixed += share * self._read(self._lanes.sounds[lane], places)
        return mixed.astype(np.float32)

    def _fading(self, count: int) -> dict[int, NDArray[np.float64]]:
        """How much of each audible lane is heard at the next samples; linear, since lanes are nearly the same sound."""
        target = np.zeros_like(self._shares)
        target[self.lane : self.lane + 1] = 1.0
        ramp = np.arange(1, count + 1) / self._fade
        audible = np.flatnonzero((self._shares > 0) | (target > 0))
        way = np.where(target > 0, 1.0, -1.0)[audible, np.newaxis]
        shares = np.clip(self._shares[audible, np.newaxis] + way * ramp, 0.0, 1.0)  # (audible, count)
        shares /= np.maximum(shares.sum(axis=0), 1e-9)
        self._shares = np.zeros_like(self._shares)
        self._shares[audible] = shares[:, -1]
        return dict(zip(audible.tolist(), shares, strict=True))

    def _read(self, sound: FloatArray, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Samples at places, silence outside; before the end of a loop what comes before its start is blended in."""
        here = _at(sound, places)
        if self._loop is None:
            return here
        first, last = self._loop
        share = np.clip((places - (last - self._fade)) / self._fade, 0.0, 1.0)
        return here * (1 - share) + _at(sound, places - (last - first)) * share

    def _folded(self, places: float | NDArray[np.int64]) -> NDArray[np.float64]:
        """Where in the lanes a playhead is that only counts on."""
        if self._loop is None:
            return np.asarray(places, np.float64)
        first, last = self._loop
        return np.where(np.asarray(places) < last, places, first + (np.asarray(places) - last) % (last - first))


def _at(sound: FloatArray, places: NDArray[np.int64]) -> NDArray[np.float64]:
    inside = (places >= 0) & (places < len(sound))
    return np.where(inside, sound[places.clip(0, max(len(sound) - 1, 0))] if len(sound) else 0.0, 0.0)
