"""How one mesh lives on the GPU: static attributes once, posed positions and normals for every picture."""

from __future__ import annotations

import moderngl
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from engines.scene.head import Head, Mesh

Floats = NDArray[np.float32]


class Surface:
    """A mesh of the head with buffers for the film tier, drawn with any program that takes its attributes."""

    def __init__(self, ctx: moderngl.Context, mesh: Mesh, sky: Floats) -> None:
        """sky: (v, 3) open sky with the mouth shut and open, and how far inside the mouth a vertex lies."""
        self.mesh = mesh
        self._ctx = ctx
        self._corners = mesh.corner[mesh.triangles]  # (t, 3) vertices
        self._around = incidence(self._corners, len(mesh.rest))
        fixed = np.hstack([mesh.uv, sky[mesh.corner]]).astype("f4")
        self._fixed = ctx.buffer(fixed.tobytes())
        self._moving = ctx.buffer(reserve=len(mesh.corner) * 24, dynamic=True)
        self._index = ctx.buffer(np.ascontiguousarray(mesh.triangles, "i4").tobytes())
        self._arrays: dict[int, moderngl.VertexArray] = {}

    def pose(self, head: Head, weights: Floats, rotation: Floats) -> None:
        """Bend, turn and upload the mesh."""
        points = head.pose(self.mesh, weights, rotation)
        both = np.hstack([points, vertex_normals(points, self._corners, self._around)])
        self._moving.write(np.ascontiguousarray(both[self.mesh.corner], "f4").tobytes())

    def draw(self, program: moderngl.Program) -> None:
        """Draw with a program; its textures and uniforms are set already."""
        array = self._arrays.get(program.glo)
        if array is None:
            content = [(self._moving, "3f 3f", "position", "normal"), (self._fixed, "2f 3f", "uv", "occlusion")]
            array = self._ctx.vertex_array(program, content, self._index, skip_errors=True)
            self._arrays[program.glo] = array
        array.render()

    def release(self) -> None:
        """Free the buffers."""
        for item in (*self._arrays.values(), self._fixed, self._moving, self._index):
            item.release()


def incidence(corners: NDArray[np.int32], vertices: int) -> sp.csr_matrix:
    """Sum over the triangles around each vertex, as a sparse matrix (v, t)."""
    count = len(corners)
    rows, columns = corners.T.ravel(), np.tile(np.arange(count), 3)
    return sp.csr_matrix((np.ones(count * 3, np.float32), (rows, columns)), (vertices, count))


def vertex_normals(points: Floats, corners: NDArray[np.int32], around: sp.csr_matrix) -> Floats:
    """Unit normals (v, 3), the mean of the faces around weighted by area."""
    a, b, c = points[corners[:, 0]], points[corners[:, 1]], points[corners[:, 2]]
    normals = around @ np.cross(b - a, c - a)
    return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12), np.float32)
