"""Plays one of several equally long sounds and switches between them while they run; the programme stands still."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.audio.switching import Lanes, LaneSpeaker
from studio.bridge.player import TICK_MS, Player
from studio.session.notices import Notices
from studio.session.transport import Span, Transport
from studio.settings import Settings


class LanesPlayer(QObject):
    """One playhead over lanes (see studio.audio.switching.prepare). Only one player of the studio sounds at a time."""

    moved = Signal(float)
    """The playhead is at that second."""
    changed = Signal()
    """Lanes, lane, loop or playing changed."""

    def __init__(
        self, player: Player, settings: Settings, notices: Notices, speaker: LaneSpeaker | None = None
    ) -> None:
        super().__init__()
        self.speaker = speaker or LaneSpeaker()
        self.transport = Transport(self.speaker)
        self.lanes = Lanes()
        self._player, self._settings = player, settings
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.transport.tick)
        self.speaker.silent.connect(notices.warn)
        self.transport.moved.connect(self.moved.emit)
        self.transport.changed.connect(self._transport_changed)

    def load(self, lanes: Lanes, lane: int = 0) -> None:
        """Stand still at the start of other lanes; the loop is let go."""
        self.transport.stop()
        self.lanes = lanes
        self.speaker.load_lanes(lanes, lane)
        self.transport.set_loop(None)
        self.transport.set_length(lanes.seconds)

    def swap(self, lanes: Lanes, lane: int = 0) -> None:
        """Other lanes under the same playhead: place, playing and, where it still fits, the loop stay."""
        playing, at_s, loop = self.playing, self.position_s, self.loop
        self.load(lanes, lane)
        if loop is not None and loop.end_s <= self.length_s:
            self.set_loop(loop)
        self.seek(min(at_s, self.length_s))
        if playing:
            self.play()

    @property
    def lane(self) -> int:
        """Which lane is heard."""
        return self.speaker.lane

    def choose(self, lane: int) -> None:
        """Hear another lane from the same sample on, playing or not; a number without a lane does nothing."""
        if 0 <= lane < len(self.lanes.sounds) and lane != self.speaker.lane:
            self.speaker.choose(lane)
            self.changed.emit()

    @property
    def playing(self) -> bool:
        """Whether the playhead runs."""
        return self.transport.playing

    def play(self) -> None:
        """Run from the playhead; whatever else the studio plays falls silent."""
        if self.lanes.sounds and not self.transport.playing:
            self.speaker.key = self._settings.now.output_device
            self._player.lend(self.pause)
            self.transport.play()

    def pause(self) -> None:
        """Stand still."""
        self.transport.pause()

    def toggle(self) -> None:
        """Play if paused, pause if playing."""
        (self.pause if self.playing else self.play)()

    def seek(self, seconds: float) -> None:
        """Put the playhead somewhere, playing or not."""
        self.transport.seek(seconds)

    def set_loop(self, loop: Span | None) -> None:
        """Play a stretch again and again without a gap; None: to the end once."""
        span = loop or Span(0.0, 0.0)
        self.speaker.set_loop(span.start_s, min(span.end_s, self.length_s))
        self.transport.set_loop(loop)

    @property
    def loop(self) -> Span | None:
        """The stretch played again and again."""
        return self.transport.loop

    @property
    def position_s(self) -> float:
        """Where the playhead is."""
        return self.transport.position_s

    @property
    def length_s(self) -> float:
        """How long the lanes are."""
        return self.transport.length_s

    def close(self) -> None:
        """Fall silent and let go of the device."""
        self.transport.pause()
        self.speaker.close()

    def _transport_changed(self) -> None:
        if self.transport.playing != self._timer.isActive():
            (self._timer.start if self.transport.playing else self._timer.stop)()
        self.changed.emit()
