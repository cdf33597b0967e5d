"""The timeline as a widget: what lies where, and what the mouse does to it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.actions.desk import Desk
from studio.actions.speech import title_of
from studio.bridge.programme import LIVE
from studio.views.theme import colour
from studio.views.timeline import paint
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.columns import Columns
from studio.views.timeline.hand import Grip, Hand

GUTTER = 92.0
RULER, WORDS, PHONES, CLIP = 26.0, 26.0, 22.0, 18.0
LEAST = 132
"""Pixels in which ruler and all tracks can still be told apart."""
EDGE_PX = 6.0
CURSORS = {
    "whole": Qt.CursorShape.OpenHandCursor,
    "start": Qt.CursorShape.SizeHorCursor,
    "end": Qt.CursorShape.SizeHorCursor,
}


class TimelineView(QWidget):
    """Ruler and tracks. Press on an empty place: playhead; on an item: move it, on its edge: trim it; Shift: mark."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        super().__init__()
        self._desk, self._axis = desk, axis
        self._still: QPixmap | None = None
        self._columns = Columns()
        self.hand = Hand(desk, self.px_per_s)
        self.setMinimumHeight(LEAST)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for signal in (axis.changed, desk.programme.laid, desk.programme.mixed):
            signal.connect(self._redraw)
        desk.preview.changed.connect(lambda: self.update(self.rows()["clip"].toAlignedRect()))
        self._unlisten = [
            desk.transport.moved.connect(self._moved),
            desk.selection.changed.connect(lambda old, new: self._redraw()),
            desk.document.changed.connect(lambda old, new: self._redraw()),
        ]

    # what lies where

    def lane(self) -> QRectF:
        """The area of time, right of the gutter."""
        return QRectF(GUTTER, 0, max(self.width() - GUTTER, 1.0), self.height())

    def rows(self) -> dict[str, QRectF]:
        """Ruler and tracks from top to bottom; the sound takes what is left."""
        lane = self.lane()
        sound = max(self.height() - RULER - WORDS - PHONES - CLIP - 6, 30.0)
        rows, y = {}, 0.0
        for name, height in (("ruler", RULER), ("sound", sound), ("words", WORDS), ("phones", PHONES), ("clip", CLIP)):
            rows[name] = QRectF(lane.x(), y, lane.width(), height)
            y += height + (2 if name != "ruler" else 0)
        return rows

    def time_at(self, x: float) -> float:
        """The time under the mouse."""
        return self._axis.at(x - GUTTER, self.lane().width())

    def px_per_s(self) -> float:
        """The scale."""
        return self.lane().width() / self._axis.span_s

    def grip_at(self, point: QPointF) -> Grip | None:
        """The item under the mouse, and whether it is held at an edge."""
        at_s = self.time_at(point.x())
        passage = self._desk.programme.passage_at(at_s) if self.rows()["sound"].contains(point) else None
        if passage is None:
            return None
        left_s, right_s = at_s - passage.item.start_s, passage.item.end_s - at_s
        edge_s = EDGE_PX / self.px_per_s()
        part = "start" if left_s < edge_s else "end" if right_s < edge_s else "whole"
        return Grip(passage, part)

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """The still part from its picture, then what changes all the time: rendered pictures and playhead."""
        ratio = self.devicePixelRatioF()
        if self._still is None:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._paint_still(self._still)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setClipRect(self.lane())
        spans, length_s = self._desk.preview.spans_s(), self._desk.transport.length_s
        paint.paint_rendered(painter, self.rows()["clip"], self._axis, spans, length_s)
        painter.setClipping(False)
        x = GUTTER + self._axis.x_of(self._desk.transport.position_s, self.lane().width())
        if x >= GUTTER - 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint.paint_playhead(painter, x, 2, self.height())
        painter.end()

    def _paint_still(self, picture: QPixmap) -> None:
        picture.fill(colour("panel"))
        painter = QPainter(picture)
        rows, programme, axis = self.rows(), self._desk.programme, self._axis
        painter.fillRect(QRectF(GUTTER, RULER, self.width(), self.height()), colour("sunken"))
        painter.setClipRect(self.lane())
        paint.paint_ruler(painter, rows["ruler"], axis)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_marked(painter)
        self._paint_items(painter, rows["sound"])
        paint.paint_words(painter, rows["words"], axis, programme.words())
        paint.paint_phones(painter, rows["phones"], axis, programme.phones())
        painter.setClipping(False)
        for name, title, icon in (("sound", "Sound", "waveform"), ("words", "Words", "story")):
            paint.paint_gutter(painter, _gutter(rows[name]), title, icon)
        paint.paint_gutter(painter, _gutter(rows["phones"]), "Phones", "voice")
        paint.paint_gutter(painter, _gutter(rows["clip"]), "Pictures", "presenter")
        painter.end()

    def _paint_items(self, painter: QPainter, row: QRectF) -> None:
        chosen, project = self._desk.selection.now.items, self._desk.document.project
        for passage in self._desk.programme.passages:
            item = passage.item
            box = paint.span_box(row, self._axis, item.start_s, item.end_s)
            if box is not None:
                story = project.story(item.story)
                title = title_of(story) if story is not None else "Sound"
                live = item.take.digest.startswith(LIVE)
                paint.paint_item(painter, box, title, selected=item.id in chosen, live=live)
        if self._desk.programme.peaks is not None:
            columns = self._columns.of(self._desk.programme.peaks, self._axis, row.width())
            paint.paint_wave(painter, row.adjusted(0, 18, 0, -4), columns)

    def _paint_marked(self, painter: QPainter) -> None:
        for span, tone in ((self._desk.transport.loop, "success"), (self._desk.selection.now.span, "accent")):
            if span is not None:
                box = paint.span_box(self.lane(), self._axis, span.start_s, span.end_s)
                if box is not None:
                    painter.fillRect(box, colour(tone, 36))
                    painter.fillRect(QRectF(box.x(), RULER - 3, box.width(), 3), colour(tone))

    def _redraw(self) -> None:
        self._still = None
        self.update()

    def _moved(self, at_s: float) -> None:
        if self._desk.stage.switched("follow") and not self.hand.holds:
            self._axis.reveal(at_s)
        self.update()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the playhead, an item, its edge or a mark."""
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() >= GUTTER:
            self.hand.press(self.time_at(event.position().x()), self.grip_at(event.position()), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on dragging; while nothing is held the cursor says what could be."""
        self.hand.move(self.time_at(event.position().x()))
        if not self.hand.holds:
            grip = self.grip_at(event.position())
            self.setCursor(CURSORS[grip.part] if grip is not None else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self.hand.release(self.time_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse; with Shift, or sideways, pan."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turn.x()) > abs(turn.y()):
            self._axis.pan(-(turn.x() or turn.y()) / 120 * 0.1 * self._axis.span_s)
        else:
            self._axis.zoom(0.8 ** (turn.y() / 120), self.time_at(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are actions of the window."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The still part is drawn again."""
        self._still = None


def _gutter(row: QRectF) -> QRectF:
    return QRectF(0, row.y(), GUTTER, row.height())
