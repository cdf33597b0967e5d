"""Knows how a quad cage becomes a smooth surface: one Catmull-Clark level as a sparse matrix over vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Refinement:
    """One level of subdivision.

    operator: (new, old) sparse weights, the old vertices first; quads: (4q, 4) corners of the finer cage.
    """

    operator: sp.csr_matrix
    quads: Ints


@dataclass(frozen=True, eq=False)
class _Edges:
    ends: Ints  # (e, 2) vertices of each edge
    of_quad: Ints  # (q, 4) edge from corner i to corner i + 1
    shared: NDArray[np.bool_]  # (e,) true inside the surface


def find_edges(quads: Ints) -> _Edges:
    """List each edge of a cage once."""
    pairs = np.sort(np.concatenate([quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1).astype(np.int64)
    size = int(quads.max()) + 1
    keys, inverse, count = np.unique(pairs[:, 0] * size + pairs[:, 1], return_inverse=True, return_counts=True)
    ends = np.stack([keys // size, keys % size], 1).astype(np.int32)
    return _Edges(ends, inverse.reshape(4, len(quads)).T.astype(np.int32), count == 2)


def _incidence(rows: NDArray[np.int64], columns: Ints, shape: tuple[int, int], value: float = 1.0) -> sp.csr_matrix:
    return sp.csr_matrix((np.full(len(rows), value), (rows, columns)), shape)


def _split(quads: Ints, edges: _Edges, vertices: int) -> Ints:
    middle = vertices + edges.of_quad
    centre = vertices + len(edges.ends) + np.arange(len(quads), dtype=np.int32)
    parts = [np.stack([quads[:, i], middle[:, i], centre, middle[:, (i + 3) % 4]], 1) for i in range(4)]
    return np.concatenate(parts).astype(np.int32)


def _corner_rule(quads: Ints, edges: _Edges, n: int, face: sp.csr_matrix, middle: sp.csr_matrix) -> sp.csr_matrix:
    q, e = len(quads), len(edges.ends)
    of_face = _incidence(quads.ravel(), np.repeat(np.arange(q), 4), (n, q))
    of_edge = _incidence(edges.ends.ravel(), np.repeat(np.arange(e), 2), (n, e))
    valence = np.maximum(np.bincount(quads.ravel(), minlength=n), 1).astype(float)
    degree = np.maximum(np.asarray(of_edge.sum(1)).ravel(), 1)
    inner = (
        sp.diags(1 / valence**2) @ (of_face @ face)
        + sp.diags(2 / (degree * valence)) @ (of_edge @ middle)
        + sp.diags((valence - 3) / valence)
    )
    rim_edges = ~edges.shared
    rim = np.zeros(n, bool)
    rim[edges.ends[rim_edges].ravel()] = True
    rim_middle = of_edge[:, rim_edges] @ middle[rim_edges]
    rim_degree = np.maximum(np.asarray(of_edge[:, rim_edges].sum(1)).ravel(), 1)
    outer = 0.5 * sp.identity(n) + sp.diags(0.5 / rim_degree) @ rim_middle
    return (sp.diags((~rim).astype(float)) @ inner + sp.diags(rim.astype(float)) @ outer).tocsr()


def refine(quads: Ints, vertices: int) -> Refinement:
    """Smooth a cage by one level, with sharp open rims.

    Source: Catmull and Clark 1978, "Recursively generated B-spline surfaces on arbitrary topological meshes".
    """
    edges = find_edges(quads)
    q, e = len(quads), len(edges.ends)
    face = _incidence(np.repeat(np.arange(q), 4), quads.ravel(), (q, vertices), 0.25)
    middle = _incidence(np.repeat(np.arange(e), 2), edges.ends.ravel(), (e, vertices), 0.5)
    beside = _incidence(edges.of_quad.ravel(), np.repeat(np.arange(q), 4), (e, q), 0.25)
    own = sp.diags(np.where(edges.shared, 0.5, 1.0)) @ middle
    edge = own + sp.diags(edges.shared.astype(float)) @ (beside @ face)
    corner = _corner_rule(quads, edges, vertices, face, middle)
    operator = sp.vstack([corner, edge, face]).tocsr().astype(np.float32)
    return Refinement(operator, _split(quads, edges, vertices))


def refine_uv(uv_quads: Ints, uv: NDArray[np.float32]) -> tuple[NDArray[np.float32], Ints]:
    """Split texture coordinates the way `refine` splits faces: linearly. Returns ((c, 2), (4q, 4))."""
    edges = find_edges(uv_quads)
    points = np.concatenate([uv, uv[edges.ends].mean(1), uv[uv_quads].mean(1)]).astype(np.float32)
    return points, _split(uv_quads, edges, len(uv))
