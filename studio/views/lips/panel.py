"""The lips panel: the mouth of what is being typed, whose mouth it is, and what moves the lips of the clip."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QToolButton, QVBoxLayout, QWidget

from engines.api.textlip import LIP_SIZE
from studio.actions.desk import Desk
from studio.actions.play import DRIVER_TITLES, drive_lips
from studio.bridge.lips import TypedLips
from studio.views.fitting import Choice, Elided
from studio.views.parts import EmptyState, Switcher, label, row
from studio.views.theme import colour, icon

FACES = "Pictures and videos (*.png *.jpg *.jpeg *.webp *.bmp *.mp4 *.mpg *.mov *.mkv *.avi)"
MARGIN, CORNER = 14, 8


class LipsPanel(QWidget):
    """Shows the mouth while somebody types."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.lips = TypedLips(desk.document, desk.selection, desk.rooms)
        self.canvas = LipCanvas(self.lips)
        self.words, self.trouble = Elided("", "dim"), label("", "error", wrap=True)
        self.identity = Choice("Whose mouth is painted, the presenter's or that of a face in a picture or video")
        self.driver = Choice("What moves the lips of the clip; from text, speech keeps the pace of the lips")
        self.again = QToolButton()
        self.again.setIcon(icon("play"))
        self.again.setIconSize(QSize(18, 18))
        self.again.setAutoRaise(True)
        self.again.setToolTip("Say the sentence again")
        self.again.clicked.connect(self.lips.say_sentence)
        hint = "Type a story: the mouth says each word as you write it, before any speech exists."
        self.pages = Switcher(EmptyState("lips", "Lips from text", hint), self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages, 1)
        column.addWidget(self._foot())
        self._fill_boxes()
        self._listen()
        self._fill()

    def close_panel(self) -> None:
        """Listen no more."""
        self.lips.close()
        for unlisten in self._unlisten:
            unlisten()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to work."""
        super().showEvent(event)
        self.lips.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Work no more."""
        super().hideEvent(event)
        self.lips.watch(False)

    def _content(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addLayout(row(self.words, self.again, margins=(MARGIN, 0, 8, 4)))
        return page

    def _foot(self) -> QFrame:
        foot = QFrame()
        column = QVBoxLayout(foot)
        column.setContentsMargins(MARGIN, 4, 12, 10)
        column.setSpacing(6)
        column.addWidget(self.trouble)
        for name, box in (("Mouth", self.identity), ("Clip's lips", self.driver)):
            title = label(name, "dim")
            title.setFixedWidth(72)
            line = row(title, box)
            line.setStretch(1, 1)
            column.addLayout(line)
        return foot

    def _fill_boxes(self) -> None:
        self.identity.addItem("The presenter's", "")
        self.identity.addItem("A face in a picture or video…", None)
        for key, title in DRIVER_TITLES.items():
            self.driver.addItem(title, key)

    def _listen(self) -> None:
        desk = self._desk
        self.identity.activated.connect(self._choose_identity)
        self.driver.activated.connect(lambda i: drive_lips(desk, self.driver.itemData(i)))
        self.lips.changed.connect(self._fill)
        self._unlisten = [
            desk.document.changed.connect(lambda old, new: self._fill()),
            desk.selection.changed.connect(lambda old, new: self._fill()),
        ]

    def _choose_identity(self, place: int) -> None:
        if self.identity.itemData(place) is not None:
            self._take_identity(self.identity.itemData(place))
            return
        self.identity.setCurrentIndex(self.identity.findData(self.lips.identity))
        dialog = QFileDialog(self, "Whose mouth", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([FACES, "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_face)
        dialog.open()

    def take_face(self, path: str) -> None:
        """Paint the mouth of a face in a picture or video."""
        if self.identity.findData(path) < 0:
            self.identity.insertItem(1, Path(path).name, path)
        self._take_identity(path)

    def _take_identity(self, path: str) -> None:
        self.identity.setCurrentIndex(self.identity.findData(path))
        self.lips.identity = path
        self.lips.say_sentence()

    def _fill(self) -> None:
        story = self._desk.story
        self.pages.show_content(self.lips.picture is not None and story is not None and bool(story.text.strip()))
        self.words.setText(self.lips.words)
        self.words.setToolTip(self.lips.words)
        self.trouble.setText(self.lips.trouble)
        self.trouble.setVisible(bool(self.lips.trouble))
        self.driver.setCurrentIndex(self.driver.findData(self._desk.document.project.clip.driver))
        self.canvas.update()


class LipCanvas(QWidget):
    """The lip picture, as large as fits, its corners rounded."""

    def __init__(self, lips: TypedLips) -> None:
        super().__init__()
        self._lips = lips
        self.setMinimumSize(160, 96)

    def frame(self) -> QRectF:
        """Where the picture lies: centred, in its proportions."""
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        size = QSizeF(*LIP_SIZE).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(room.center())
        return box

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture of now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        picture, box = self._lips.picture, self.frame()
        outline = QPainterPath()
        outline.addRoundedRect(box, CORNER, CORNER)
        painter.fillPath(outline, colour("sunken"))
        if picture is not None:
            height, width = picture.shape[:2]
            image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            painter.setClipPath(outline)
            painter.drawImage(box, image)
        painter.end()
