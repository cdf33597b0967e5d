"""The main window: menus, tools, docks around the presenter, status; it holds views, never state of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSizePolicy, QToolBar, QToolButton, QWidget

from studio.actions.all import TOOLBAR
from studio.actions.desk import Desk
from studio.actions.files import drop_file, leave_project
from studio.actions.viewing import SPACES
from studio.audio.devices import warm_up
from studio.session import Notice
from studio.views.avatar.panel import AvatarPanel
from studio.views.docks import Docks
from studio.views.jobs import JobsPanel
from studio.views.lazy import lazy_panels
from studio.views.menus import ActionSet, PlainKeys
from studio.views.notices import NoticesPanel, ToastStack
from studio.views.parts import action_button, label
from studio.views.presenter.panel import PresenterPanel
from studio.views.spectrogram import spectrogram_panel
from studio.views.stage import WindowStage, dialogs
from studio.views.story.panel import StoryPanel
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.panel import TimelinePanel
from studio.views.waveform import waveform_panel

WITH_TEXT = {"story.new", "file.import", "speech.record", "speech.speak", "speech.stop"}
NARROW = 1420
"""Pixels across below which the first tools lose their words, so that none falls off the bar."""


class StudioWindow(QMainWindow):
    """Anchor Studio."""

    first_paint = Signal()
    """Emitted once, after the window was painted for the first time."""
    closed = Signal()

    def __init__(self, desk: Desk, memory: QSettings) -> None:
        super().__init__()
        self.desk, self._memory = desk, memory
        self._painted = self._leaving = False
        self._heard = ""
        self._wordy: list[QToolButton] = []
        self.setAcceptDrops(True)
        self.axis = TimeAxis(self)
        self.stage = WindowStage(self)
        desk.stage = self.stage
        self.actions_by_key = ActionSet(self, desk)
        actions = self.actions_by_key.by_key
        self.presenter = PresenterPanel(desk, actions)
        self.setCentralWidget(self.presenter)
        self.story, self.avatar = StoryPanel(desk, actions), AvatarPanel(desk)
        self.timeline, self.jobs = TimelinePanel(desk, self.axis, actions), JobsPanel(desk)
        self.notices, self.lazy = NoticesPanel(desk.notices), lazy_panels(desk)
        panels: dict[str, QWidget] = {
            "story": self.story,
            "avatar": self.avatar,
            "jobs": self.jobs,
            "notices": self.notices,
            "timeline": self.timeline,
            "waveform": waveform_panel(desk, self.axis, actions),
            "spectrogram": spectrogram_panel(desk, self.axis, actions),
            **self.lazy,
        }
        self.resize(1600, 960)
        self.docks = Docks(self, panels)
        self.dialogs = dialogs(self, desk, actions)
        self._fill_bars()
        self._listen()
        if not self.docks.restore(memory):
            QTimer.singleShot(0, self, self.docks.reset)

    def _fill_bars(self) -> None:
        actions = self.actions_by_key.by_key
        self.actions_by_key.fill_menus(self)
        bar = QToolBar("Tools")
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        for key in TOOLBAR:
            if key:
                button = action_button(actions[key], text=key in WITH_TEXT, primary=key == "speech.speak")
                bar.addWidget(button)
                self._wordy += [button] if key in WITH_TEXT and key != "speech.speak" else []
            else:
                bar.addSeparator()
        for keys in (tuple(f"space.{key}" for key, _, _ in SPACES), ()):
            space = QWidget()
            space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            bar.addWidget(space)
            for key in keys:
                bar.addWidget(action_button(actions[key], text=True))
        for key in ("help.palette", "file.export"):
            bar.addWidget(action_button(actions[key], text=key == "file.export"))
        self.addToolBar(bar)
        self.saved, self.worked = label("", "faint"), label("", "dim")
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.saved)
        self.statusBar().addPermanentWidget(self.worked)

    def _listen(self) -> None:
        desk = self.desk
        self.toasts = ToastStack(self, desk.notices, self.notices)
        desk.file.opened.connect(self._retitle)
        desk.document.changed.connect(lambda old, new: self._retitle())
        desk.jobs.changed.connect(lambda entry: self._tell_work())
        desk.preview.changed.connect(self._tell_work)
        desk.transport.moved.connect(self._follow_story)
        self._keys = PlainKeys(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._watch_keys)
        self._retitle()
        self.actions_by_key.refresh()

    def enter(self, workspace: str) -> None:
        """Go to a workspace, as it was left."""
        self.docks.enter(workspace, self._memory)
        self.actions_by_key.refresh_soon()

    def begin(self) -> None:
        """What may wait until the window stands: engines are asked for voices and presenters, the avatar is drawn."""
        self.desk.tasks.run(warm_up)  # takes a tenth of a second, which the first press of play need not wait
        self.story.voice.load_voices()
        self.presenter.load_presenters()
        self.avatar.begin()
        for notice in self.desk.notices.all:
            self._repeat(notice)
        if self.desk.settings.now.booth_start:
            self.stage.show_dialog("booth")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when the first paint is over."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.first_paint.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside icons only where there is room for them."""
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        for button in self._wordy:
            narrow = self.width() < NARROW
            button.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, end the drawing thread; the composition root frees the rest."""
        if self.desk.file.unsaved and not self._leaving:
            event.ignore()
            leave_project(self.desk, self._leave)
            return
        self.docks.save(self._memory)
        for dialog in tuple(self.stage.open_dialogs.values()):
            getattr(dialog, "end", dialog.close)()  # a booth asks for its PIN unless it is ended
        self.avatar.close_drawing()
        for panel in self.lazy.values():
            panel.close_panel()
        event.accept()
        self.closed.emit()

    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A sound or a project may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import or open what was dropped."""
        for url in event.mimeData().urls()[:1]:
            drop_file(self.desk, Path(url.toLocalFile()))

    def _repeat(self, notice: Notice) -> None:
        """Notices posted before there was a window are shown now."""
        self.toasts.show_notice(notice)

    def _follow_story(self, at_s: float) -> None:
        """When playing passes into another story, that one is shown, unless a text is being typed just then."""
        passage = self.desk.programme.passage_at(at_s)
        heard = "" if passage is None else passage.item.story
        before, self._heard = self._heard, heard
        follows = self.desk.transport.playing and self.stage.switched("follow")
        if heard and heard != before and follows and not self.story.editor.hasFocus():
            self.desk.selection.select_story(heard)

    def _retitle(self) -> None:
        name = self.desk.file.name
        self.setWindowTitle(f"{name} — Anchor Studio")
        self.setWindowModified(False)
        draft = "Draft, kept by itself; Save gives it a name" if self.desk.file.is_draft else f"{name}.anchor"
        self.saved.setText(draft if self.desk.settings.now.autosave else f"{draft}  ·  not saved by itself")

    def _tell_work(self) -> None:
        running = len(self.desk.jobs.running)
        doing = self.desk.preview.doing
        said = f"{running} job{'' if running == 1 else 's'} running" if running else ""
        self.worked.setText(said or ("Rendering the preview…" if doing is not None else ""))

    def _watch_keys(self, old: QWidget | None, new: QWidget | None) -> None:
        """Whatever has the focus in this window is asked about plain keys."""
        if old is not None:
            old.removeEventFilter(self._keys)
        if new is not None and new.window() is self:
            new.installEventFilter(self._keys)
