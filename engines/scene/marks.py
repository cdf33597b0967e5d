"""The landmark overlay: the 68 points of the face as dots over a picture."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import Camera
from engines.scene.programs import load_program, put

DOT_SHARE, LEAST_PX = 1 / 72, 5.0
"""Size of a dot: a share of the picture's height."""
TONE = (0.15, 1.0, 0.45, 0.95)


class Marks:
    """Draws world points as dots, in front of everything."""

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._program = load_program(ctx, "mark.vert.glsl", "mark.frag.glsl")
        self._buffer = ctx.buffer(reserve=68 * 12, dynamic=True)
        self._array = ctx.vertex_array(self._program, [(self._buffer, "3f", "position")])

    def draw(self, points: NDArray[np.float32], camera: Camera) -> None:
        """Mark (68, 3) points seen by camera."""
        self._buffer.write(np.ascontiguousarray(points, "f4").tobytes())
        size = max(camera.size[1] * DOT_SHARE, LEAST_PX)
        put(self._program, {"view_projection": camera.matrix, "tone": TONE, "size": size})
        self._ctx.enable_only(moderngl.BLEND | moderngl.PROGRAM_POINT_SIZE)
        self._ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._array.render(moderngl.POINTS)
        self._ctx.disable(moderngl.BLEND)
