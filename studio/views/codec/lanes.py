"""Original and decoded sound above each other on one time axis, each as waveform and spectrogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engines.api.values import Audio
from studio.audio.contrast import Picture, Raster, Trace, levels, trace
from studio.bridge.lanes_player import LanesPlayer
from studio.bridge.tasks import Tasks
from studio.session.transport import Span
from studio.views.comparison.lane import LaneHead, spacer
from studio.views.comparison.lanes import PAUSE_MS, RULER
from studio.views.comparison.palettes import LEVEL_STOPS, palette
from studio.views.comparison.plots import LanePlot
from studio.views.parts import row

RATE_HZ = 16_000
RASTER = Raster(RATE_HZ, 512, 128, "hann")
WORK = "codec pictures"
ORIGINAL, DECODED = "original", "decoded"
TITLES = {ORIGINAL: "Original", DECODED: "Decoded"}


@dataclass(frozen=True, eq=False)
class Drawn:
    """Both pictures of one sound."""

    wave: Trace
    cells: Picture


class SoundLane(QWidget):
    """One sound: who it is at the left, its pictures at the right."""

    def __init__(self, number: str, title: str, tone: str) -> None:
        super().__init__()
        self.head = LaneHead(number, title)
        self.wave, self.cells = LanePlot(tone), LanePlot(tone)
        self.wave.set_heights(-1.0, 1.0)
        self.cells.set_heights(0.0, RATE_HZ / 2000, "kHz")
        pictures = QVBoxLayout()
        pictures.setSpacing(1)
        pictures.addWidget(self.wave, 2)
        pictures.addWidget(self.cells, 3)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.head)
        line.addLayout(pictures, 1)

    @property
    def plots(self) -> tuple[LanePlot, LanePlot]:
        """Both pictures."""
        return self.wave, self.cells


class CodecLanes(QFrame):
    """Two lanes under one ruler; press a head to hear its sound, a picture to put the playhead there."""

    chosen = Signal(str)

    def __init__(self, player: LanesPlayer, tasks: Tasks) -> None:
        super().__init__()
        self._player, self._tasks = player, tasks
        self._sounds: dict[str, Audio] = {}
        self._drawing = self._again = False
        self._colours = palette(LEVEL_STOPS)
        self.ruler = LanePlot("dim", ruler=True)
        self.ruler.setFixedHeight(RULER)
        self.ruler.box.setYRange(0, 1)
        self.lanes = {ORIGINAL: SoundLane("1", "Original", "dim"), DECODED: SoundLane("2", "Decoded", "accent")}
        self._soon = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._soon.timeout.connect(self._draw)
        self._lay_out()
        self._link()

    @property
    def plots(self) -> list[LanePlot]:
        """Ruler and all pictures."""
        return [self.ruler, *(plot for lane in self.lanes.values() for plot in lane.plots)]

    def show_sounds(self, sounds: Mapping[str, Audio]) -> None:
        """Draw other sounds; the stretch in sight stays if their length does."""
        before, self._sounds = self._length(), dict(sounds)
        for key, lane in self.lanes.items():
            if key not in sounds:
                lane.wave.clear_picture()
                lane.cells.clear_picture()
        if abs(self._length() - before) > 0.05:
            for plot in self.plots:
                plot.set_seconds(max(self._length(), 0.1))
            self.fit()
        self._soon.start()

    def show_heard(self, heard: str) -> None:
        """Mark the sound that is heard."""
        for key, lane in self.lanes.items():
            lane.head.show_heard(key == heard)

    def say(self, key: str, state: str, remark: str) -> None:
        """Two lines under a lane's title."""
        self.lanes[key].head.say(state, remark)

    def fit(self) -> None:
        """Show everything."""
        self.ruler.box.setXRange(0.0, max(self._length(), 0.1), padding=0)

    def mark(self, span: object) -> None:
        """Play a stretch again and again, or no longer."""
        loop = None
        if isinstance(span, Span):
            inside = Span(max(span.start_s, 0.0), min(span.end_s, self._player.length_s))
            loop = inside if inside.end_s - inside.start_s > 0.02 else None
        self._player.set_loop(loop)
        self.show_mark()

    def show_mark(self) -> None:
        """Show the stretch that is played again and again."""
        for plot in self.plots:
            plot.show_mark(self._player.loop)

    def _length(self) -> float:
        return max((sound.seconds for sound in self._sounds.values()), default=0.0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        top = row(spacer(), self.ruler, gap=0)
        top.setStretch(1, 1)
        column.addLayout(top)
        for lane in self.lanes.values():
            column.addWidget(lane, 1)

    def _link(self) -> None:
        for key, lane in self.lanes.items():
            lane.head.chosen.connect(lambda chosen=key: self.chosen.emit(chosen))
            for plot in lane.plots:
                plot.box.setXLink(self.ruler.box)
        for plot in self.plots:
            plot.box.setMouseEnabled(x=True, y=False)
            plot.box.sought.connect(self._player.seek)
            plot.box.marked.connect(self.mark)
        self.ruler.box.sigXRangeChanged.connect(lambda *_: self._soon.start())
        self._player.moved.connect(self._move_head)

    def _move_head(self, at_s: float) -> None:
        for plot in self.plots:
            plot.head.setPos(at_s)

    def _draw(self) -> None:
        """One round of pictures at a time: what is asked for meanwhile is drawn after it."""
        if self._drawing:
            self._again = True
            return
        sounds, (start_s, end_s) = dict(self._sounds), self.ruler.box.viewRange()[0]
        self._drawing = True
        work = lambda: {key: _drawn(sound, start_s, end_s) for key, sound in sounds.items()}  # noqa: E731
        self._tasks.run(work, lambda drawn: self._show(sounds, drawn), lane=WORK).ended.connect(self._ended)

    def _ended(self) -> None:
        self._drawing = False
        if self._again:
            self._again = False
            self._draw()

    def _show(self, sounds: Mapping[str, Audio], drawn: Mapping[str, Drawn]) -> None:
        for key, picture in drawn.items():
            if self._sounds.get(key) is sounds[key]:
                wave, lane = picture.wave, self.lanes[key]
                lane.wave.show_wave(wave.times, wave.low, wave.high)
                lane.cells.show_cells(picture.cells, self._colours, RATE_HZ / 2000)


def _drawn(sound: Audio, start_s: float, end_s: float) -> Drawn:
    """Worker thread."""
    return Drawn(
        trace(sound.samples, sound.rate_hz, start_s, end_s),
        levels(sound.samples, RASTER, start_s, end_s),
    )
