"""One mesh of the live tier: face shapes are summed in numpy or in the vertex shader, the shader turns the head."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import NAMES
from engines.scene.head import Mesh
from engines.scene.programs import put
from engines.scene.surface import incidence, vertex_normals

Floats = NDArray[np.float32]
WIDE = 1024
"""Width of the textures that hold the shapes for the vertex shader."""

OFFSET_UNIT, NORMAL_UNIT = 8, 9


class LiveSurface:
    """Buffers of a mesh; normals of a bent face are the sum of each shape's change, which needs no second pass."""

    def __init__(
        self, ctx: moderngl.Context, mesh: Mesh, sky: Floats, on_gpu: bool, hidden: NDArray[np.bool_] | None = None
    ) -> None:
        """hidden: which triangles (t,) need not be drawn; on_gpu: the vertex shader sums the shapes."""
        self.mesh, self._ctx, self.on_gpu = mesh, ctx, on_gpu
        corners = mesh.corner[mesh.triangles]
        around = incidence(corners, len(mesh.rest))
        self._rest = np.hstack([mesh.rest, vertex_normals(mesh.rest, corners, around)]).astype(np.float32)
        changes = self._changes(corners, around)  # (52, m, 6)
        fixed = np.hstack([mesh.uv, sky[mesh.corner], mesh.follow[mesh.corner, None]]).astype("f4")
        self._fixed = ctx.buffer(fixed.tobytes())
        self._moving = ctx.buffer(self._corner_bytes(self._rest), dynamic=True)
        hidden = np.zeros(len(mesh.triangles), bool) if hidden is None else hidden
        order = drawing_order(mesh, hidden)
        self._index = ctx.buffer(np.ascontiguousarray(mesh.triangles[order], "i4").tobytes())
        self._seen = 3 * int(np.count_nonzero(~hidden))
        self._arrays: dict[int, moderngl.VertexArray] = {}
        self._bent = False
        self._flat = changes.reshape(len(NAMES), -1)
        self._rows = -(-len(mesh.corner) // WIDE)
        self._uniforms: dict[str, object] = {}
        self._textures = self._upload(changes) if on_gpu and len(mesh.moving) else ()

    def _changes(self, corners: NDArray[np.int32], around: object) -> Floats:
        mesh = self.mesh
        out = np.zeros((len(NAMES), len(mesh.moving), 6), np.float32)
        if not len(mesh.moving):
            return out
        for k, offsets in enumerate(mesh.shapes):
            if np.any(offsets):
                normals = vertex_normals(mesh.rest + offsets, corners, around) - self._rest[:, 3:]
                out[k] = np.hstack([offsets, normals])[mesh.moving]
        return out

    def _upload(self, changes: Floats) -> tuple[moderngl.Texture, moderngl.Texture]:
        place = np.full(len(self.mesh.rest), -1)
        place[self.mesh.moving] = np.arange(len(self.mesh.moving))
        at = place[self.mesh.corner]
        grids = np.zeros((2, len(NAMES), self._rows * WIDE, 4), np.float16)
        used = np.flatnonzero(at >= 0)
        for half in range(2):
            grids[half, :, used, :3] = changes[:, at[used], half * 3 : half * 3 + 3].transpose(1, 0, 2)
        offsets, normals = (
            self._ctx.texture((WIDE, len(NAMES) * self._rows), 4, grid.tobytes(), dtype="f2") for grid in grids
        )
        return offsets, normals

    def _corner_bytes(self, values: Floats) -> bytes:
        return values[self.mesh.corner].tobytes()

    def pose(self, weights: Floats) -> None:
        """Sum the shapes on the processor, or hand the weights to the vertex shader."""
        active = np.flatnonzero(np.abs(weights) > 1e-4)
        self._uniforms = shape_uniforms(weights) if self._textures else {"active_count": 0}
        if self.on_gpu or not len(self.mesh.moving) or (not len(active) and not self._bent):
            return
        values = self._rest.copy()
        values[self.mesh.moving] += (weights[active] @ self._flat[active]).reshape(-1, 6)
        self._moving.write(self._corner_bytes(values))
        self._bent = bool(len(active))

    def draw(self, program: moderngl.Program, whole: bool = True) -> None:
        """Draw with a program whose uniforms are set; whole: the hidden triangles too."""
        if self._textures:
            for unit, texture in zip((OFFSET_UNIT, NORMAL_UNIT), self._textures, strict=True):
                texture.use(unit)
        shapes = {"shape_offsets": OFFSET_UNIT, "shape_normals": NORMAL_UNIT, "rows": self._rows}
        put(program, {**shapes, **self._uniforms})
        array = self._arrays.get(program.glo)
        if array is None:
            content = [(self._moving, "3f 3f", "position", "normal"), (self._fixed, "2f 3f 1f", *_FIXED)]
            array = self._ctx.vertex_array(program, content, self._index, skip_errors=True)
            self._arrays[program.glo] = array
        array.render(vertices=-1 if whole else self._seen)


_FIXED = ("uv", "occlusion", "follow")


def drawing_order(mesh: Mesh, last: NDArray[np.bool_]) -> NDArray[np.intp]:
    """An order of the triangles (t,): those that look forward first, as they hide others where both sides are drawn.

    Neighbours come side by side, so that a corner is shaded once for all of them; `last` (t,) come last.
    """
    a, b, c = (mesh.rest[mesh.corner[mesh.triangles[:, k]]] for k in range(3))
    backward = np.cross(b - a, c - a)[:, 2] < 0
    return np.lexsort((mesh.triangles.min(1), backward, last))


def shape_uniforms(weights: Floats) -> dict[str, object]:
    """The weights that are not zero, for the vertex shader's sum."""
    active = np.flatnonzero(np.abs(weights) > 1e-4)
    numbers, amounts = np.zeros(len(NAMES), np.int32), np.zeros(len(NAMES), np.float32)
    numbers[: len(active)], amounts[: len(active)] = active, weights[active]
    return {
        "active_count": len(active),
        "active_shape": tuple(numbers.tolist()),
        "active_weight": tuple(amounts.tolist()),
    }
