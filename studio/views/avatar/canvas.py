"""Where the avatar's pictures appear: a picture from the drawing thread, or the graphics processor into the window.

A software rasteriser takes 20 to 40 ms a picture: drawn in a QOpenGLWidget, that is in the GUI thread, it would hold up
typing and the sound's clock while a clip renders. So there it draws on a thread of its own, and a QOpenGLWidget is made
only where a graphics processor does the work.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from engines.api.events import EngineError
from studio.views.avatar.drawing import SAMPLES, DrawingThread, surface_format
from studio.views.avatar.easel import Easel, View
from studio.views.theme import colour, font


class PictureCanvas(QWidget):
    """Shows the newest picture of a drawing thread."""

    painted = Signal(float)
    """(seconds since the picture was asked for), when it is on screen."""

    def __init__(self, thread: DrawingThread) -> None:
        super().__init__()
        self._thread = thread
        self._picture: QImage | None = None
        self._took_s: float | None = None
        thread.drawn.connect(self._take)

    @property
    def software(self) -> bool:
        """Whether the processor draws."""
        return self._thread.software

    def show_view(self, view: View) -> None:
        """Draw this."""
        self._thread.ask(view)

    def picture(self) -> QImage | None:
        """What is shown, None before the first picture."""
        return self._picture

    def _take(self, picture: QImage, seconds: float) -> None:
        self._picture, self._took_s = picture, seconds
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The newest picture over the whole canvas."""
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
        if self._took_s is not None:
            self.painted.emit(self._took_s)
            self._took_s = None


class GLCanvas(QOpenGLWidget):
    """Draws straight into the window with moderngl."""

    painted = Signal(float)

    def __init__(self, failed: Callable[[str, str], object]) -> None:
        super().__init__()
        wanted = surface_format()
        wanted.setSamples(SAMPLES)
        wanted.setDepthBufferSize(24)
        self.setFormat(wanted)
        self._failed = failed
        self._view: View | None = None
        self._easel: Easel | None = None

    @property
    def software(self) -> bool:
        """Whether the processor draws."""
        return self._easel is not None and self._easel.software

    def show_view(self, view: View) -> None:
        """Draw this at the next refresh."""
        self._view = view
        self.update()

    def picture(self) -> QImage | None:
        """What is shown."""
        return self.grabFramebuffer()

    def paintGL(self) -> None:
        """Draw into the framebuffer Qt gives."""
        view = self._view
        if view is None:
            return
        try:
            self._easel = self._easel or Easel()
            ratio = self.devicePixelRatioF()
            frame = self._easel.ctx.detect_framebuffer(self.defaultFramebufferObject())
            self._easel.paint(view, frame, round(self.width() * ratio), round(self.height() * ratio))
            self.painted.emit(time.perf_counter() - view.asked_s)
        except EngineError as error:
            self._failed(str(error), "")
        except Exception as error:  # an exception must not leave a virtual function that Qt calls
            self._failed(f"The avatar cannot be drawn: {error}", traceback.format_exc())

    def free(self) -> None:
        """Free what the context holds, before the window goes."""
        if self._easel is not None:
            self.makeCurrent()
            self._easel.release()
            self._easel = None
            self.doneCurrent()


Canvas = PictureCanvas | GLCanvas
