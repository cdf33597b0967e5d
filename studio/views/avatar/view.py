"""The avatar as mouse and sound clock move it: turned, zoomed, drawn as often as the machine bears."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.actions.avatar import SHORT, tuning_of
from studio.actions.characters import character_folder
from studio.actions.desk import Desk
from studio.bridge.faces import Pose, posed
from studio.views.avatar.canvas import Canvas
from studio.views.avatar.easel import View
from studio.views.parts import label

FASTEST_MS, BUSY_MS, HARDWARE_MS = 30, 160, 16
"""Time between pictures on a software rasteriser, there while it shares the processor with a rendering engine, and on
a graphics processor."""
SETTLE_MS = 200
"""After standing still this long the head is drawn once more, finely."""
TURN, STEP = 0.008, 0.12
TURNS = {
    Qt.Key.Key_A: (STEP, 0.0),
    Qt.Key.Key_D: (-STEP, 0.0),
    Qt.Key.Key_W: (0.0, STEP),
    Qt.Key.Key_S: (0.0, -STEP),
}
"""Keys that turn the head while the view has the focus."""


class AvatarView(QWidget):
    """Follows the sound clock. Drag turns the head, the wheel goes nearer, a double click looks from the front."""

    def __init__(self, desk: Desk, canvas: Canvas) -> None:
        super().__init__()
        self._desk = desk
        self._yaw, self._pitch, self._zoom = 0.0, 0.0, 1.0
        self._held: QPointF | None = None
        self._asked_s = 0.0
        self._names = tuple(label("", "chip") for _ in range(2))
        self._remark = label("", "chip")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setToolTip("Drag to turn, wheel to go nearer, double click for the front")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._pace = QTimer(self, interval=FASTEST_MS, singleShot=True)
        self._pace.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace.timeout.connect(lambda: self._ask(fine=False))
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self._ask(fine=True))
        self.canvas = canvas
        self.use(canvas)
        self._unlisten = [
            desk.transport.moved.connect(lambda _: self.refresh()),
            desk.look.changed.connect(lambda old, new: self.refresh()),
            desk.document.changed.connect(lambda old, new: self.refresh()),
        ]
        desk.faces.changed.connect(self.refresh)
        desk.faces.outputs.doing.connect(self.refresh)

    def use(self, canvas: Canvas) -> None:
        """Show the pictures of another canvas."""
        column = self.layout()
        assert column is not None
        if canvas is not self.canvas:
            column.removeWidget(self.canvas)
            self.canvas.deleteLater()
        self.canvas = canvas
        canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.painted.connect(self._desk.faces.shown)
        column.addWidget(canvas)
        for chip in (*self._names, self._remark):
            chip.setParent(self)
            chip.raise_()
        self.refresh()

    def refresh(self) -> None:
        """Draw soon, at most at the pace this machine bears."""
        self._settle.stop()
        if self.isVisible() and not self._pace.isActive():
            since_ms = (time.perf_counter() - self._asked_s) * 1000
            self._pace.start(max(round(self._interval_ms() - since_ms), 0))  # from picture to picture, not from news

    def look_front(self) -> None:
        """Look from the front again."""
        self._yaw, self._pitch, self._zoom = 0.0, 0.0, 1.0
        self.refresh()

    def close_view(self) -> None:
        """Draw nothing any more."""
        self._pace.stop()
        self._settle.stop()
        self._desk.faces.changed.disconnect(self.refresh)
        self._desk.faces.outputs.doing.disconnect(self.refresh)
        for unlisten in self._unlisten:
            unlisten()

    def _interval_ms(self) -> int:
        if not self.canvas.software:
            return HARDWARE_MS
        return BUSY_MS if self._hurried() or self._desk.preview.doing is not None else FASTEST_MS

    def _hurried(self) -> bool:
        """Whether a software rasteriser would take the processor from a job the user waits for."""
        return self.canvas.software and bool(self._desk.jobs.running)

    def _ask(self, *, fine: bool) -> None:
        self._name_faces()
        self._asked_s = time.perf_counter()
        self.canvas.show_view(self._view(fine=fine))
        if not fine and not self._desk.transport.playing and not self._desk.faces.live:
            self._settle.start()

    def _view(self, *, fine: bool) -> View:
        desk, look, ratio = self._desk, self._desk.look.now, self.devicePixelRatioF()
        return View(
            poses=self._poses(),
            yaw=self._yaw,
            pitch=self._pitch,
            zoom=self._zoom,
            width=round(self.width() * ratio),
            height=round(self.height() * ratio),
            light=look.light,
            wireframe=look.wireframe,
            landmarks=look.landmarks,
            character=character_folder(desk),
            mapped=look.mapped,
            trial=look.trial,
            fine=fine,
            hurried=self._hurried(),
            asked_s=self._asked_s,
        )

    def _poses(self) -> tuple[Pose, ...]:
        faces, at_s, tried = self._desk.faces, self._desk.transport.position_s, self._desk.look.now.tried
        if tried:
            return (posed(tried),)
        return (faces.pose_at(at_s), faces.second_at(at_s)) if self._is_double() else (faces.pose_at(at_s),)

    def _is_double(self) -> bool:
        look = self._desk.look.now
        return bool(look.second) and not look.tried and not self._desk.faces.live

    def _name_faces(self) -> None:
        """Side by side, each face carries the name of its model; a face that rests says why."""
        models = (tuning_of(self._desk).model, self._desk.look.now.second)
        for i, (name, model) in enumerate(zip(self._names, models, strict=True)):
            name.setVisible(self._is_double())
            if self._is_double():
                name.setText(SHORT[model])
                name.adjustSize()
                name.move(i * self.width() // 2 + 12, 12)
        remark = self._desk.faces.remark_at(self._desk.transport.position_s)
        self._remark.setVisible(bool(remark))
        if remark:
            self._remark.setText(remark)
            self._remark.adjustSize()
            self._remark.move(12, self.height() - self._remark.height() - 12)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._held = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn."""
        if self._held is not None:
            moved = event.position() - self._held
            self._held = event.position()
            self._turn(-moved.x() * TURN, moved.y() * TURN)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look from the front again."""
        self.look_front()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer or farther."""
        self._zoom = min(max(self._zoom * 1.1 ** (event.angleDelta().y() / 120), 0.6), 3.0)
        self.refresh()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A D W S turn the head; other keys are actions of the window."""
        turn = TURNS.get(Qt.Key(event.key())) if not event.modifiers() else None
        if turn is None:
            event.ignore()
        else:
            self._turn(*turn)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: another picture."""
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is drawn while hidden."""
        self.refresh()

    def _turn(self, yaw: float, pitch: float) -> None:
        self._yaw += yaw
        self._pitch = min(max(self._pitch + pitch, -0.9), 0.9)
        self.refresh()
