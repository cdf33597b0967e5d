"""The avatar as a panel: the newest picture, orbit with the mouse, a message where nothing can be drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QOffscreenSurface,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.views.avatar.drawing import DrawingThread, View, surface_format
from studio.views.parts import EmptyState, Switcher
from studio.views.theme import colour, font

FASTEST_MS, BUSY_MS = 33, 160
"""Time between pictures; the longer one while a software rasteriser shares the processor with a rendering engine."""
SETTLE_MS = 200
"""After standing still this long the head is drawn once more, finely."""
TURN = 0.008


class AvatarView(QWidget):
    """Follows the sound clock. Drag turns the head, the wheel goes nearer, a double click looks from the front."""

    def __init__(self, desk: Desk, thread: DrawingThread) -> None:
        super().__init__()
        self._desk, self._thread = desk, thread
        self._picture: QImage | None = None
        self._yaw, self._pitch, self._zoom = 0.0, 0.0, 1.0
        self._held: QPointF | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag to turn, wheel to go nearer, double click for the front")
        self._pace = QTimer(self, interval=FASTEST_MS, singleShot=True)
        self._pace.timeout.connect(lambda: self._ask(fine=False))
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self._ask(fine=True))
        thread.drawn.connect(self._show)
        desk.transport.moved.connect(lambda _: self.refresh())
        desk.faces.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Draw soon, at most at the pace this machine bears."""
        self._settle.stop()
        if self.isVisible() and not self._pace.isActive():
            rendering = self._hurried() or self._desk.preview.doing is not None
            self._pace.start(BUSY_MS if self._thread.software and rendering else FASTEST_MS)

    def _hurried(self) -> bool:
        """Whether a software rasteriser would take the processor from a job the user waits for."""
        return self._thread.software and bool(self._desk.jobs.running)

    def _ask(self, *, fine: bool) -> None:
        pose = self._desk.faces.pose_at(self._desk.transport.position_s)
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        self._thread.ask(View(pose, self._yaw, self._pitch, self._zoom, width, height, fine, self._hurried()))
        if not fine and not self._desk.transport.playing:
            self._settle.start()

    def _show(self, picture: QImage, seconds: float) -> None:
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The newest picture over the whole panel."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("sunken"))
        if self._picture is None:
            painter.setFont(font())
            painter.setPen(colour("dim"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Preparing the avatar…")
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._picture)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._held = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn."""
        if self._held is not None:
            moved = event.position() - self._held
            self._held = event.position()
            self._yaw -= moved.x() * TURN
            self._pitch = min(max(self._pitch + moved.y() * TURN, -0.9), 0.9)
            self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look from the front again."""
        self._yaw, self._pitch, self._zoom = 0.0, 0.0, 1.0
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer or farther."""
        self._zoom = min(max(self._zoom * 1.1 ** (event.angleDelta().y() / 120), 0.6), 3.0)
        self.refresh()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: another picture."""
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is drawn while hidden."""
        self.refresh()


class AvatarPanel(QWidget):
    """The avatar, or why it cannot be seen. begin is called once the window stands."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._surface = QOffscreenSurface()
        self._surface.setFormat(surface_format())
        self.drawing = DrawingThread(self._surface)
        self.view = AvatarView(desk, self.drawing)
        self.empty = EmptyState("avatar", "The avatar cannot be drawn", "")
        self.pages = Switcher(self.empty, self.view)
        self.pages.show_content(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.drawing.failed.connect(self._fail)
        desk.faces.failed.connect(desk.notices.error)

    def begin(self) -> None:
        """Open the GL context and draw the first picture."""
        self._surface.create()
        if not self.drawing.isRunning():
            self.drawing.start(DrawingThread.Priority.LowPriority)
        self.view.refresh()

    def close_drawing(self) -> None:
        """End the drawing thread."""
        self.drawing.close()
        self._surface.destroy()

    def _fail(self, message: str, details: str) -> None:
        self.empty.say(message)
        self.pages.show_content(False)
        if details:
            self._desk.notices.warn(message, details)
