"""A recording from the microphone as a state: count-in, recording, done, retake."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from engines.api.values import Audio
from studio.listeners import Listeners
from studio.session.clock import Clock, WallClock


class Input(Protocol):
    """A microphone (studio.audio.microphone)."""

    def open(self) -> None:
        """Begin to hear, so that the level shows. Raises an error with one sentence if there is no microphone."""
        ...

    def start(self) -> None:
        """Begin to keep what is heard."""
        ...

    def stop(self) -> Audio:
        """Stop hearing and return all that was kept. Raises an error with one sentence if nothing came."""
        ...

    def close(self) -> None:
        """Stop hearing."""
        ...


class RecordingState(Enum):
    """Where the recording stands."""

    IDLE = "idle"
    COUNTING = "counting in"
    RECORDING = "recording"
    DONE = "done"


class Recording:
    """One recording at a time; a view calls tick while counting so that the count-in ends."""

    def __init__(self, microphone: Input, clock: Clock | None = None) -> None:
        self._microphone = microphone
        self._clock: Clock = WallClock() if clock is None else clock
        self._countdown_s = 0.0
        self.state = RecordingState.IDLE
        self.audio: Audio | None = None
        self.changed: Listeners[[RecordingState]] = Listeners()

    @property
    def counts_s(self) -> float:
        """Seconds until recording begins, 0 if not counting in."""
        if self.state is not RecordingState.COUNTING:
            return 0.0
        return max(self._countdown_s - self._clock.now_s(), 0.0)

    @property
    def seconds(self) -> float:
        """How long the recording is so far."""
        if self.state is RecordingState.RECORDING:
            return self._clock.now_s()
        return self.audio.seconds if self.audio is not None else 0.0

    def begin(self, countdown_s: float = 3.0) -> None:
        """Hear at once, count in, then record; a recording made before is dropped (retake).

        Raises what the microphone raises; the recording is then idle.
        """
        self.cancel()
        self.audio = None
        self._microphone.open()
        self._countdown_s = countdown_s
        self._clock.start(0.0)
        self._enter(RecordingState.COUNTING)
        self.tick()

    def tick(self) -> None:
        """Begin to record once the count-in is over. Raises what the microphone raises; the recording is then idle."""
        if self.state is not RecordingState.COUNTING or self.counts_s > 0:
            return
        try:
            self._microphone.start()
        except Exception:
            self._give_up()
            raise
        self._clock.start(0.0)
        self._enter(RecordingState.RECORDING)

    def finish(self) -> Audio | None:
        """Stop and return what was recorded; None if it had not begun. Raises what the microphone raises."""
        if self.state is not RecordingState.RECORDING:
            self.cancel()
            return None
        try:
            self.audio = self._microphone.stop()
        except Exception:
            self._give_up()
            raise
        self._clock.stop()
        self._enter(RecordingState.DONE)
        return self.audio

    def cancel(self) -> None:
        """Stop and keep nothing."""
        if self.state in (RecordingState.COUNTING, RecordingState.RECORDING):
            self._give_up()

    def _give_up(self) -> None:
        self._microphone.close()
        self._clock.stop()
        self._enter(RecordingState.IDLE)

    def _enter(self, state: RecordingState) -> None:
        self.state = state
        self.changed.emit(state)
