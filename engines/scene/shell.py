"""The mass of hair for the live tier: a few layers over the scalp, as high and as dense as the strands stand there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from engines.scene.head import Mesh, Strands
from engines.scene.surface import incidence, vertex_normals

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
LAYERS = (0.12, 0.55, 0.85, 1.0)
"""Share of the hair's height each layer lies at."""

REACH_CM = 0.9
"""Radius within which roots count for a vertex."""

SCALP, SPARSE, FULL = 0.02, 0.28, 0.78
"""Densities: where there are roots at all; below it the streaks leave nothing; from it on the outermost layer hides all
below it (live_shell.frag)."""


@dataclass(frozen=True, eq=False)
class Shell:
    """Layers ready to draw: rows of (position 3, direction 3, height share, density).

    triangles: (t, 3) of all layers where hair thins out; roof: (r, 3) of the outermost layer where hair is full;
    hidden: (s,) which triangles of the skin nobody sees below the roof.
    """

    vertices: Floats
    triangles: Ints
    roof: Ints
    hidden: NDArray[np.bool_]


def grow_shell(skin: Mesh, strands: Strands, layers: tuple[float, ...] = LAYERS) -> Shell:
    """Measure the strands over the skin and lay shells through them."""
    corners = skin.corner[skin.triangles]
    around = incidence(corners, len(skin.rest))
    normals = vertex_normals(skin.rest, corners, around)
    density = _density(skin.rest, strands.points[:, 0])
    height, along = _lie(skin.rest, normals, density, strands.points[::4])
    link = around @ around.T
    height, along = _smooth(link, height[:, None], 4)[:, 0], _smooth(link, along, 2)
    rows = [
        np.hstack(
            [skin.rest + normals * (height * layer)[:, None], along, np.full((len(height), 1), layer), density[:, None]]
        )
        for layer in layers
    ]
    top, full = len(height) * (len(layers) - 1), density >= FULL
    kept, roof = (density > SCALP)[corners].all(1) & (density > SPARSE)[corners].any(1), full[corners].all(1)
    inner = _shrunk(link, full)  # below the rim of the roof one sees aslant: the next layer reaches a little under it
    below, hidden = kept & ~inner[corners].all(1), _shrunk(link, inner)[corners].all(1)
    used = [kept & ~roof] * (len(layers) - 2) + [below, kept & ~roof]
    layered = np.concatenate([corners[chosen] + len(height) * i for i, chosen in enumerate(used)])
    outer = corners[roof] + top
    return Shell(np.concatenate(rows).astype(np.float32), _side_by_side(layered), _side_by_side(outer), hidden)


def _side_by_side(triangles: Ints) -> Ints:
    """The triangles in the order of their corners, layer by layer: a corner is shaded once for its neighbours."""
    return triangles[np.argsort(triangles.min(1), kind="stable")]


def _shrunk(link: object, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The vertices (v,) all of whose neighbours are chosen too."""
    return np.asarray(link @ (~chosen).astype(np.float32)) == 0  # type: ignore[operator]


def _density(points: Floats, roots: Floats) -> Floats:
    """Roots near each vertex (v,), 1 where hair is full."""
    near = cKDTree(roots).query_ball_point(points, REACH_CM, return_length=True)
    full = np.percentile(near[near > 0], 60) if np.any(near > 0) else 1.0
    return np.clip(near / full, 0, 1).astype(np.float32)


def _lie(points: Floats, normals: Floats, density: Floats, hairs: Floats) -> tuple[Floats, Floats]:
    """How high hair stands over each vertex (v,) and which way it lies (v, 3)."""
    scalp = np.flatnonzero(density > SCALP)
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
