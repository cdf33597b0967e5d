"""The live panel: choose a microphone, start, watch level and latency, record, send; the face is the avatar panel's."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.actions.live import is_recording, keep_recording, toggle_live, toggle_recording
from studio.views.live.latency import LatencyTable
from studio.views.live.microphone import MicrophoneView
from studio.views.live.sending import SendingView
from studio.views.parts import label, push_button, row, show_icon
from studio.views.theme import font
from studio.views.timeline.timecode import short_time

TICK_MS = 50
SLOW = 5
"""Numbers are rewritten every so many ticks: faster they cannot be read."""


class LivePanel(QWidget):
    """Everything of live mode but the face."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self._desk, self._ticks = desk, 0
        self.microphone, self.latency, self.sending = MicrophoneView(desk), LatencyTable(), SendingView(desk)
        self.start = push_button("Start live mode", "mic", primary=True)
        self.record, self.clock = push_button("Record", "record"), label("", "dim")
        self.dropped, self.booth = label("", "dim"), push_button("Open the booth", "booth")
        self._timer = QTimer(self, interval=TICK_MS)
        self._lay_out()
        self.start.clicked.connect(lambda: toggle_live(desk))
        self.record.clicked.connect(lambda: toggle_recording(desk))
        self.booth.clicked.connect(lambda: desk.stage.show_dialog("booth"))
        self._timer.timeout.connect(self._tick)
        desk.live.changed.connect(self._follow)
        desk.live.finished.connect(self._file_ended)
        self._follow()

    def _lay_out(self) -> None:
        self.clock.setFont(font(11, mono=True))
        self.start.setMinimumHeight(34)
        self.booth.setToolTip("The avatar on the full screen, for visitors to talk to  (Ctrl+Shift+B)")
        content = QWidget()
        content.setObjectName("Panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.microphone)
        column.addLayout(row(self.start, self.record, self.clock, 1))
        for title, part in (("Latency", self.latency), ("Send to animation tools", self.sending)):
            column.addWidget(_line())
            column.addWidget(label(title, "heading"))
            column.addWidget(part)
            if part is self.latency:
                column.addWidget(self.dropped)
        column.addWidget(_line())
        column.addLayout(row(self.booth, 1))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def close_panel(self) -> None:
        """Stop looking; what was being recorded is kept."""
        self._timer.stop()
        keep_recording(self._desk)
        self._desk.live.changed.disconnect(self._follow)
        self._desk.live.finished.disconnect(self._file_ended)
        self.microphone.close_view()

    def _follow(self) -> None:
        """Live mode was started or stopped, or recording or sending was."""
        running, recording = self._desk.live.running, is_recording(self._desk)
        self.start.setText("Stop" if running else "Start live mode")
        show_icon(self.start, "stop" if running else "mic", "on_accent")
        self.record.setEnabled(running)
        self.record.setText("Stop and keep" if recording else "Record")
        show_icon(self.record, "stop" if recording else "record", "record" if running else "faint")
        if running != self._timer.isActive():
            self._timer.start() if running else self._timer.stop()
        self._write()

    def _tick(self) -> None:
        self._ticks += 1
        self.microphone.show_state()
        if self._ticks % SLOW == 0:
            self._write()

    def _write(self) -> None:
        live = self._desk.live
        state, take = live.state, live.path.take
        self.microphone.show_state()
        self.latency.show_latency(live.path.latency)
        lost = state.dropped + live.path.lost_in_engine
        heard = f"{state.hops * 0.02:,.0f} s heard" if live.running else "Nothing heard yet"
        self.dropped.setText(f"{heard}  ·  {lost:,} late block{'' if lost == 1 else 's'} dropped")
        self.clock.setText(short_time(take.seconds, 0.1) if take is not None else "")
        self.sending.refresh()

    def _file_ended(self) -> None:
        keep_recording(self._desk)
        self._desk.live.stop()


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setObjectName("Line")
    return line
