"""The comparison panel: one sound, every method that rebuilds its phase, heard, seen and measured side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QIODevice, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QSplitter, QTabWidget, QWidget

from studio.actions.desk import Desk
from studio.actions.telling import run_told, tell
from studio.bridge.comparing import Comparing
from studio.bridge.lanes_player import LanesPlayer
from studio.bridge.listening import Listening
from studio.export.comparison import Kept, export_comparison
from studio.export.errors import ExportError
from studio.session.comparison import DIFFERENCE, ORIGINAL, Comparison, Lane, LaneState, Problem
from studio.session.transport import Span
from studio.views.comparison.bar import Bar
from studio.views.comparison.blind import BlindView
from studio.views.comparison.controls import Controls
from studio.views.comparison.keys import Keys
from studio.views.comparison.lanes import LanesView
from studio.views.comparison.sources import SourceButtons, Sources, dropped_file
from studio.views.comparison.table import MeasuresTable
from studio.views.parts import EmptyState, Switcher, column_widget, row

HINT = (
    "Drop a recording here, or choose one: methods that rebuild sound from its spectrogram are compared on it, by ear,"
    " by eye and by measure."
)


class ComparisonPanel(QWidget):
    """Everything about one comparison."""

    keys: Keys | None = None  # events come before the panel is made

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.desk, self.comparison = desk, Comparison()
        self.comparing = Comparing(self.comparison, desk.rooms, desk.tasks, desk.jobs, desk.notices)
        self.player = LanesPlayer(desk.player, desk.settings, desk.notices)
        self.listening = Listening(self.player, desk.tasks)
        self.sources = Sources(desk, self.comparing)
        self.source_buttons = SourceButtons(self.sources)
        self.controls = Controls(self.comparison, self.source_buttons)
        self.bar = Bar(self.player)
        self.lanes = LanesView(self.comparison, self.listening, desk.tasks)
        self.table = MeasuresTable(self.comparison)
        self.blind = BlindView(self.comparison, self.listening)
        self._heard: tuple[object, ...] = ()
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._lay_sounds)
        self._lay_out()
        self._listen()
        self.keys = Keys(self, self._keys())
        self._source_changed()

    def export_into(self, folder: Path) -> None:
        """Write everything into a new folder there."""
        try:
            kept = Kept.of(self.comparison, self.picture())
        except ExportError as error:
            self.desk.notices.warn(str(error))
            return
        run_told(self.desk, lambda: export_comparison(kept, folder), f"The comparison is in {folder}.")

    def picture(self) -> bytes:
        """The lanes as they are, all of them, as a PNG of twice the pixels."""
        shown = self.lanes.whole()
        drawn = QPixmap(shown.size() * 2)
        drawn.setDevicePixelRatio(2.0)
        shown.render(drawn)
        memory = QBuffer()
        memory.open(QIODevice.OpenModeFlag.WriteOnly)
        drawn.save(memory, "PNG")
        return bytes(memory.data().data())

    def close_panel(self) -> None:
        """Stop what runs and let go of the loudspeaker."""
        self.comparing.close()
        self.listening.close()

    def event(self, event: QEvent) -> bool:
        """Take the panel's keys before shortcuts of the window do."""
        if self.keys is not None and self.keys.claims(event, self.focusWidget()):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the panel's keys."""
        run = self.keys.run_of(event) if self.keys is not None else None
        if run is None:
            super().keyPressEvent(event)
        else:
            run()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Compare the file dropped."""
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.comparing.open(path)

    def _lay_out(self) -> None:
        foot = QTabWidget()
        foot.setDocumentMode(True)
        foot.addTab(self.table, "Measures")
        foot.addTab(self.blind, "Blind test")
        self.foot = foot
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.lanes)
        halves.addWidget(foot)
        halves.setStretchFactor(0, 1)
        halves.setSizes([600, 210])
        halves.setChildrenCollapsible(False)
        empty = EmptyState("comparison", "Nothing to compare yet", HINT, self.sources.all)
        self.pages = Switcher(empty, column_widget(self.bar, halves))
        line = row(self.controls, self.pages, gap=0)
        line.setStretch(1, 1)
        self.setLayout(line)

    def _listen(self) -> None:
        self.controls.run.connect(self._run)
        self.controls.problem.connect(self._set_problem)
        self.controls.setting.connect(self.comparing.configure)
        self.bar.view.connect(self.lanes.show_view)
        self.bar.difference.connect(self.lanes.show_difference)
        self.bar.fit.connect(self.lanes.fit)
        self.bar.export.connect(self._ask_export)
        self.bar.loop.clicked.connect(self._toggle_loop)
        self.lanes.chosen.connect(self.hear)
        self.lanes.go_on.connect(self.comparing.go_on)
        self.lanes.stop.connect(self.comparing.cancel)
        self.lanes.broke.connect(lambda error, details: self.desk.notices.error(*tell(error, details)))
        self.blind.changed.connect(self._blind_changed)
        self.listening.changed.connect(self.blind.fill)
        self.comparison.source_changed.connect(self._source_changed)
        self.comparison.lanes_changed.connect(self._lanes_changed)
        self.comparison.lane_changed.connect(self._lane_changed)
        self.comparing.reading.connect(self._reading)

    def hear(self, key: str) -> None:
        """Switch to a lane; during a blind test only its own buttons do."""
        if self.blind.test is None:
            self.listening.hear(key)

    def _keys(self) -> dict[str, Callable[[], object]]:
        numbers = {str(i + 1): (lambda place=i: self._hear_number(place)) for i in range(9)}
        return {
            "Space": self.player.toggle,
            "Home": lambda: self.player.seek(0.0),
            "D": lambda: self.hear(DIFFERENCE),
            "F": self.lanes.fit,
            "L": self._toggle_loop,
            "+": lambda: self.lanes.zoom(0.5),
            "=": lambda: self.lanes.zoom(0.5),
            "-": lambda: self.lanes.zoom(2.0),
            "Ctrl+Return": self._run,
            "A": lambda: self.blind.play("A"),
            "B": lambda: self.blind.play("B"),
            "X": lambda: self.blind.play("X"),
            "Shift+A": lambda: self.blind.answer("A"),
            "Shift+B": lambda: self.blind.answer("B"),
            **numbers,
        }

    def _hear_number(self, place: int) -> None:
        keys = [ORIGINAL, *(lane.key for lane in self.comparison.lanes)]
        if place < len(keys):
            self.hear(keys[place])

    def _run(self) -> None:
        if self.controls.start.isEnabled():
            self.comparing.run(self.controls.choices)

    def _set_problem(self, problem: Problem) -> None:
        self.comparison.set_problem(problem)
        self.controls.fill()

    def _toggle_loop(self) -> None:
        player = self.player
        self.lanes.mark(Span(0.0, player.length_s) if player.loop is None and player.length_s else None)

    def _reading(self, on: bool) -> None:
        source = self.comparison.source
        self.source_buttons.show_title("Reading…" if on else source.title if source is not None else "No sound yet")

    def _source_changed(self) -> None:
        source = self.comparison.source
        self._reading(False)
        self.pages.show_content(source is not None)
        self.controls.allow(source is not None)
        if source is not None:
            self.player.load(type(self.player.lanes)())
            self.lanes.begin()
        self.controls.fill()

    def _lanes_changed(self) -> None:
        self.lanes.lay()
        self.controls.fill()
        self._soon.start()

    def _lane_changed(self, problem: Problem, lane: Lane) -> None:
        self.controls.allow(self.comparison.source is not None)
        self._soon.start()

    def _lay_sounds(self) -> None:
        """Make heard what is finished; a lane still changing is not."""
        still = (LaneState.WAITING, LaneState.RUNNING)
        done = [lane.key for lane in self.comparison.lanes if lane.audio is not None and lane.state not in still]
        sounds = [(key, audio) for key in (ORIGINAL, *done) if (audio := self.comparison.audio(key)) is not None]
        heard = tuple(part for pair in sounds for part in pair)
        if sounds and not _same(heard, self._heard):
            self._heard = heard
            self.listening.lay(sounds)

    def _blind_changed(self) -> None:
        self.lanes.blind = self.blind.test is not None
        self.listening.changed.emit()

    def _ask_export(self) -> None:
        dialog = QFileDialog(self, "Export the comparison into", str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self.export_into(Path(chosen)))
        dialog.open()


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two rows hold the very same keys and sounds."""
    pairs = zip(one, other, strict=False)  # of unequal length they are not the same anyway
    return len(one) == len(other) and all(a is b or (isinstance(a, str) and a == b) for a, b in pairs)
