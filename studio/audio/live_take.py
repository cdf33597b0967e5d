"""A recording of live sound and of the face it moved, on one clock: that of the hops."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np

from engines.api.values import Audio, FloatArray, Performance, frame_count
from studio.audio.growing import GrowingArray
from studio.audio.hops import HOP, HOP_S, LIVE_RATE_HZ
from studio.audio.live import Hop

FPS = Fraction(25)
LONGEST_S = 3600.0


class LiveTake:
    """Keeps hops and poses as they come, each on its own thread; the first hop is its beginning."""

    def __init__(self) -> None:
        self._sound = GrowingArray()
        self._first: int | None = None
        self._times_s: list[float] = []
        self._poses: list[FloatArray] = []
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return len(self._sound) / LIVE_RATE_HZ

    @property
    def full(self) -> bool:
        """Whether it is as long as a take may be."""
        return self.seconds >= LONGEST_S

    def hear(self, hop: Hop) -> None:
        """Keep a hop; hops that were dropped before it become silence, so that the clock is right."""
        with self._lock:
            if self.full:
                return
            if self._first is None:
                self._first = hop.number
            missing = (hop.number - self._first) * HOP - len(self._sound)
            if missing > 0:
                self._sound.append(np.zeros(missing, np.float32))
            self._sound.append(hop.samples)

    def see(self, number: int, delay_s: float, weights: FloatArray, rotation: FloatArray) -> None:
        """Keep the pose delay_s before the end of a hop."""
        with self._lock:
            if self._first is None:
                return
            at_s = (number + 1 - self._first) * HOP_S - delay_s
            if at_s >= 0 and (not self._times_s or at_s > self._times_s[-1]):
                self._times_s.append(at_s)
                self._poses.append(np.concatenate([weights, rotation]))

    def finish(self) -> tuple[Audio, Performance]:
        """The sound (raw, gate or not) and the face at FPS; before the first pose and after the last it holds still.

        The sound begins up to a frame later than the take, so that frames stand where poses do: a mouth that shuts for
        one of them would not shut halfway between two.
        """
        with self._lock:
            times_s = np.array(self._times_s or [0.0])
            skipped_s = times_s[0] % (1 / float(FPS))
            audio = Audio(self._sound.rows[round(skipped_s * LIVE_RATE_HZ) :].copy(), LIVE_RATE_HZ)
            poses = np.array(self._poses or [np.zeros(55, np.float32)], np.float32)
        at_s = skipped_s + np.arange(frame_count(audio.seconds, FPS)) / float(FPS)
        curves = np.stack([np.interp(at_s, times_s, column) for column in poses.T], axis=1).astype(np.float32)
        return audio, Performance(curves[:, :52].clip(0, 1), curves[:, 52:], FPS)
