"""What is drawn of the avatar and how, in any OpenGL context: one face, or two models side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.bridge.faces import REST, Pose

if TYPE_CHECKING:
    import moderngl

    from engines.scene import Camera
    from engines.scene.face import FaceRenderer

BACKGROUND = (0.083, 0.095, 0.118)
GAP = 2
"""Pixels between two faces side by side."""
FEWEST_PX = 16


@dataclass(frozen=True, eq=False)
class View:
    """What to draw: one pose, or two beside one another, seen from where, how large (pixels).

    fine: it stands still, so it may take longer and be smoother; hurried: a clip is being rendered, so it is cheap;
    character: folder of an imported one, None for the studio's own; mapped: how often it was mapped anew; trial: a
    mapping to try on it; asked_s: when it was asked for, perf_counter.
    """

    poses: tuple[Pose, ...] = (REST,)
    yaw: float = 0.0
    pitch: float = 0.0
    zoom: float = 1.0
    width: int = 400
    height: int = 400
    light: str = "studio"
    wireframe: bool = False
    landmarks: bool = False
    character: Path | None = None
    mapped: int = 0
    trial: Mapping[str, tuple[str, ...]] | None = None
    fine: bool = False
    hurried: bool = False
    asked_s: float = 0.0


class Easel:
    """The renderers of one context. Create and use it with the context current."""

    def __init__(self) -> None:
        import moderngl

        from engines.scene import Camera
        from engines.scene.context import is_software

        self.ctx: moderngl.Context = moderngl.create_context(require=330)
        self.name, self.software = str(self.ctx.info["GL_RENDERER"]), is_software(self.ctx)
        self._faces: dict[tuple[Path | None, int], FaceRenderer] = {}
        self._camera: Camera = Camera.portrait(512)

    def paint(self, view: View, frame: Any, width: int, height: int) -> None:
        """Fill a framebuffer of that size. Raises EngineError for a character that cannot be read."""
        face = self._face(view)
        frame.viewport = (0, 0, width, height)
        frame.use()
        frame.clear(*BACKGROUND, 1.0)
        room = width // len(view.poses)
        for i, pose in enumerate(view.poses):
            frame.viewport = (i * room + (GAP if i else 0), 0, max(room - (GAP if i else 0), 1), height)
            face.draw(
                pose.weights,
                pose.rotation,
                self._seen(view, max(room, 1), height),
                light=view.light,
                target=frame,
                wireframe=view.wireframe,
                landmarks=view.landmarks,
            )
        frame.viewport = (0, 0, width, height)

    def release(self) -> None:
        """Free what the context holds; the context is still current."""
        self._faces.clear()
        self.ctx.gc_mode = "context_gc"
        self.ctx.gc()

    def _face(self, view: View) -> FaceRenderer:
        """The renderer of a character; only the one in sight is kept."""
        key = (view.character, view.mapped)
        if key not in self._faces:
            from engines.scene.face import open_face

            self._faces.clear()
            self._faces[key] = open_face(self.ctx, view.character)
        if view.trial is not None:
            self._faces[key].remap(view.trial)
        return self._faces[key]

    def _seen(self, view: View, width: int, height: int) -> Camera:
        camera = replace(self._camera, width=width, height=height)
        if width < height:  # a narrow panel keeps both ears in sight
            camera = replace(camera, fov_deg=min(camera.fov_deg * height / width, 60.0))
        return camera.orbit(view.yaw, view.pitch, view.zoom)


def fitted(view: View, limit: int, scale: float = 1.0) -> tuple[int, int]:
    """The size to draw at: all faces together cover at most a square of that side, which is what a picture costs."""
    side = min(view.width / len(view.poses), view.height)
    least = min(limit / (max(side, 1.0) * len(view.poses) ** 0.5), 1.0) * scale
    return max(round(view.width * least), FEWEST_PX), max(round(view.height * least), FEWEST_PX)
