"""The thread that draws the head in a GL context without a window, so that a slow rasteriser never holds the window.

On a processor-only machine a picture takes longer than a screen refresh; drawn in the GUI thread it would stall typing.
"""

from __future__ import annotations

import ctypes
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QThread, Signal
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QSurfaceFormat

from engines.api.events import EngineError
from studio.bridge.faces import Pose

if TYPE_CHECKING:
    import moderngl

    from engines.scene import Camera, LiveRenderer
    from engines.scene.head import Head

BACKGROUND = (0.083, 0.095, 0.118)
SOFTWARE_PX, HARDWARE_PX = 448, 1280
"""Longest side of a picture: on a software rasteriser, on a graphics processor."""
SAMPLES = 4
HURRIED = 0.8
FINE = 2.0
"""A still picture is drawn this much larger on a software rasteriser and scaled down: coarse before fine."""


@dataclass(frozen=True, eq=False)
class View:
    """What to draw: a face, seen from where, how large (pixels).

    fine: it stands still, so it may take longer and be smoother; hurried: a clip is being rendered, so it is cheap.
    """

    pose: Pose
    yaw: float = 0.0
    pitch: float = 0.0
    zoom: float = 1.0
    width: int = 400
    height: int = 400
    fine: bool = False
    hurried: bool = False


class DrawingThread(QThread):
    """Draws the newest view it was asked for and hands out the picture; older requests are dropped."""

    drawn = Signal(QImage, float)
    """(picture, seconds it took)"""
    failed = Signal(str, str)
    begun = Signal(str)
    """The name of the rasteriser, once it draws."""

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
        easel = Easel(context)
        self.software = easel.software
        self.begun.emit(easel.name)
        while (view := self._next()) is not None:
            begun = time.perf_counter()
            picture = easel.draw(view)
            self.drawn.emit(picture, time.perf_counter() - begun)
        easel.release()

    def _next(self) -> View | None:
        with self._change:
            self._change.wait_for(lambda: self._wanted is not None or self._closing)
            view, self._wanted = self._wanted, None
            return None if self._closing else view


class Easel:
    """The renderer, the framebuffers it draws in, and the way back to a picture."""

    def __init__(self, qt: QOpenGLContext) -> None:
        import moderngl

        from engines.scene import Camera, LiveRenderer
        from engines.scene.context import is_software
        from engines.scene.head import load_head

        self.ctx: moderngl.Context = moderngl.create_context(require=330)
        self.name, self.software = str(self.ctx.info["GL_RENDERER"]), is_software(self.ctx)
        self.head: Head = load_head(level=0)
        self.renderer: LiveRenderer = LiveRenderer(self.ctx, self.head)
        self._camera: Camera = Camera.portrait(512, self.head)
        self._finish = _finish(qt)
        self._frame: moderngl.Framebuffer | None = None
        self._flat: moderngl.Framebuffer | None = None

    def draw(self, view: View) -> QImage:
        """One picture."""
        width, height = self._fitted(view)
        frame, flat = self._frames(width, height)
        frame.clear(*BACKGROUND, 1.0)
        self.renderer.draw(view.pose.weights, view.pose.rotation, self._seen(view, width, height), target=frame)
        if frame is not flat:
            self.ctx.copy_framebuffer(flat, frame)
        self._finish()
        pixels = flat.read(components=3, alignment=4)
        stride = (width * 3 + 3) // 4 * 4
        picture = QImage(pixels, width, height, stride, QImage.Format.Format_RGB888).flipped()
        if self.software and view.fine and not view.hurried:
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(view.width, view.height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        return picture

    def release(self) -> None:
        """Free what the context holds."""
        self.ctx.gc_mode = "context_gc"
        self._frame = self._flat = None
        self.ctx.gc()

    def _fitted(self, view: View) -> tuple[int, int]:
        limit = SOFTWARE_PX if self.software else HARDWARE_PX
        scale = min(limit / max(view.width, view.height), 1.0)
        if self.software and (view.fine or view.hurried):
            scale *= HURRIED if view.hurried else FINE
        return max(round(view.width * scale), 16), max(round(view.height * scale), 16)

    def _seen(self, view: View, width: int, height: int) -> Camera:
        from dataclasses import replace

        camera = replace(self._camera, width=width, height=height)
        if width < height:  # a narrow panel keeps both ears in sight
            camera = replace(camera, fov_deg=min(camera.fov_deg * height / width, 60.0))
        return camera.orbit(view.yaw, view.pitch, view.zoom)

    def _frames(self, width: int, height: int) -> tuple[Any, Any]:
        if self._flat is None or self._flat.size != (width, height):
            size, samples = (width, height), 0 if self.software else SAMPLES
            depth = self.ctx.depth_renderbuffer(size, samples=samples)
            self._frame = self.ctx.framebuffer([self.ctx.renderbuffer(size, 4, samples=samples)], depth)
            self._flat = self._frame if not samples else self.ctx.simple_framebuffer(size)
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
