"""The curve editor as a widget: curves and keys over the waveform, mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent

from studio.actions.avatar import tuning_of
from studio.actions.curves import bake_curves, delete_keys, drawn_passage, nudge_keys, scale_keys
from studio.actions.desk import Desk
from studio.document.keys import Chosen
from studio.document.tuning import HEAD
from studio.views.curves.hand import NONE, Found, KeyHand
from studio.views.curves.plot import (
    REACH_PX,
    Drawn,
    Plot,
    drawn_curves,
    key_points,
    paint_curve,
    paint_grid,
    paint_keys,
)
from studio.views.theme import colour
from studio.views.timeline.axis import TimeAxis
from studio.views.timeline.columns import Columns
from studio.views.timeline.paint import paint_playhead, paint_wave
from studio.views.tuning.names import tone_of
from studio.views.waveform import RULER, SCALE, SoundView

NUDGE = 0.01
LARGER = 1.1
MOVES = {
    Qt.Key.Key_Left: (-1, 0.0),
    Qt.Key.Key_Right: (1, 0.0),
    Qt.Key.Key_Up: (0, NUDGE),
    Qt.Key.Key_Down: (0, -NUDGE),
}


class CurvesView(SoundView):
    """Click or box chooses keys, a drag moves them, a double click adds one; the ruler moves the playhead."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        self._drawn: QPixmap | None = None
        self._shown: tuple[object, ...] = (None,) * 6
        super().__init__(desk, axis)
        self.hand = KeyHand(desk, self.repaint_curves)
        self.curves: list[Drawn] = []
        self._columns = Columns()
        self._shift_s = 0.0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curve editor")
        self.gather()

    def plot(self) -> Plot:
        """The scales now."""
        return Plot(self.area(), self.axis)

    def follow(self, axis: TimeAxis) -> None:
        """Share another time axis."""
        if axis is not self.axis:
            self.axis.changed.disconnect(self.redraw)
            self.axis = axis
            axis.changed.connect(self.redraw)
            self.redraw()

    def gather(self) -> None:
        """Fetch the curves to draw: the story's, as they are tuned now; the same ones again are not drawn again."""
        passage, drawn = drawn_passage(self.desk), self.desk.look.now.drawn
        tuned = self.desk.faces.tuned_of(passage) if passage is not None else None
        raw = self.desk.faces.raw_of(passage) if passage is not None else None
        tuning = tuning_of(self.desk)
        locked = tuple(name for name in drawn if tuning.shape(name).locked)
        shown = (passage and passage.item, tuned, raw, drawn, tuning.curves, locked)
        if all(one is other or one == other for one, other in zip(shown, self._shown, strict=True)):
            return
        self._shown = shown
        self.curves = []
        if passage is not None and tuned is not None and raw is not None and len(raw.weights) == len(tuned.weights):
            self._shift_s = passage.shift_s
            tones = {name: tone_of(drawn, name) for name in drawn}
            self.curves = drawn_curves(passage, tuned, raw, tuning, tones)
        self.hand.keep_to({curve.shape: frozenset(curve.curve.keys) for curve in self.curves})
        self.repaint_curves()

    def repaint_curves(self) -> None:
        """Curves, keys or what is chosen of them changed."""
        self._drawn = None
        self.update()

    def redraw(self) -> None:
        """Scale or sound changed: everything is drawn again."""
        self._drawn = None
        super().redraw()

    def found_at(self, point: QPointF) -> Found | None:
        """The key under the mouse, else the curve."""
        plot = self.plot()
        for curve in self.curves:
            for key, place in key_points(plot, curve, self._shift_s):
                if (place - point).manhattanLength() <= REACH_PX + 4:
                    return Found(curve.shape, key)
        near = [(abs(self._curve_y(plot, curve, point.x()) - point.y()), curve.shape) for curve in self.curves]
        away, shape = min(near, default=(REACH_PX + 1, ""))
        return Found(shape, None) if away <= REACH_PX else None

    def inside(self, box: QRectF) -> dict[str, Chosen]:
        """Keys in a box."""
        plot = self.plot()
        return {
            curve.shape: frozenset(key for key, place in key_points(plot, curve, self._shift_s) if box.contains(place))
            for curve in self.curves
        }

    def choose_all(self) -> None:
        """Choose every key drawn."""
        self.hand.choose({curve.shape: frozenset(curve.curve.keys) for curve in self.curves})

    # drawing

    def paint_sound(self, painter: QPainter, area: QRectF) -> None:
        """The waveform, pale, and the lines of equal value."""
        if self.desk.programme.peaks is not None:
            columns = self._columns.of(self.desk.programme.peaks, self.axis, area.width())
            paint_wave(painter, area, columns, tone="raised")
        drawn = self.desk.look.now.drawn
        paint_grid(painter, self.plot(), bool(drawn) and all(name in HEAD for name in drawn))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Curves and keys from their picture, over the still part; then what moves: the box and the playhead."""
        super().paintEvent(event)
        if self._drawn is None:
            ratio = self.devicePixelRatioF()
            self._drawn = QPixmap(self.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._draw_curves(self._drawn)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        if self.hand.box is not None:
            painter.setClipRect(self.area())
            painter.fillRect(self.hand.box, colour("accent", 36))
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRect(self.hand.box)
            painter.setClipping(False)
        x = self.plot().x(self.desk.transport.position_s)
        if x >= SCALE:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_playhead(painter, x, 4, RULER)
        painter.end()

    def _draw_curves(self, picture: QPixmap) -> None:
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.area())
        plot = self.plot()
        for curve in self.curves:
            paint_curve(painter, plot, curve)
        for curve in self.curves:
            paint_keys(painter, plot, curve, self.hand.chosen.get(curve.shape, NONE), self._shift_s)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything is drawn again."""
        super().resizeEvent(event)
        self._drawn = None

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The ruler moves the playhead; below it keys are chosen and held."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() < RULER:
            self.hand.holds = "playhead"
            super().mousePressEvent(event)
        else:
            self.hand.press(event.position(), self.found_at(event.position()), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on dragging; while nothing is held the cursor says what could be."""
        if self.hand.holds == "playhead":
            super().mouseMoveEvent(event)
        elif self.hand.holds:
            self.hand.move(event.position(), self.plot(), self.inside)
        else:
            found = self.found_at(event.position()) if event.position().y() >= RULER else None
            over_key = found is not None and found.key is not None
            self.setCursor(Qt.CursorShape.SizeAllCursor if over_key else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; a click on an empty place puts the playhead there."""
        held = self.hand.holds
        if held == "playhead":
            super().mouseReleaseEvent(event)
        if self.hand.release(event.position(), self.plot()):
            self.desk.transport.seek(self.plot().at_s(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Add a key."""
        if event.position().y() >= RULER and self.curves:
            drawn = tuple(curve.shape for curve in self.curves)
            self.hand.add(event.position(), self.plot(), self.found_at(event.position()), drawn)

    # the keyboard

    def event(self, event: QEvent) -> bool:
        """While keys are chosen, the keys that edit them are no shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._edit(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, arrows, + and -, Ctrl+A, B, Escape."""
        edit = self._edit(event)
        if edit is None:
            event.ignore()
        else:
            edit()

    def _edit(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does here, None where it belongs to the window."""
        key, hand, desk = Qt.Key(event.key()), self.hand, self.desk
        if key == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return self.choose_all
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return None
        if key == Qt.Key.Key_B:
            return lambda: bake_curves(desk, tuple(curve.shape for curve in self.curves))
        if not hand.chosen:
            return None
        if key in MOVES:
            times = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            frames, by = MOVES[key]
            return lambda: hand.choose(nudge_keys(desk, hand.chosen, frames * times, by * times, ripple=hand.ripple))
        return {
            Qt.Key.Key_Delete: lambda: delete_keys(desk, hand.chosen),
            Qt.Key.Key_Backspace: lambda: delete_keys(desk, hand.chosen),
            Qt.Key.Key_Escape: lambda: hand.choose({}),
            Qt.Key.Key_Plus: lambda: hand.choose(scale_keys(desk, hand.chosen, LARGER)),
            Qt.Key.Key_Equal: lambda: hand.choose(scale_keys(desk, hand.chosen, LARGER)),
            Qt.Key.Key_Minus: lambda: hand.choose(scale_keys(desk, hand.chosen, 1 / LARGER)),
        }.get(key)

    def _curve_y(self, plot: Plot, curve: Drawn, x: float) -> float:
        if not len(curve.times_s):
            return -1e9
        return plot.y(float(np.interp(plot.at_s(x), curve.times_s, curve.values)), curve.shape)
