"""One trial of a listening test: the reference, stimuli under letters with a slider each, nothing that gives away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QMessageBox, QVBoxLayout, QWidget

from engines.api.values import FloatArray
from studio.audio.contrast import trace
from studio.audio.rates import RATE_HZ
from studio.audio.switching import Lanes
from studio.bridge.lanes_player import LanesPlayer
from studio.session.listening import ListeningTest, Stage, State
from studio.session.transport import Span
from studio.views.codec.score_slider import ScaleWords
from studio.views.codec.stimulus import Column, large_button
from studio.views.comparison.plots import LanePlot
from studio.views.parts import label, push_button, row
from studio.views.play_bar import tool
from studio.views.theme import icon
from studio.views.timeline.timecode import short_time

ASKED = (
    "Compare each sound with the reference and rate its overall quality. One of them is the reference itself: it"
    " deserves 100."
)
KEYS = "0 reference  ·  1 to 9 sounds  ·  Space play or pause  ·  ↑ ↓ rate  ·  L loop  ·  Return next"
WAVE_HEIGHT = 104


class TrialView(QWidget):
    """Plays and rates; knows the stimuli by number only."""

    def __init__(self, listening: ListeningTest, player: LanesPlayer) -> None:
        super().__init__()
        self._listening, self.player = listening, player
        self._shown: tuple[object, int] | None = None
        self.columns: list[Column] = []
        self.count, self.item = label("", "title"), label("", "dim")
        self.play = tool("play", "Play or pause (Space)")
        self.loop = tool(
            "loop", "Loop everything; Shift and drag over the picture to loop a stretch (L)", checkable=True
        )
        self.time = label("", "dim")
        self.reference = large_button("Reference", "Hear the reference  (0)")
        self.wave = LanePlot("dim", ruler=True)
        self.back, self.next = push_button("Back", "undo"), push_button("Next", "check", primary=True)
        self.leave = push_button("End the test", flat=True)
        self.said = label("", "dim")
        self._grid = QGridLayout()
        self._lay_out()
        self._listen()

    def keys(self) -> dict[str, Callable[[], object]]:
        """What keys do on this page."""
        digits = {str(i): (lambda lane=i: self.hear(lane)) for i in range(10)}
        return {
            **digits,
            "R": lambda: self.hear(0),
            "Space": self.player.toggle,
            "Home": lambda: self.player.seek(0.0),
            "L": self.loop_all,
            "Up": lambda: self._step(1),
            "Down": lambda: self._step(-1),
            "PgUp": lambda: self._step(10),
            "PgDown": lambda: self._step(-10),
            "Return": self.go_on,
            "Enter": self.go_on,
        }

    def hear(self, lane: int) -> None:
        """Switch to the reference (0) or a stimulus (from 1); the first time it also begins to play."""
        test = self._listening.now.test
        if test is None or lane > len(test.trial.order):
            return
        self.player.choose(lane)
        if not self.player.playing:
            self.player.play()
        if lane > 0:
            test.hear(lane - 1)
        self._show_trial()

    def go_on(self) -> None:
        """To the next trial, if this one is complete."""
        test = self._listening.now.test
        if test is not None and test.can_go_on:
            test.go_on()
            if test.over:
                self.player.pause()
                self._listening.finish()

    def loop_all(self) -> None:
        """Loop everything, or nothing."""
        self._mark(Span(0.0, self.player.length_s) if self.player.loop is None else None)

    def show_state(self, now: State) -> None:
        """Another state of the ListeningTest."""
        if now.test is not None and now.stage is Stage.RATING:
            if (now.test, now.test.number) != self._shown:
                if self._shown is None or self._shown[0] is not now.test:
                    now.test.changed.connect(self._changed)
                self._begin_trial()
            self._show_trial()
        elif self._shown is not None:
            self._shown = None
            self.player.load(Lanes())

    def _changed(self) -> None:
        self.show_state(self._listening.now)

    def _begin_trial(self) -> None:
        """Other sounds: the reference first, everything looped."""
        test, sounds = self._listening.now.test, self._listening.lanes()
        assert test is not None
        self._shown = (test, test.number)
        self.player.load(Lanes(sounds, (0.0,) * len(sounds)))
        self.wave.set_seconds(self.player.length_s)
        self.wave.box.setXRange(0.0, self.player.length_s, padding=0)
        self._draw(sounds[0])
        self._mark(Span(0.0, self.player.length_s))
        self._lay_columns(len(test.trial.order))

    def _show_trial(self) -> None:
        test = self._listening.now.test
        if test is None:
            return
        self.count.setText(f"Trial {test.number + 1} of {len(test.trials)}")
        self.item.setText(test.trial.item)
        self.reference.setChecked(self.player.lane == 0)
        for i, column in enumerate(self.columns):
            column.show_trial(test.trial, i, self.player.lane == i + 1)
        left = sum(s is None or i not in test.trial.heard for i, s in enumerate(test.trial.scores))
        self.said.setText("" if left == 0 else f"{left} still to be heard and rated")
        self.next.setEnabled(test.can_go_on)
        self.next.setText("Finish" if test.number + 1 == len(test.trials) else "Next")
        self.back.setEnabled(test.number > 0)

    def _show_playing(self) -> None:
        self.play.setIcon(icon("pause" if self.player.playing else "play"))
        self.loop.setChecked(self.player.loop is not None)
        self._move_head(self.player.position_s)

    def _move_head(self, at_s: float) -> None:
        self.wave.head.setPos(at_s)
        self.time.setText(f"{short_time(at_s, 0.1)} / {short_time(self.player.length_s, 0.1)}")

    def _draw(self, reference: FloatArray) -> None:
        drawn = trace(reference, RATE_HZ, 0.0, len(reference) / RATE_HZ)
        self.wave.show_wave(drawn.times, drawn.low, drawn.high)

    def _mark(self, span: object) -> None:
        loop = None
        if isinstance(span, Span):
            inside = Span(max(span.start_s, 0.0), min(span.end_s, self.player.length_s))
            loop = inside if inside.end_s - inside.start_s > 0.05 else None
        self.player.set_loop(loop)
        self.wave.show_mark(self.player.loop)

    def _step(self, by: int) -> None:
        if self.player.lane > 0:
            self.columns[self.player.lane - 1].slider.step(by)

    def _rate(self, stimulus: int, score: int) -> None:
        test = self._listening.now.test
        if test is not None:
            test.rate(stimulus, score)

    def _go_back(self) -> None:
        test = self._listening.now.test
        if test is not None:
            test.go_back()

    def _ask_leave(self) -> None:
        """What was rated would be lost: ask first."""
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText("End this test? The scores given so far by this listener are not kept.")
        box.addButton("Go on rating", QMessageBox.ButtonRole.RejectRole)
        box.addButton("End the test", QMessageBox.ButtonRole.AcceptRole).clicked.connect(self._listening.abandon)
        box.open()

    def _lay_columns(self, count: int) -> None:
        while len(self.columns) > count:
            self.columns.pop().deleteLater()
        for i in range(len(self.columns), count):
            column = Column(i)
            column.heard.connect(lambda stimulus=i: self.hear(stimulus + 1))
            column.slider.pressed.connect(lambda stimulus=i: self.hear(stimulus + 1))
            column.scored.connect(lambda score, stimulus=i: self._rate(stimulus, score))
            self.columns.append(column)
            self._grid.addWidget(column, 0, 1 + i)

    def _lay_out(self) -> None:
        self.wave.setFixedHeight(WAVE_HEIGHT)
        self.wave.set_heights(-1.0, 1.0)
        self.wave.box.setMouseEnabled(x=True, y=False)
        scale = QWidget()
        words = QVBoxLayout(scale)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(6)
        words.addWidget(ScaleWords(), 1, Qt.AlignmentFlag.AlignRight)
        words.addSpacing(24)
        words.addWidget(self.reference)
        self._grid.setHorizontalSpacing(8)
        self._grid.addWidget(scale, 0, 0)
        board = QFrame()
        board.setLayout(self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(row(self.count, self.item, 1, self.play, self.loop, self.time))
        column.addWidget(label(ASKED, "dim", wrap=True))
        column.addWidget(self.wave)
        column.addWidget(board, 1)
        column.addLayout(row(self.leave, label(KEYS, "faint"), 1, self.said, self.back, self.next, gap=12))

    def _listen(self) -> None:
        self.play.clicked.connect(self.player.toggle)
        self.loop.clicked.connect(self.loop_all)
        self.reference.clicked.connect(lambda: self.hear(0))
        self.next.clicked.connect(self.go_on)
        self.back.clicked.connect(self._go_back)
        self.leave.clicked.connect(self._ask_leave)
        self.wave.box.sought.connect(self.player.seek)
        self.wave.box.marked.connect(self._mark)
        self.player.moved.connect(self._move_head)
        self.player.changed.connect(self._show_playing)
        self._listening.changed.connect(lambda old, new: self.show_state(new))
