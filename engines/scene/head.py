"""Knows the presenter's head: its file, its meshes and strands, and where they are for any weights and rotation.

Textures (first row at v = 1): skin_albedo (sRGB); skin_normal (tangent space: r along u, g along v, 0.5 flat; b height,
0.5 even); skin_surface (r roughness, g open pores and oil, b lips); suit_albedo, teeth_albedo, tongue_albedo (sRGB).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.scene.subdivision import refine, refine_uv

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Arrays = dict[str, NDArray[Any]]

FILE = "head.safetensors"
FORMAT = "anchor-head"
VERSION = 1
DEFAULT = Path(__file__).resolve().parents[2] / "assets" / "avatars" / "default"
GAZE_YAW, GAZE_PITCH = 0.45, 0.38
"""Radians an eye turns at weight 1 of its eyeLook shapes."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """A surface that follows the face, in centimetres (y up, z to the viewer, x to the presenter's left).

    rest: (v, 3); shapes: (52, v, 3) offsets in arkit.NAMES order; follow: (v,) 0 = torso, 1 = head;
    corner: (c,) vertex of each GL vertex; uv: (c, 2), v up; triangles: (t, 3) into corners, counter-clockwise outside;
    moving: (m,) vertices that any shape moves; occlusion: (v, 2) open sky seen with the mouth closed and wide open.
    """

    name: str
    rest: Floats
    shapes: Floats
    follow: Floats
    corner: Ints
    uv: Floats
    triangles: Ints
    moving: Ints
    occlusion: Floats


@dataclass(frozen=True, eq=False)
class Strands:
    """Hairs of equal length in points. points: (s, k, 3) cm from root to tip; width: cm at the root.

    triple, weights: (s, 3) skin vertices and shares that hold each root, (0, 3) where hairs are rigid: they only follow
    the head.
    """

    name: str
    points: Floats
    triple: Ints
    weights: Floats
    width: float
    rigid: bool


@dataclass(frozen=True, eq=False)
class Head:
    """A presenter ready to be posed. eye_centres: (2, 3), the presenter's left eye first; textures: name to file."""

    title: str
    meshes: dict[str, Mesh]
    strands: dict[str, Strands]
    landmark_vertices: Ints
    landmark_shift: Floats
    eye_centres: Floats
    eye_radius: float
    pivot: Floats
    textures: dict[str, Path]

    def rest_face(self, mesh: Mesh, weights: Floats) -> Floats:
        """Bend a mesh by (52,) face weights, head still: (v, 3)."""
        points = mesh.rest.copy()
        active = np.flatnonzero(np.abs(weights) > 1e-5)
        if len(active) and len(mesh.moving):
            offsets = np.tensordot(np.asarray(weights, np.float32)[active], mesh.shapes[active][:, mesh.moving], 1)
            points[mesh.moving] += offsets
        return points

    def turn(self, points: Floats, follow: Floats | float, rotation: Floats) -> Floats:
        """Rotate points (..., 3) with the head, each as far as it follows it."""
        if not np.any(rotation):
            return points
        moved = (points - self.pivot) @ rotation_matrix(rotation).T + self.pivot
        share = np.asarray(follow, np.float32)[..., None]
        return (points + share * (moved - points)).astype(np.float32)

    def pose(self, mesh: Mesh, weights: Floats, rotation: Floats) -> Floats:
        """Place a mesh for (52,) weights and (3,) pitch, yaw, roll in radians: (v, 3)."""
        return self.turn(self.rest_face(mesh, weights), mesh.follow, rotation)

    def pose_strands(self, strands: Strands, weights: Floats, rotation: Floats) -> Floats:
        """Place hairs: (s, k, 3). Hairs that are not rigid move and turn with the skin under their roots."""
        points = strands.points
        if not strands.rigid and np.any(weights):
            points = self.ride_strands(strands, weights)
        return self.turn(points, 1.0, rotation)

    def ride_strands(self, strands: Strands, weights: Floats) -> Floats:
        """Place hairs that are not rigid by the skin under their roots, head still: (s, k, 3)."""
        roots = _roots(self, strands)
        corners = (roots.rest + np.tensordot(np.asarray(weights, np.float32), roots.shapes, 1))[roots.faces]
        target = np.einsum("si,sij->sj", strands.weights, corners[roots.face])
        turn = _frames(corners).transpose(0, 2, 1)[roots.face]
        return np.asarray(roots.arms @ turn + target[:, None], np.float32)

    def landmarks(self, weights: Floats, rotation: Floats) -> Floats:
        """Return the 68 dlib points in the world: (68, 3); [48:68] is the mouth."""
        skin = self.meshes["skin"]
        chosen = self.landmark_vertices
        points = skin.rest[chosen] + np.tensordot(np.asarray(weights, np.float32), _landmark_shapes(self), 1)
        return self.turn(points + self.landmark_shift, skin.follow[chosen], rotation)


@dataclass(frozen=True, eq=False)
class Roots:
    """How strands stand on the skin at rest.

    rest: (u, 3) vertices under roots; shapes: (52, u, 3) their offsets; faces: (f, 3) triangles of them; face: (s,)
    triangle of each strand; arms: (s, k, 3) points from the root, in the axes of its triangle.
    """

    rest: Floats
    shapes: Floats
    faces: Ints
    face: Ints
    arms: Floats


@lru_cache(maxsize=16)
def _roots(head: Head, strands: Strands) -> Roots:
    skin = head.meshes["skin"]
    triples, face = np.unique(strands.triple, axis=0, return_inverse=True)
    used, local = np.unique(triples, return_inverse=True)
    before, face = skin.rest[triples], face.ravel()
    root = np.einsum("si,sij->sj", strands.weights, before[face])
    arms = (strands.points - root[:, None]) @ _frames(before)[face]
    return Roots(skin.rest[used], skin.shapes[:, used], local.reshape(triples.shape), face, arms)


@lru_cache(maxsize=4)
def _landmark_shapes(head: Head) -> Floats:
    """Offsets (52, 68, 3) of the landmarks, side by side: picking them out would cost more than their sum."""
    return head.meshes["skin"].shapes[:, head.landmark_vertices]


def rotation_matrix(rotation: Floats) -> Floats:
    """Turn pitch (down positive), yaw (to the presenter's left positive), roll into (3, 3): right-handed x, y, z."""
    (sx, cx), (sy, cy), (sz, cz) = ((math.sin(a), math.cos(a)) for a in (float(a) for a in rotation))
    rows = (  # about z, then x, then y
        (cy * cz + sy * sx * sz, sy * sx * cz - cy * sz, sy * cx),
        (cx * sz, cx * cz, -sx),
        (cy * sx * sz - sy * cz, sy * sz + cy * sx * cz, cy * cx),
    )
    return np.array(rows, np.float32)


def gaze(weights: Floats) -> Floats:
    """Return yaw (to the presenter's left positive) and pitch (down positive) of the left and right eye: (2, 2) rad."""
    left, right = (
        [float(weights[INDEX[f"eyeLook{way}{side}"]]) for way in ("Out", "In", "Down", "Up")]
        for side in ("Left", "Right")
    )
    yaw = np.array([left[0] - left[1], right[1] - right[0]]) * GAZE_YAW
    pitch = np.array([left[2] - left[3], right[2] - right[3]]) * GAZE_PITCH
    return np.stack([yaw, pitch], 1).astype(np.float32)


def load_head(folder: Path | None = None, level: int = 1) -> Head:
    """Load a presenter's head; the same folder and level give the same object.

    level: 0 the cage for live drawing, 1 smoothed once for film. Raises EngineError for a missing or damaged file.
    """
    return _load((folder or DEFAULT).resolve(), level)


@lru_cache(maxsize=4)
def _load(folder: Path, level: int) -> Head:
    about, arrays = _read(folder / FILE)
    try:
        return _build(folder, about, arrays, level)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise EngineError(f"The head file {folder / FILE} is incomplete: build or copy the avatar again.") from error


def _read(path: Path) -> tuple[dict[str, Any], Arrays]:
    if not path.is_file():
        raise EngineError(f"There is no head file {path}: build the avatar or copy it there.")
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})[FORMAT])
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise EngineError(f"The head file {path} is damaged: build or copy the avatar again.") from error
    if about.get("version") != VERSION or about.get("shapes") != list(NAMES):
        raise EngineError(f"The head file {path} is of another version: build the avatar again with this program.")
    return about, arrays


def _build(folder: Path, about: dict[str, Any], arrays: Arrays, level: int) -> Head:
    meshes = {name: _mesh(name, arrays, level if about["meshes"][name]["smooth"] else 0) for name in about["meshes"]}
    strands = {name: _strands(name, arrays, **values) for name, values in about["strands"].items()}
    return Head(
        title=about["title"],
        meshes=meshes,
        strands=strands,
        landmark_vertices=arrays["landmarks"],
        landmark_shift=arrays["landmark_shift"],
        eye_centres=arrays["eye_centres"],
        eye_radius=float(about["eye_radius"]),
        pivot=arrays["pivot"],
        textures={name: folder / file for name, file in about["textures"].items()},
    )


def _mesh(name: str, arrays: Arrays, level: int) -> Mesh:
    rest, quads, uv, uv_quads = (arrays[f"{name}.{key}"] for key in ("rest", "quads", "uv", "uv_quads"))
    vertices = len(rest)
    operator = sp.identity(vertices, np.float32, "csr")
    for _ in range(level):
        finer = refine(quads, operator.shape[0])
        operator, quads = finer.operator @ operator, finer.quads
        uv, uv_quads = refine_uv(uv_quads, uv)
    moving, shapes = _spread(arrays[f"{name}.moving"], arrays[f"{name}.shapes"], operator)
    keys, corners = np.unique(quads.ravel().astype(np.int64) * len(uv) + uv_quads.ravel(), return_inverse=True)
    square = corners.reshape(-1, 4).astype(np.int32)
    return Mesh(
        name=name,
        rest=np.asarray(operator @ rest, np.float32),
        shapes=shapes,
        follow=np.asarray(operator @ arrays[f"{name}.follow"].astype(np.float32), np.float32),
        corner=(keys // len(uv)).astype(np.int32),
        uv=np.ascontiguousarray(uv[keys % len(uv)]),
        triangles=np.concatenate([square[:, [0, 1, 2]], square[:, [0, 2, 3]]]),
        moving=moving,
        occlusion=np.asarray(operator @ (arrays[f"{name}.occlusion"].astype(np.float32) / 255), np.float32),
    )


def _spread(moving: Ints, shapes: NDArray[np.float16], operator: sp.csr_matrix) -> tuple[Ints, Floats]:
    """Carry the shapes of the moving cage vertices to the finer mesh."""
    part = operator[:, moving]
    rows = np.flatnonzero(np.diff(part.indptr)).astype(np.int32)
    flat = shapes.astype(np.float32).transpose(1, 0, 2).reshape(len(moving), len(NAMES) * 3)
    dense = np.zeros((len(NAMES), operator.shape[0], 3), np.float32)
    dense[:, rows] = (part[rows] @ flat).reshape(len(rows), len(NAMES), 3).transpose(1, 0, 2)
    return rows, dense


def _strands(name: str, arrays: Arrays, width: float, rigid: bool) -> Strands:
    root, steps = arrays[f"{name}.root"][:, None], arrays[f"{name}.steps"].astype(np.float32)
    points = np.concatenate([root, root + np.cumsum(steps, axis=1)], axis=1)
    weights = arrays[f"{name}.weights"].astype(np.float32)
    return Strands(name, points.astype(np.float32), arrays[f"{name}.triple"], weights, float(width), bool(rigid))


def _frames(triangles: Floats) -> Floats:
    """Orthonormal axes of each triangle (s, 3, 3), as columns."""
    edge = triangles[:, 1] - triangles[:, 0]
    normal = _cross(edge, triangles[:, 2] - triangles[:, 0])
    edge = edge / (np.linalg.norm(edge, axis=1, keepdims=True) + 1e-9)
    normal = normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9)
    return np.stack([edge, normal, _cross(edge, normal)], 2).astype(np.float32)


def _cross(a: Floats, b: Floats) -> Floats:
    """Cross products of rows (s, 3): numpy.cross takes five times as long for the few hundred of a picture."""
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], 1)
