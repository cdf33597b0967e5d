"""Where the presenter is seen: the picture under the playhead, letterboxed, with safe areas and what is rendered."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from studio.actions.desk import Desk
from studio.bridge.shelf import unpack
from studio.views.theme import colour, font

ACTION, TITLE = 0.035, 0.05
"""Margins of the action and title safe areas at 16:9, as shares of the picture (EBU R 95)."""
STRIP = 4.0


class Canvas(QWidget):
    """Shows the newest picture not after the playhead."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setMinimumSize(320, 180)
        self._desk = desk
        self._number: tuple[int, int] = (-1, -1)
        self._image: QImage | None = None
        self._pixmap: QPixmap | None = None
        self._pixmap_of = self._number
        self.safe_areas = False
        desk.transport.moved.connect(lambda _: self.refresh())
        desk.preview.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Fetch the picture under the playhead if it is another one; the strip below always moves."""
        found = self._desk.preview.picture_at(self._desk.transport.position_s)
        if found is None:
            if self._desk.preview.shelf.count == 0 and self._desk.programme.audio is None:
                self._image, self._number = None, (-1, -1)
                self.update()
        else:
            number = (self._desk.preview.generation, found[0])
            if number != self._number:
                self._image, self._number = unpack(found[1]), number
                self.update()
        self.update(self._strip().adjusted(-4, -4, 4, 4).toAlignedRect())

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def frame(self) -> QRectF:
        """Where the picture lies: centred, in the clip's proportions."""
        clip = self._desk.document.project.clip
        room = QRectF(self.rect()).adjusted(16, 16, -16, -16 - STRIP - 8)
        size = QSizeF(clip.width, clip.height).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRectF(0, 0, size.width(), size.height())
        box.moveCenter(room.center())
        return box

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, safe areas, rendered strip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), colour("sunken"))
        box = self.frame()
        painter.fillRect(box, colour("window"))
        if self._image is not None:
            painter.drawPixmap(box.topLeft(), self._fitted(self._image, box))
        else:
            painter.setFont(font(10))
            painter.setPen(colour("dim"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Rendering the first picture…")
        if self.safe_areas:
            self._paint_safe_areas(painter, box)
        self._paint_rendered(painter, self._strip())
        painter.end()

    def _strip(self) -> QRectF:
        box = self.frame()
        return QRectF(box.x(), box.bottom() + 6, box.width(), STRIP)

    def _fitted(self, image: QImage, box: QRectF) -> QPixmap:
        """The picture scaled to the screen once, not with every move of the playhead."""
        ratio = self.devicePixelRatioF()
        size = (box.size() * ratio).toSize()
        if self._pixmap is None or self._pixmap_of != self._number or self._pixmap.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap_of = self._number
        return self._pixmap

    def _paint_safe_areas(self, painter: QPainter, box: QRectF) -> None:
        for share, style in ((ACTION, Qt.PenStyle.SolidLine), (TITLE, Qt.PenStyle.DashLine)):
            dx, dy = box.width() * share, box.height() * share
            painter.setPen(QPen(colour("text", 150), 1, style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(dx, dy, -dx, -dy))
        middle, arm = box.center(), 10
        painter.drawLine(middle.x() - arm, middle.y(), middle.x() + arm, middle.y())  # type: ignore[call-overload]
        painter.drawLine(middle.x(), middle.y() - arm, middle.x(), middle.y() + arm)  # type: ignore[call-overload]

    def _paint_rendered(self, painter: QPainter, strip: QRectF) -> None:
        length_s = self._desk.transport.length_s
        painter.fillRect(strip, colour("raised"))
        if length_s <= 0:
            return
        for start_s, end_s in self._desk.preview.spans_s():
            left, width = strip.x() + start_s / length_s * strip.width(), (end_s - start_s) / length_s * strip.width()
            painter.fillRect(QRectF(left, strip.y(), max(width, 1.0), STRIP), colour("accent_deep"))
        x = strip.x() + self._desk.transport.position_s / length_s * strip.width()
        painter.fillRect(QRectF(x - 1, strip.y() - 3, 2, STRIP + 6), colour("text"))
