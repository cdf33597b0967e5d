"""Drawing of the presenter's head on any moderngl context, in a window or without one: a live tier and a film tier."""

from engines.scene.camera import Camera, face_box
from engines.scene.context import headless_context
from engines.scene.film import FilmRenderer
from engines.scene.live import LiveRenderer

__all__ = ["Camera", "FilmRenderer", "LiveRenderer", "face_box", "headless_context"]
