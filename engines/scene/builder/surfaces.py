"""Knows a mesh as a surface to work on: its area, normals, nearest points and smooth values over its vertices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from engines.scene.builder.sources import Doubles, Ints
from engines.scene.head import Mesh


def fade(low: float, high: float, value: Doubles) -> Doubles:
    """Rise smoothly from 0 at low to 1 at high."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def unit(vectors: Doubles) -> Doubles:
    """Scale vectors (..., 3) to length 1."""
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12))


@dataclass(frozen=True, eq=False)
class Surface:
    """A mesh at rest, with what the builder asks of it."""

    mesh: Mesh

    @cached_property
    def points(self) -> Doubles:
        """(v, 3) cm."""
        return self.mesh.rest.astype(float)

    @cached_property
    def faces(self) -> Ints:
        """(t, 3) vertices of each triangle."""
        return self.mesh.corner[self.mesh.triangles]

    @cached_property
    def normals(self) -> Doubles:
        """(v, 3) unit normals."""
        return vertex_normals(self.points, self.faces)

    @cached_property
    def tree(self) -> cKDTree:
        """Finds the nearest vertex."""
        return cKDTree(self.points)

    @cached_property
    def uv(self) -> Doubles:
        """(v, 2) one texture coordinate of each vertex."""
        uv = np.zeros((len(self.points), 2))
        uv[self.mesh.corner] = self.mesh.uv
        return uv

    def scatter(self, count: int, random: np.random.Generator, weight: Doubles | None = None) -> tuple[Ints, Doubles]:
        """Draw points evenly by area (times a vertex weight): triangle (n,) and shares (n, 3)."""
        a, b, c = (self.points[self.faces[:, i]] for i in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        if weight is not None:
            area = area * weight[self.faces].mean(1)
        chosen = random.choice(len(area), count, p=area / area.sum())
        root, share = np.sqrt(random.random(count)), random.random(count)
        return chosen.astype(np.int32), np.stack([1 - root, root * (1 - share), root * share], 1)

    def at(self, values: Doubles, face: Ints, share: Doubles) -> Doubles:
        """Interpolate vertex values at points given as by `scatter`."""
        return np.einsum("ni,ni...->n...", share, values[self.faces[face]])

    def smooth(self, values: Doubles, rounds: int) -> Doubles:
        """Even out vertex values over neighbours."""
        links = np.concatenate([self.faces[:, [0, 1]], self.faces[:, [1, 2]], self.faces[:, [2, 0]]])
        size = (len(values), len(values))
        near = sp.csr_matrix((np.ones(len(links)), (links[:, 0], links[:, 1])), size)
        near = near + near.T
        mean = sp.diags(1 / np.maximum(np.asarray(near.sum(1)).ravel(), 1)) @ near
        for _ in range(rounds):
            values = 0.5 * values + 0.5 * (mean @ values)
        return values


def vertex_normals(points: Doubles, faces: Ints) -> Doubles:
    """Area-weighted unit normals (v, 3)."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    total = np.zeros_like(points)
    across = np.cross(b - a, c - a)
    for i in range(3):
        np.add.at(total, faces[:, i], across)
    return unit(total)
