"""Strands on the GPU as lines: static where they only follow the head, bent anew where they ride the skin."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.head import Head, Strands, rotation_matrix

Floats = NDArray[np.float32]
BEHIND = -0.5
"""Hairs whose roots look further backwards (cosine) are hidden from a camera before the face."""


class Fibres:
    """The hairs of one kind, with buffers; the vertex shader turns them with the head."""

    def __init__(
        self, ctx: moderngl.Context, strands: Strands, middle: Floats, part: float = 1.0, points: int = 99
    ) -> None:
        """middle: centre of the head at rest; part: share of the hairs to draw, chosen evenly; points: most
        points a hair, for llvmpipe takes its time over every line.

        Hairs behind the head come first, so that they can be left out where the camera is before the face.
        """
        self._ctx = ctx
        count, steps = len(strands.points), min(points, strands.points.shape[1])
        chosen = np.linspace(0, count - 1, max(int(count * part), 1)).astype(int)
        outward = strands.points[chosen, 0] - middle
        front = outward[:, 2] / (np.linalg.norm(outward, axis=1) + 1e-9)
        chosen = np.concatenate([chosen[front < BEHIND], chosen[front >= BEHIND]])
        self._hidden = int((front < BEHIND).sum()) * (steps - 1) * 2
        spread = _locks(strands.points[:, 0])[chosen]
        held = {
            key: getattr(strands, key)[chosen]
            for key in (("points",) if strands.rigid else ("points", "triple", "weights"))
        }
        joints = np.linspace(0, held["points"].shape[1] - 1, steps).round().astype(int)
        held["points"] = np.ascontiguousarray(held["points"][:, joints])
        self.strands = strands = replace(strands, **held)
        place = np.stack(np.broadcast_arrays(np.linspace(0, 1, steps)[None], spread[:, None]), -1)
        self._rows = np.concatenate([np.zeros((len(chosen), steps, 6)), place], 2).astype("f4")  # (s, k, 8)
        first = np.arange(len(chosen))[:, None] * steps + np.arange(steps - 1)
        self._index = ctx.buffer(np.stack([first, first + 1], -1).astype("i4").tobytes())
        self._buffer = ctx.buffer(self._pack(strands.points), dynamic=not strands.rigid)
        self._bent = False
        self._arrays: dict[int, moderngl.VertexArray] = {}

    def _pack(self, points: Floats) -> bytes:
        along = np.gradient(points, axis=1)
        along /= np.sqrt(np.einsum("ski,ski->sk", along, along))[..., None] + 1e-9
        self._rows[..., :3], self._rows[..., 3:6] = points, along
        return self._rows.tobytes()

    def pose(self, head: Head, weights: Floats, rotation: Floats) -> NDArray[np.float64]:
        """Upload what moves; returns the rigid motion (4, 4) the vertex shader must apply."""
        bent = not self.strands.rigid and bool(np.any(weights))
        if bent or self._bent:
            self._buffer.write(self._pack(head.ride_strands(self.strands, weights)))
        self._bent = bent
        return rigid_motion(head, rotation)

    def draw(self, program: moderngl.Program, from_front: bool = False) -> None:
        """Draw as lines with a program whose uniforms are set; from_front: leave out what the head hides."""
        array = self._arrays.get(program.glo)
        if array is None:
            content = [(self._buffer, "3f 3f 2f", "position", "direction", "place")]
            array = self._ctx.vertex_array(program, content, self._index, skip_errors=True)
            self._arrays[program.glo] = array
        first = self._hidden if from_front else 0
        array.render(moderngl.LINES, vertices=self._index.size // 4 - first, first=first)  # else it reads past the end


def _locks(roots: Floats, cell_cm: float = 0.4, seed: int = 1) -> Floats:
    """A number in 0..1 for each hair (s,): half its own, half shared with its neighbours, so that locks show."""
    rng = np.random.default_rng(seed)
    cell = np.floor((roots - roots.min(0)) / cell_cm).astype(np.int64)
    _, lock = np.unique(cell @ np.array([1, 1000, 1000000]), return_inverse=True)
    return (0.5 * rng.random(lock.max() + 1)[lock] + 0.5 * rng.random(len(roots))).astype(np.float32)


def rigid_motion(head: Head, rotation: Floats) -> NDArray[np.float64]:
    """The head's motion (4, 4), rows first: rotation about its pivot."""
    return _rigid_motion(head, *(float(angle) for angle in rotation))


@lru_cache(maxsize=8)
def _rigid_motion(head: Head, x: float, y: float, z: float) -> NDArray[np.float64]:
    """Asked for by every surface of a picture."""
    out = np.eye(4)
    out[:3, :3] = rotation_matrix(np.float32([x, y, z]))
    out[:3, 3] = head.pivot - out[:3, :3] @ head.pivot
    out.flags.writeable = False
    return out
