"""The transport: playhead, play, pause, seek and loop over whatever clock rules."""

from __future__ import annotations

from dataclasses import dataclass

from studio.listeners import Listeners
from studio.session.clock import Clock, WallClock


@dataclass(frozen=True)
class Span:
    """A stretch of the timeline."""

    start_s: float
    end_s: float


class Transport:
    """Where the playhead is and whether it runs; a view calls tick once per frame while it does."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = WallClock() if clock is None else clock
        self._position_s = 0.0
        self._length_s = 0.0
        self._playing = False
        self._loop: Span | None = None
        self.changed: Listeners[[]] = Listeners()
        """Called when playing, loop or length changes."""
        self.moved: Listeners[[float]] = Listeners()
        """Called with the new position in seconds."""

    @property
    def position_s(self) -> float:
        """Where the playhead is."""
        return self._inside(self._clock.now_s()) if self._playing else self._position_s

    @property
    def length_s(self) -> float:
        """How far the playhead may go."""
        return self._length_s

    @property
    def playing(self) -> bool:
        """Whether the playhead runs."""
        return self._playing

    @property
    def loop(self) -> Span | None:
        """The stretch played again and again, None if there is none."""
        return self._loop

    def use_clock(self, clock: Clock) -> None:
        """Follow another clock from here on."""
        position_s, playing = self.position_s, self._playing
        self.pause()
        self._clock = clock
        self._position_s = position_s
        if playing:
            self.play()

    def set_length(self, seconds: float) -> None:
        """Say how long the timeline is; it may grow while speech is still being made."""
        self._length_s = max(seconds, 0.0)
        if not self._playing and self._position_s > self._length_s:
            self.seek(self._length_s)
        self.changed.emit()

    def play(self) -> None:
        """Run from the playhead, or from the start (of the loop) if it stands at the end; no sound, no run."""
        if self._playing or self._length_s <= 0:
            return
        start_s, end_s = self._bounds()
        if not start_s <= self._position_s < end_s:
            self._position_s = start_s
        self._clock.start(self._position_s)
        self._playing = True
        self.changed.emit()
        self.moved.emit(self._position_s)

    def pause(self) -> None:
        """Stand still."""
        if not self._playing:
            return
        self._position_s = self.position_s
        self._playing = False
        self._clock.stop()
        self.changed.emit()
        self.moved.emit(self._position_s)

    def toggle(self) -> None:
        """Play if paused, pause if playing."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def stop(self) -> None:
        """Stand still at the start."""
        self.pause()
        self.seek(0.0)

    def seek(self, seconds: float) -> None:
        """Put the playhead somewhere, playing or not."""
        self._position_s = self._inside(seconds)
        if self._playing:
            self._clock.start(self._position_s)
        self.moved.emit(self._position_s)

    def set_loop(self, loop: Span | None) -> None:
        """Play a stretch again and again; None: to the end once. An empty stretch is none."""
        self._loop = loop if loop is not None and loop.end_s > loop.start_s else None
        self.changed.emit()

    def tick(self) -> None:
        """Notice what the clock did since the last call: tell the position, wrap the loop, pause at the end."""
        if not self._playing:
            return
        start_s, end_s = self._bounds()
        if self._clock.now_s() < end_s:
            self.moved.emit(self.position_s)
        elif self._loop is not None:
            self.seek(start_s)
        else:
            self._position_s = end_s
            self.pause()

    def _bounds(self) -> tuple[float, float]:
        if self._loop is None:
            return 0.0, self._length_s
        return self._inside(self._loop.start_s), self._inside(self._loop.end_s)

    def _inside(self, seconds: float) -> float:
        return min(max(seconds, 0.0), self._length_s)
