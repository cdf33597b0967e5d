"""Strands on the GPU as lines: static where they only follow the head, posed anew where they ride the skin."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.head import Head, Strands

Floats = NDArray[np.float32]


class Fibres:
    """The hairs of one kind, with buffers; rigid ones are turned by the vertex shader."""

    def __init__(self, ctx: moderngl.Context, strands: Strands, seed: int = 1, part: float = 1.0) -> None:
        """part: share of the hairs to draw, chosen evenly."""
        self.strands = strands
        self._ctx = ctx
        count, steps = strands.points.shape[:2]
        self._chosen = np.linspace(0, count - 1, max(int(count * part), 1)).astype(int)
        spread = _locks(strands.points[:, 0], seed)[self._chosen]
        place = np.stack(np.broadcast_arrays(np.linspace(0, 1, steps)[None], spread[:, None]), -1)
        self._place = place.astype("f4")  # (s, k, 2)
        first = np.arange(len(self._chosen))[:, None] * steps + np.arange(steps - 1)
        self._index = ctx.buffer(np.stack([first, first + 1], -1).astype("i4").tobytes())
        self._buffer = ctx.buffer(self._pack(strands.points), dynamic=not strands.rigid)
        self._arrays: dict[int, moderngl.VertexArray] = {}

    def _pack(self, points: Floats) -> bytes:
        points = points[self._chosen]
        along = np.gradient(points, axis=1)
        along /= np.linalg.norm(along, axis=2, keepdims=True) + 1e-9
        return np.concatenate([points, along, self._place], 2).astype("f4").tobytes()

    def pose(self, head: Head, weights: Floats, rotation: Floats) -> NDArray[np.float64]:
        """Upload what moves; returns the rigid motion (4, 4) the vertex shader must apply."""
        if self.strands.rigid:
            return rigid_motion(head, rotation)
        self._buffer.write(self._pack(head.pose_strands(self.strands, weights, rotation)))
        return np.eye(4)

    def draw(self, program: moderngl.Program) -> None:
        """Draw as lines with a program whose uniforms are set."""
        array = self._arrays.get(program.glo)
        if array is None:
            content = [(self._buffer, "3f 3f 2f", "position", "direction", "place")]
            array = self._ctx.vertex_array(program, content, self._index, skip_errors=True)
            self._arrays[program.glo] = array
        array.render(moderngl.LINES)


def _locks(roots: Floats, seed: int, cell_cm: float = 0.4) -> Floats:
    """A number in 0..1 for each hair (s,): half its own, half shared with its neighbours, so that locks show."""
    rng = np.random.default_rng(seed)
    cell = np.floor((roots - roots.min(0)) / cell_cm).astype(np.int64)
    _, lock = np.unique(cell @ np.array([1, 1000, 1000000]), return_inverse=True)
    return (0.5 * rng.random(lock.max() + 1)[lock] + 0.5 * rng.random(len(roots))).astype(np.float32)


def rigid_motion(head: Head, rotation: Floats) -> NDArray[np.float64]:
    """The head's motion (4, 4), rows first: rotation about its pivot."""
    out = np.eye(4)
    axes = head.turn(head.pivot + np.eye(3, dtype=np.float32), 1.0, rotation) - head.turn(head.pivot, 1.0, rotation)
    out[:3, :3] = np.asarray(axes, float).T
    out[:3, 3] = np.asarray(head.pivot, float) - out[:3, :3] @ np.asarray(head.pivot, float)
    return out
