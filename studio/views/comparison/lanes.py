"""All lanes above each other on one time axis: laid when methods come and go, drawn when another stretch is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from engines.api.values import Audio
from studio.audio.contrast import Picture, Raster, Trace
from studio.bridge.listening import Listening
from studio.bridge.tasks import Tasks
from studio.session.comparison import BY_KEY, DIFFERENCE, ORIGINAL, Comparison, Lane, Problem
from studio.session.transport import Span
from studio.views.comparison.drawing import Drawn, Request, draw
from studio.views.comparison.lane import LaneView, spacer
from studio.views.comparison.palettes import CYCLE, LEVEL_STOPS, OFF, View, palette
from studio.views.comparison.plots import LanePlot
from studio.views.parts import row

PAUSE_MS = 40
RULER = 24
WORK = "comparison pictures"


class LanesView(QWidget):
    """The lanes of the problem shown."""

    chosen = Signal(str)
    """The head of a lane was pressed."""
    go_on = Signal(str)
    stop = Signal(str)
    broke = Signal(object, str)
    """Pictures could not be made: error and traceback."""

    def __init__(self, comparison: Comparison, listening: Listening, tasks: Tasks) -> None:
        super().__init__()
        self.comparison, self.listening = comparison, listening
        self.view = View.WAVE
        self.lanes: dict[str, LaneView] = {}
        self.blind = False
        """While a blind test runs nothing tells which lane is heard."""
        self._tasks = tasks
        self._difference = True
        self._drawing, self._again = False, False
        self._linking = False
        self._palettes = {"levels": palette(LEVEL_STOPS), "phase": palette(CYCLE, clear_first=True)}
        self._palettes["off"] = palette(OFF, clear_first=True)
        self.ruler = LanePlot("dim", ruler=True)
        self._list, self._column = QFrame(), QVBoxLayout()
        self._lay_out()
        self._soon = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._soon.timeout.connect(self._draw)
        self._listen_to(self.ruler)
        self.ruler.box.sigXRangeChanged.connect(lambda *_: self._soon.start())
        comparison.lane_changed.connect(self._lane_changed)
        listening.changed.connect(self._heard_changed)
        listening.player.moved.connect(self._move_head)
        self.lay()

    @property
    def length_s(self) -> float:
        """How long the sound is."""
        source = self.comparison.source
        return source.original.seconds if source is not None else 1.0

    def show_view(self, view: View) -> None:
        """Show another kind of picture."""
        self.view = view
        for lane in self.lanes.values():
            lane.plot.clear_picture()  # it has another scale
        self._set_heights()
        self._heard_changed()
        self._draw()

    def show_difference(self, on: bool) -> None:
        """Show the lane of the difference, or do without it."""
        self._difference = on
        self.lay()

    def fit(self) -> None:
        """Show the whole sound and the whole height."""
        self.ruler.box.setXRange(0.0, self.length_s, padding=0)
        self._set_heights()

    def zoom(self, factor: float) -> None:
        """Show that much more (above one) or less of the time around the playhead."""
        (start_s, end_s), at_s = self.ruler.box.viewRange()[0], self.listening.player.position_s
        at_s = at_s if start_s <= at_s <= end_s else (start_s + end_s) / 2
        self.ruler.box.setXRange(at_s - (at_s - start_s) * factor, at_s + (end_s - at_s) * factor, padding=0)

    def begin(self) -> None:
        """Another sound: show all of it."""
        for plot in (self.ruler, *(lane.plot for lane in self.lanes.values())):
            plot.set_seconds(self.length_s)
        self.fit()
        self._move_head(self.listening.player.position_s)

    def whole(self) -> QWidget:
        """All lanes, those out of sight too."""
        return self._list

    def lay(self) -> None:
        """Make the lanes that should be there, in order."""
        keys = self._wanted()
        for key in self.lanes.keys() - set(keys):
            gone = self.lanes.pop(key)
            gone.plot.box.setXLink(None)
            self._column.removeWidget(gone)
            gone.deleteLater()
        for place, key in enumerate(keys):
            lane = self.lanes.get(key) or self._add(key)
            lane.head.number.setText("D" if key == DIFFERENCE else str(place + 1))
            self._column.insertWidget(place, lane, 1)
        for known in self.comparison.lanes:
            self.lanes[known.key].head.show_lane(known)
            self.lanes[known.key].head.title.setText(known.choice.title)
        self._set_heights()
        self._heard_changed()
        self._soon.start()

    def show_mark(self, span: Span | None) -> None:
        """Show the stretch that is played again and again."""
        for plot in (self.ruler, *(lane.plot for lane in self.lanes.values())):
            plot.show_mark(span)

    def mark(self, span: object) -> None:
        """Play a stretch again and again, or no longer."""
        player = self.listening.player
        if isinstance(span, Span):
            span = Span(max(span.start_s, 0.0), min(span.end_s, player.length_s))
        player.set_loop(span if isinstance(span, Span) and span.end_s - span.start_s > 0.02 else None)
        self.show_mark(player.loop)

    def _wanted(self) -> list[str]:
        lanes = [lane.key for lane in self.comparison.lanes]
        return [ORIGINAL, *lanes, *([DIFFERENCE] if lanes and self._difference else [])]

    def _add(self, key: str) -> LaneView:
        tone = {ORIGINAL: "dim", DIFFERENCE: "warning"}.get(key, "accent")
        title = {ORIGINAL: "Original", DIFFERENCE: "Difference"}.get(key) or BY_KEY[key].title
        lane = self.lanes[key] = LaneView("", title, tone)
        lane.head.chosen.connect(lambda: self.chosen.emit(key))
        lane.head.go_on.connect(lambda: self.go_on.emit(key))
        lane.head.stop.connect(lambda: self.stop.emit(key))
        lane.plot.set_seconds(self.length_s)
        lane.plot.box.setXRange(*self.ruler.box.viewRange()[0], padding=0)
        lane.plot.box.setXLink(self.ruler.box)
        lane.plot.box.sigYRangeChanged.connect(self._share_height)
        lane.plot.show_mark(self.listening.player.loop)
        lane.plot.head.setPos(self.listening.player.position_s)
        self._listen_to(lane.plot)
        return lane

    def _listen_to(self, plot: LanePlot) -> None:
        plot.box.sought.connect(self.listening.player.seek)
        plot.box.marked.connect(self.mark)

    def _lay_out(self) -> None:
        self._list.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        scroll = QScrollArea()
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.ruler.setFixedHeight(RULER)
        self.ruler.box.setYRange(0, 1)
        self.ruler.box.setMouseEnabled(y=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = row(spacer(), self.ruler, gap=0)
        top.setStretch(1, 1)
        column.addLayout(top)
        column.addWidget(scroll, 1)

    def _set_heights(self) -> None:
        """The same range for all lanes: full scale, or all frequencies in kHz."""
        high = 1.0 if self.view is View.WAVE else self.comparison.setting.rate_hz / 2000
        low = -1.0 if self.view is View.WAVE else 0.0
        self._linking = True
        for lane in self.lanes.values():
            lane.plot.set_heights(low, high)
        self._linking = False

    def _share_height(self, changed: object, heights: tuple[float, float]) -> None:
        """What one lane shows of its height all show; pyqtgraph's own link shifts lanes that lie above each other."""
        if self._linking:
            return
        self._linking = True
        for lane in self.lanes.values():
            if lane.plot.box is not changed:
                lane.plot.box.setYRange(*heights, padding=0)
        self._linking = False

    def _sounds(self) -> Mapping[str, Audio]:
        keys = (ORIGINAL, *(lane.key for lane in self.comparison.lanes))
        return {key: audio for key in keys if (audio := self.comparison.audio(key)) is not None}

    def _draw(self) -> None:
        """One round of pictures at a time: what is asked for meanwhile is drawn after it."""
        if self._drawing:
            self._again = True
            return
        source, setting = self.comparison.source, self.comparison.setting
        if source is None:
            return
        raster = Raster(setting.rate_hz, setting.size, setting.hop, setting.window)
        start_s, end_s = self.ruler.box.viewRange()[0]
        request = Request(self._sounds(), self.view, raster, start_s, end_s, self.listening.focus)
        self._drawing = True
        task = self._tasks.run(lambda: draw(request), lambda drawn: self._show(request, drawn), lane=WORK)
        task.failed.connect(self.broke)
        task.ended.connect(self._drawn)

    def _drawn(self) -> None:
        self._drawing = False
        if self._again:
            self._again = False
            self._draw()

    def _show(self, request: Request, drawn: Drawn) -> None:
        if request.view is not self.view:
            return
        for key, lane in self.lanes.items():
            made = drawn.get(key)
            if isinstance(made, Trace):
                lane.plot.show_wave(made.times, made.low, made.high)
            elif isinstance(made, Picture):
                lane.plot.show_cells(made, self._palettes[self._scale(key)], request.raster.rate_hz / 2000)
            else:
                lane.plot.clear_picture()

    def _scale(self, key: str) -> str:
        """Which colours a lane's cells have."""
        if self.view is View.LEVELS or key == ORIGINAL:
            return "levels"
        return "off" if key == DIFFERENCE else "phase"

    def _lane_changed(self, problem: Problem, lane: Lane) -> None:
        if problem is self.comparison.problem and lane.key in self.lanes:
            self.lanes[lane.key].head.show_lane(lane)
            self._soon.start()

    def _heard_changed(self) -> None:
        heard, focus = self.listening.heard, self.listening.focus
        for key, lane in self.lanes.items():
            lane.head.show_heard(key == heard and not self.blind)
        if ORIGINAL in self.lanes:
            self.lanes[ORIGINAL].head.say(self._said_of_source(), self._said_of_setting())
        if DIFFERENCE in self.lanes:
            title = "" if focus not in BY_KEY else f"of {BY_KEY[focus].title}"
            remark = "Level off by −20 to +20 dB" if self.view is View.PHASE else "At its true level"
            self.lanes[DIFFERENCE].head.say(title, remark)
        self._soon.start()

    def _said_of_source(self) -> str:
        source = self.comparison.source
        return "" if source is None else source.title

    def _said_of_setting(self) -> str:
        source = self.comparison.source
        return "" if source is None else f"{source.original.seconds:.1f} s at {source.original.rate_hz / 1000:g} kHz"

    def _move_head(self, at_s: float) -> None:
        for plot in (self.ruler, *(lane.plot for lane in self.lanes.values())):
            plot.head.setPos(at_s)
