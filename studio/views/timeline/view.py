"""The timeline as a widget: what lies where, and what the mouse does to it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.actions.desk import Desk
from studio.actions.speech import title_of
from studio.bridge.passages import Passage
from studio.bridge.programme import LIVE
from studio.document import edits
from studio.session.transport import Span
from studio.views.theme import colour
from studio.views.timeline import paint
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.columns import Columns

GUTTER = 92.0
RULER, WORDS, PHONES, CLIP = 26.0, 26.0, 22.0, 18.0
SNAP_PX = 8.0


class TimelineView(QWidget):
    """Ruler and tracks. Press on the ruler or an empty place: the playhead; on an item: select, move; Shift: mark."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        super().__init__()
        self._desk, self._axis = desk, axis
        self._still: QPixmap | None = None
        self._columns = Columns()
        self._drag = ""
        self._grab_s = 0.0
        self._gesture: object = None
        self.setMinimumHeight(150)
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

    def item_at(self, point: QPointF) -> Passage | None:
        """The item under the mouse."""
        if not self.rows()["sound"].contains(point):
            return None
        return self._desk.programme.passage_at(self.time_at(point.x()))

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
        if self._desk.stage.switched("follow") and not self._drag:
            self._axis.reveal(at_s)
        self.update()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the playhead, an item or a mark."""
        if event.button() != Qt.MouseButton.LeftButton or event.position().x() < GUTTER:
            return
        at_s, passage = self.time_at(event.position().x()), self.item_at(event.position())
        self._grab_s, self._gesture = at_s, object()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = "mark"
            self._desk.selection.select_span(None)
        elif passage is not None:
            self._drag = "item"
            self._select(passage, toggle=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            self._drag = "playhead"
            self._desk.selection.select_items(frozenset())
            self._desk.transport.seek(at_s)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on dragging."""
        at_s = self.time_at(event.position().x())
        if self._drag == "playhead":
            self._desk.transport.seek(at_s)
        elif self._drag == "mark":
            start_s, end_s = sorted((self._grab_s, at_s))
            self._desk.selection.select_span(Span(start_s, end_s))
        elif self._drag == "item":
            self._move_items(at_s)
        elif not self._drag:
            over = self.item_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on an item without moving it puts the playhead there."""
        if self._drag == "item" and abs(self.time_at(event.position().x()) - self._grab_s) * self._px_per_s() < 3:
            self._desk.transport.seek(self._grab_s)
        if self._drag == "mark" and self._desk.selection.now.span == Span(self._grab_s, self._grab_s):
            self._desk.selection.select_span(None)
        self._drag = ""
        self._desk.document.end_gesture()

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

    def _select(self, passage: Passage, *, toggle: bool) -> None:
        if toggle:
            self._desk.selection.toggle_item(passage.item.id)
        elif passage.item.id not in self._desk.selection.now.items:
            self._desk.selection.select_items(frozenset({passage.item.id}))
        self._desk.selection.select_story(passage.item.story)

    def _move_items(self, at_s: float) -> None:
        """Move the selected item with the mouse; near a neighbour's edge, the start or the playhead it snaps."""
        project = self._desk.document.project
        chosen = [item for item in map(project.item, self._desk.selection.now.items) if item is not None]
        if len(chosen) != 1 or abs(at_s - self._grab_s) * self._px_per_s() < 3:
            return
        item = chosen[0]
        start_s = self._snapped(item.id, item.start_s + at_s - self._grab_s, item.seconds)
        moved = edits.change_item(project, replace(item, start_s=start_s))
        after = moved.item(item.id)
        self._desk.document.edit("Move on timeline", moved, gesture=self._gesture)
        self._grab_s += (after.start_s if after is not None else start_s) - item.start_s

    def _snapped(self, item_id: str, start_s: float, seconds: float) -> float:
        near = [0.0, self._desk.transport.position_s]
        for passage in self._desk.programme.passages:
            if passage.item.id != item_id:
                near += [passage.item.end_s, passage.item.start_s - seconds]
        best = min(near, key=lambda s: abs(s - start_s))
        return best if abs(best - start_s) * self._px_per_s() < SNAP_PX else max(start_s, 0.0)

    def _px_per_s(self) -> float:
        return self.lane().width() / self._axis.span_s


def _gutter(row: QRectF) -> QRectF:
    return QRectF(0, row.y(), GUTTER, row.height())
