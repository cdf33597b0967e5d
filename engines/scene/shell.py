"""Hair for the live tier: a few layers over the scalp, as high and as dense as the strands stand there."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from engines.scene.head import Head, Mesh, Strands
from engines.scene.surface import incidence, vertex_normals

Floats = NDArray[np.float32]
LAYERS = (0.12, 0.55, 0.85, 1.0)
"""Share of the hair's height each layer lies at."""

REACH_CM = 0.9
"""Radius within which roots count for a vertex."""


@dataclass(frozen=True, eq=False)
class Shell:
    """Layers ready to draw: rows of (position 3, direction 3, height share, density) and triangles (t, 3)."""

    vertices: Floats
    triangles: NDArray[np.int32]


def grow_shell(skin: Mesh, strands: Strands, layers: tuple[float, ...] = LAYERS) -> Shell:
    """Measure the strands over the skin and lay shells through them."""
    corners = skin.corner[skin.triangles]
    around = incidence(corners, len(skin.rest))
    normals = vertex_normals(skin.rest, corners, around)
    density = _density(skin.rest, strands.points[:, 0])
    height, along = _lie(skin.rest, normals, density, strands.points[::4])
    link = around @ around.T
    height, along = _smooth(link, height[:, None], 4)[:, 0], _smooth(link, along, 2)
    kept = corners[(density[corners] > 0.02).all(1)]
    rows = [
        np.hstack(
            [skin.rest + normals * (height * layer)[:, None], along, np.full((len(height), 1), layer), density[:, None]]
        )
        for layer in layers
    ]
    triangles = [kept + len(height) * i for i in range(len(layers))]
    return Shell(np.concatenate(rows).astype(np.float32), np.concatenate(triangles).astype(np.int32))


def _density(points: Floats, roots: Floats) -> Floats:
    """Roots near each vertex (v,), 1 where hair is full."""
    near = cKDTree(roots).query_ball_point(points, REACH_CM, return_length=True)
    full = np.percentile(near[near > 0], 60) if np.any(near > 0) else 1.0
    return np.clip(near / full, 0, 1).astype(np.float32)


def _lie(points: Floats, normals: Floats, density: Floats, hairs: Floats) -> tuple[Floats, Floats]:
    """How high hair stands over each vertex (v,) and which way it lies (v, 3)."""
    scalp = np.flatnonzero(density > 0.02)
    tree = cKDTree(points[scalp])
    flat = hairs.reshape(-1, 3)
    nearest = scalp[tree.query(flat)[1]]
    above = np.einsum("ij,ij->i", flat - points[nearest], normals[nearest])
    along = np.gradient(hairs, axis=1).reshape(-1, 3)
    count = np.bincount(nearest, minlength=len(points)) + 1e-6
    mean = np.bincount(nearest, above, len(points)) / count
    square = np.bincount(nearest, above**2, len(points)) / count
    height = mean + 1.2 * np.sqrt(np.maximum(square - mean**2, 0))
    way = np.stack([np.bincount(nearest, along[:, k], len(points)) for k in range(3)], 1)
    return height.astype(np.float32), (way / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-6)).astype(np.float32)


def _smooth(link: object, values: Floats, times: int) -> Floats:
    """Mean over the neighbours, repeated."""
    total = np.asarray(link.sum(1))  # type: ignore[attr-defined]
    for _ in range(times):
        values = np.asarray(link @ values) / np.maximum(total, 1e-6)  # type: ignore[operator]
    return values.astype(np.float32)


class ShellSurface:
    """The shell on the GPU."""

    def __init__(self, ctx: moderngl.Context, head: Head, program: moderngl.Program) -> None:
        shell = grow_shell(head.meshes["skin"], head.strands["hair"])
        data, index = ctx.buffer(shell.vertices.tobytes()), ctx.buffer(shell.triangles.tobytes())
        content = [(data, "3f 3f 2f", "position", "direction", "place")]
        self._array = ctx.vertex_array(program, content, index, skip_errors=True)
        streaks = np.random.default_rng(4).random((64, 64, 1))
        streaks = (streaks + np.roll(streaks, 1, 0) + np.roll(streaks, 2, 0)) / 3 * 255
        self._streaks = ctx.texture((64, 64), 1, streaks.astype(np.uint8).tobytes())
        self._streaks.build_mipmaps()

    def draw(self) -> None:
        """Draw; the program's uniforms are set already."""
        self._streaks.use(2)
        self._array.render()
