"""The listening-test page: setup, then trials, then results."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.bridge.lanes_player import LanesPlayer
from studio.bridge.stimuli import StimuliMaker
from studio.session.jobs import JobEntry
from studio.session.listening import ListeningTest, Stage, State
from studio.views.codec.results import ResultsView
from studio.views.codec.setup import SetupView
from studio.views.codec.trial import TrialView
from studio.views.comparison.sources import SourceButtons, Sources

PAGES = {Stage.SETUP: 0, Stage.PREPARING: 0, Stage.RATING: 1, Stage.RESULTS: 2}


class RatingView(QWidget):
    """Turns the pages of a ListeningTest."""

    def __init__(self, desk: Desk, listening: ListeningTest, maker: StimuliMaker) -> None:
        super().__init__()
        self._desk, self.listening, self.maker = desk, listening, maker
        self.player = LanesPlayer(desk.player, desk.settings, desk.notices)
        self.sources = Sources(desk, maker, "Rate")
        buttons = SourceButtons(self.sources)
        buttons.title.hide()
        self.setup = SetupView(listening, buttons)
        self.trial = TrialView(listening, self.player)
        self.results = ResultsView(desk, listening)
        self.pages = QStackedWidget()
        for page in (self.setup, self.trial, self.results):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.setup.prepare.connect(maker.prepare)
        self.setup.cancel.connect(maker.cancel)
        self.setup.results.connect(lambda: listening.put(stage=Stage.RESULTS))
        listening.changed.connect(self._turn)
        desk.jobs.changed.connect(self._progress)

    def keys(self) -> dict[str, Callable[[], object]]:
        """Keys of the trial; on the other pages they do nothing of their own."""
        return {keys: self._in_trial(run) for keys, run in self.trial.keys().items()}

    @property
    def rating(self) -> bool:
        """Whether a trial is shown."""
        return self.listening.now.stage is Stage.RATING

    def close_view(self) -> None:
        """Stop what runs and let go of the loudspeaker."""
        self.maker.close()
        self.player.close()

    def _in_trial(self, run: Callable[[], object]) -> Callable[[], object]:
        return lambda: run() if self.rating else None

    def _turn(self, old: State, now: State) -> None:
        self.pages.setCurrentIndex(PAGES[now.stage])
        if now.stage is Stage.RATING and old.stage is not Stage.RATING:
            self.trial.setFocus()

    def _progress(self, entry: JobEntry) -> None:
        if entry.id == self.listening.now.entry:
            self.setup.show_entry(entry)
