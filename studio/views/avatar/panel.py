"""The avatar as a panel: its picture under a bar with model, light and overlays, or why nothing can be drawn."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QOffscreenSurface, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLayout, QToolButton, QVBoxLayout, QWidget

from studio.actions.avatar import MODELS, SECONDS, choose_model, tuning_of
from studio.actions.characters import (
    OWN,
    OWN_TITLE,
    ask_character,
    ask_mapping,
    characters_of,
    choose_character,
    has_character,
)
from studio.actions.desk import Desk
from studio.session.look import LIGHTS
from studio.views.avatar.canvas import Canvas, GLCanvas, PictureCanvas
from studio.views.avatar.drawing import DrawingThread, surface_format
from studio.views.avatar.view import AvatarView
from studio.views.parts import EmptyState, Switcher, row
from studio.views.theme import icon

TOOLS_PX = 130
"""Room of the tools that are always there."""
IMPORT, MAP = "import", "map"
"""What the box of characters offers besides characters; no folder of one is called so."""


class AvatarBar(QFrame):
    """Model, model beside it, light, overlays, front."""

    def __init__(self, desk: Desk, view: AvatarView) -> None:
        super().__init__()
        self._desk = desk
        self._known: list[tuple[str, str]] = []
        self.setObjectName("PanelBar")
        self.model = _box(MODELS, "What moves the face of this story")
        self.second = _box(SECONDS, "Draw another model beside it, on the same take")
        self.light = _box(LIGHTS, "Light")
        self.character = _box({}, "Who acts")
        self.wireframe = _toggle("wireframe", "Wireframe  (Ctrl+Shift+W)")
        self.landmarks = _toggle("landmarks", "The 68 landmarks of the face  (Ctrl+Shift+M)")
        self.front = _toggle("orbit", "Look from the front  (double click)", checkable=False)
        self.second.setItemText(0, "No comparison")
        self.model.activated.connect(lambda place: choose_model(desk, self.model.itemData(place)))
        self.second.activated.connect(lambda place: desk.look.set(second=self.second.itemData(place)))
        self.character.activated.connect(self._choose_character)
        self.light.activated.connect(lambda place: desk.look.set(light=self.light.itemData(place)))
        self.wireframe.clicked.connect(lambda on: desk.look.set(wireframe=on))
        self.landmarks.clicked.connect(lambda on: desk.look.set(landmarks=on))
        self.front.clicked.connect(view.look_front)
        self._boxes = (self.model, self.second, self.character, self.light)
        tools = (self.character, self.light, self.wireframe, self.landmarks, self.front)
        line = row(self.model, self.second, 1, *tools, margins=(10, 5, 8, 5), gap=6)
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(line)
        self._unlisten = [
            desk.look.changed.connect(lambda old, new: self._fill()),
            desk.document.changed.connect(lambda old, new: self._fill()),
            desk.selection.changed.connect(lambda old, new: self._fill()),
        ]
        self._fill()

    def minimumSizeHint(self) -> QSize:
        """Beside other panels the boxes give way; what they offer is in the Avatar menu too."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many boxes as there is room for."""
        room = event.size().width() - TOOLS_PX
        for box in self._boxes:
            room -= box.sizeHint().width() + 6
            box.setVisible(room >= 0)

    def close_bar(self) -> None:
        """Listen no more."""
        for unlisten in self._unlisten:
            unlisten()

    def _fill(self) -> None:
        look, model = self._desk.look.now, tuning_of(self._desk).model
        recorded = self.model.findData("recorded")
        self.model.view().setRowHidden(recorded, model != "recorded")  # type: ignore[attr-defined]
        self.model.setEnabled(self._desk.story is not None)
        self.model.setCurrentIndex(self.model.findData(model))
        self.second.setCurrentIndex(self.second.findData(look.second))
        self.light.setCurrentIndex(self.light.findData(look.light))
        self.wireframe.setChecked(look.wireframe)
        self.landmarks.setChecked(look.landmarks)
        stranger = has_character(self._desk)
        self.landmarks.setEnabled(not stranger)
        self._fill_characters()

    def _fill_characters(self) -> None:
        """The studio's own head, this user's characters, and the way to another one."""
        known = [(OWN_TITLE, OWN), *((ref.title, ref.key) for ref in characters_of(self._desk).all())]
        if known != self._known:
            self._known = known
            self.character.clear()
            for title, key in known:
                self.character.addItem(title, key)
            self.character.insertSeparator(len(known))
            self.character.addItem(icon("plus"), "Import…", IMPORT)
            self.character.addItem(icon("mapping"), "Map shapes…", MAP)
        chosen = self._desk.document.project.clip.character if has_character(self._desk) else OWN
        self.character.setCurrentIndex(max(self.character.findData(chosen), 0))
        mapping: Any = self.character.model()
        mapping.item(self.character.findData(MAP)).setEnabled(has_character(self._desk))

    def _choose_character(self, place: int) -> None:
        chosen = self.character.itemData(place)
        if chosen == IMPORT:
            ask_character(self._desk)
        elif chosen == MAP:
            ask_mapping(self._desk)
        else:
            choose_character(self._desk, chosen)
        self._fill()


class AvatarPanel(QWidget):
    """The avatar, or why it cannot be seen. begin is called once the window stands."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self._desk = desk
        self._surface = QOffscreenSurface()
        self._surface.setFormat(surface_format())
        self.drawing = DrawingThread(self._surface)
        self.view = AvatarView(desk, PictureCanvas(self.drawing))
        self.bar = AvatarBar(desk, self.view)
        self.empty = EmptyState("avatar", "The avatar cannot be drawn", "")
        self.pages = Switcher(self.empty, self.view)
        self.pages.show_content(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages, 1)
        self.drawing.failed.connect(self._fail)
        self.drawing.begun.connect(self._begun)
        self.drawing.drawn.connect(self._drawn)
        desk.faces.failed.connect(desk.notices.error)

    def begin(self) -> None:
        """Open the GL context and draw the first picture."""
        self._surface.create()
        if not self.drawing.isRunning():
            self.drawing.start(DrawingThread.Priority.LowPriority)
        self.view.refresh()

    def draw_in_window(self) -> None:
        """Draw with a QOpenGLWidget from now on: right where a graphics processor draws."""
        self.drawing.close()
        self.view.use(GLCanvas(self._fail))

    def close_drawing(self) -> None:
        """End the drawing thread, free the GL context."""
        self.view.close_view()
        self.bar.close_bar()
        canvas: Canvas = self.view.canvas
        if isinstance(canvas, GLCanvas):
            canvas.free()
        self.drawing.close()
        self._surface.destroy()

    def _begun(self, name: str, software: bool) -> None:
        if not software:
            self.draw_in_window()

    def _drawn(self, picture: QImage, seconds: float) -> None:
        """There is a picture (again)."""
        self.pages.show_content(True)

    def _fail(self, message: str, details: str) -> None:
        self.empty.say(message)
        self.pages.show_content(False)
        if details:
            self._desk.notices.warn(message, details)


def _box(titles: dict[str, str], tip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tip)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    for key, title in titles.items():
        box.addItem(title, key)
    return box


def _toggle(icon_name: str, tip: str, *, checkable: bool = True) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(17, 17))
    button.setToolTip(tip)
    button.setCheckable(checkable)
    return button
