"""The thread that draws the avatar in a GL context without a window, so that a slow rasteriser never holds the window.

On a processor-only machine a picture takes longer than a screen refresh; drawn in the GUI thread it would stall typing.
Where a graphics processor draws, studio.views.avatar.canvas draws straight into the window instead.
"""

from __future__ import annotations

import ctypes
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QThread, Signal
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from engines.api.events import EngineError
from studio.views.avatar.easel import Easel, View, fitted

if TYPE_CHECKING:
    import moderngl

SOFTWARE_PX, HARDWARE_PX = 512, 1280
"""Side of the square that the faces of a picture cover: on a software rasteriser, on a graphics processor."""
SAMPLES = 4
HURRIED = 0.8
FINE = 2.0
"""A still picture is drawn this much larger on a software rasteriser and scaled down: coarse before fine."""


class DrawingThread(QThread):
    """Draws the newest view it was asked for and hands out the picture; older requests are dropped."""

    drawn = Signal(QImage, float)
    """(picture, seconds since it was asked for)"""
    failed = Signal(str, str)
    begun = Signal(str, bool)
    """(name of the rasteriser, whether it is software), once it draws."""

    def __init__(self, surface: QOffscreenSurface) -> None:
        super().__init__()
        self.software = True
        self._surface = surface
        self._wanted: View | None = None
        self._closing = False
        self._change = threading.Condition()

    def ask(self, view: View) -> None:
        """Draw this next."""
        with self._change:
            self._wanted = view
            self._change.notify_all()

    def close(self) -> None:
        """End the thread and wait for it."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        self.wait()

    def run(self) -> None:
        """The thread's body: open, draw until closed, free."""
        context = QOpenGLContext()
        context.setFormat(surface_format())
        try:
            if not context.create() or not context.makeCurrent(self._surface):
                raise EngineError("There is no OpenGL 3.3 here: install a graphics driver or Mesa to see the avatar.")
            self._draw_all(context)
        except EngineError as error:
            self.failed.emit(str(error), "")
        except Exception as error:
            self.failed.emit(f"The avatar cannot be drawn: {error}", traceback.format_exc())
        finally:
            context.doneCurrent()

    def _draw_all(self, context: QOpenGLContext) -> None:
        easel = Easel()
        sheet = Sheet(easel, context)
        self.software = easel.software
        self.begun.emit(easel.name, easel.software)
        while (view := self._next()) is not None:
            try:
                picture = sheet.draw(view)
            except EngineError as error:  # this character cannot be drawn; another one can
                self.failed.emit(str(error), "")
                continue
            self.drawn.emit(picture, time.perf_counter() - view.asked_s)
        sheet.release()

    def _next(self) -> View | None:
        with self._change:
            self._change.wait_for(lambda: self._wanted is not None or self._closing)
            view, self._wanted = self._wanted, None
            return None if self._closing else view


class Sheet:
    """The framebuffers a thread draws in, and the way back to a picture."""

    def __init__(self, easel: Easel, qt: QOpenGLContext) -> None:
        self._easel, self._ctx = easel, easel.ctx
        self._finish = _finish(qt)
        self._frame: moderngl.Framebuffer | None = None
        self._flat: moderngl.Framebuffer | None = None

    def draw(self, view: View) -> QImage:
        """One picture."""
        width, height = self._fitted(view)
        frame, flat = self._frames(width, height)
        self._easel.paint(view, frame, width, height)
        if frame is not flat:
            self._ctx.copy_framebuffer(flat, frame)
        self._finish()
        pixels = flat.read(components=3, alignment=4)
        stride = (width * 3 + 3) // 4 * 4
        picture = QImage(pixels, width, height, stride, QImage.Format.Format_RGB888).flipped()
        if self._easel.software and view.fine and not view.hurried:
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(view.width, view.height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        return picture

    def release(self) -> None:
        """Free what the context holds."""
        self._frame = self._flat = None
        self._easel.release()

    def _fitted(self, view: View) -> tuple[int, int]:
        if not self._easel.software:
            return fitted(view, HARDWARE_PX)
        return fitted(view, SOFTWARE_PX, HURRIED if view.hurried else FINE if view.fine else 1.0)

    def _frames(self, width: int, height: int) -> tuple[Any, Any]:
        if self._flat is None or self._flat.size != (width, height):
            size, samples = (width, height), 0 if self._easel.software else SAMPLES
            depth = self._ctx.depth_renderbuffer(size, samples=samples)
            self._frame = self._ctx.framebuffer([self._ctx.renderbuffer(size, 4, samples=samples)], depth)
            self._flat = self._frame if not samples else self._ctx.simple_framebuffer(size)
        return self._frame, self._flat


def surface_format() -> QSurfaceFormat:
    """OpenGL 3.3 core."""
    wanted = QSurfaceFormat()
    wanted.setVersion(3, 3)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    return wanted


def _finish(context: QOpenGLContext) -> Any:
    """glFinish through ctypes, which lets other Python threads run while a software rasteriser works."""
    address: Any = context.getProcAddress(b"glFinish")
    return ctypes.CFUNCTYPE(None)(int(address))
