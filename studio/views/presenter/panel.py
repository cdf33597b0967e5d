"""The presenter panel: canvas, what is being rendered, look of the clip; or what to do while there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QVBoxLayout, QWidget

from engines.api.jobs import PresentersJob
from engines.api.looks import BESIDE, PLAIN, SETS
from engines.api.values import PresenterInfo
from studio.actions.desk import Desk
from studio.actions.stories import change_clip
from studio.bridge.preview import Pass
from studio.views.fitting import Brief, Choice
from studio.views.parts import EmptyState, Switcher, action_button, row
from studio.views.presenter.canvas import Canvas

DOING = {"still": "Rendering this picture", "coarse": "Rendering every fifth picture", "fine": "Rendering"}


class PresenterPanel(QWidget):
    """The picture of the clip."""

    def __init__(self, desk: Desk, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._listed = False
        self._resume: Callable[[], None] | None = desk.preview.hold()
        self.canvas = Canvas(desk)
        self.state = Brief("dim")
        self.presenter, self.background = Choice("Presenter of the clip"), Choice("Background of the clip")
        self.beside = Choice("What the preview shows, the clip or the face beside something to compare it with")
        for key, title in BESIDE:
            self.beside.addItem(title, key)
        self.empty = EmptyState(
            "presenter",
            "Your presenter appears here",
            "Type a story on the left and press Ctrl+Return: you hear it at once and see it said.",
            [actions["speech.speak"]],
        )
        self.trouble = EmptyState(
            "warning", "The presenter cannot be rendered", "", [actions["play.draw_again"], actions["help.doctor"]]
        )
        self._quiet = Switcher(self.empty, self.trouble)
        self.pages = Switcher(self._quiet, self.canvas)
        self._lay_out(actions)
        self._listen()

    def load_presenters(self) -> None:
        """Ask the presenter engine whom it can draw."""
        running = self._desk.rooms.submit(PresentersJob())
        running.finished.connect(self._list)
        running.failed.connect(self._desk.notices.error)

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        foot = QFrame()
        tools = [action_button(actions[key]) for key in ("play.lower_third", "view.safe", "play.draw_again")]
        boxes = (self.beside, self.presenter, self.background)
        line = row(self.state, *boxes, *tools, margins=(16, 6, 12, 8), gap=6)
        line.setStretch(0, 1)
        foot.setLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Pictures are made while somebody sees them."""
        super().showEvent(event)
        if self._resume is not None:
            self._resume()
            self._resume = None

    def hideEvent(self, event: QHideEvent) -> None:
        """In a workspace without the presenter the processor is the avatar's; a minimised window goes on."""
        super().hideEvent(event)
        if self._resume is None and not event.spontaneous():
            self._resume = self._desk.preview.hold()

    def _listen(self) -> None:
        desk = self._desk
        self.presenter.activated.connect(lambda i: change_clip(desk, "Presenter", presenter=self.presenter.itemData(i)))
        self.background.activated.connect(self._choose_background)
        self.beside.activated.connect(lambda i: desk.preview.compare(self.beside.itemData(i)))
        desk.document.changed.connect(lambda old, new: self._fill())
        desk.programme.mixed.connect(self._fill)
        desk.preview.changed.connect(self._fill)
        desk.preview.failed.connect(desk.notices.error)
        self._fill()

    def _list(self, presenters: tuple[PresenterInfo, ...]) -> None:
        self._listed = True
        self.presenter.clear()
        for presenter in presenters:
            self.presenter.addItem(presenter.title, presenter.key)
        self._fill()

    def _choose_background(self, place: int) -> None:
        chosen = self.background.itemData(place)
        if chosen:
            change_clip(self._desk, "Background", background=chosen)
        else:
            self._fill()
            self._desk.stage.ask_picture(lambda path: change_clip(self._desk, "Background", background=str(path)))

    def _fill(self) -> None:
        desk, clip = self._desk, self._desk.document.project.clip
        self.pages.show_content(desk.programme.audio is not None and not desk.preview.trouble)
        self._quiet.show_content(bool(desk.preview.trouble))
        self.trouble.say(desk.preview.trouble)
        _choose(self.presenter, clip.presenter, clip.presenter if self._listed else "Presenter…")
        self._fill_background(clip.background)
        self.state.say(*self._said(desk.preview.doing))

    def _fill_background(self, background: str) -> None:
        if self.background.count() == 0:
            for key, title in (*SETS, *PLAIN):
                self.background.addItem(title, key)
            self.background.addItem("Picture…", "")
        name = background.replace("\\", "/").rsplit("/", 1)[-1]
        _choose(self.background, background, name)

    def _said(self, doing: Pass | None) -> tuple[str, str]:
        """How far the preview is, and the same in fewer words."""
        preview = self._desk.preview
        if preview.total == 0:
            return "", ""
        if self._desk.programme.speaking:
            return "Speaking…", "Speaking…"
        short = f"{preview.shelf.count} of {preview.total}"
        if doing is not None:
            return f"{DOING[doing.kind]}…  {short} pictures", short
        done = preview.shelf.count == preview.total
        return f"All {preview.total} pictures rendered" if done else f"{short} pictures", short


def _choose(box: QComboBox, key: str, title: str) -> None:
    """Show a key in a box, adding it where it is not listed (yet)."""
    place = box.findData(key)
    if place < 0:
        box.insertItem(0, title, key)
        place = 0
    box.setCurrentIndex(place)
