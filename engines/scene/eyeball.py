"""The eyes: a ball with a cornea, how it is turned by the gaze, and where the lids cross it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.head import Head, gaze, rotation_matrix

Floats = NDArray[np.float32]
IRIS_COLOUR = (0.050, 0.064, 0.064)
REST_PITCH = 0.09
"""Radians the eyes look below the head's axis at rest, which brings the pupils to the middle between the lids."""

UPPER, LOWER = ((42, 43, 44, 45), (36, 37, 38, 39)), ((42, 47, 46, 45), (36, 41, 40, 39))
"""dlib points of the lids from the picture's left to right: the presenter's left eye (right in the picture) first."""


def ball(rings: int = 28, sectors: int = 40) -> tuple[Floats, NDArray[np.int32]]:
    """The front of an eyeball of radius 1 looking along +z: points (v, 3) with a raised cornea, triangles (t, 3)."""
    turn, fall = np.meshgrid(np.linspace(0, 2 * np.pi, sectors + 1), np.linspace(0, 0.62 * np.pi, rings + 1))
    sphere = np.stack([np.sin(fall) * np.cos(turn), np.sin(fall) * np.sin(turn), np.cos(fall)], -1).reshape(-1, 3)
    off = np.hypot(sphere[:, 0], sphere[:, 1])
    raised = 1 + 0.055 * np.clip(1 - (off / 0.5) ** 2, 0, 1) * (sphere[:, 2] > 0)
    i = (np.arange(rings)[:, None] * (sectors + 1) + np.arange(sectors)).ravel()
    down = sectors + 1
    triangles = np.concatenate([np.stack([i, i + down, i + 1], 1), np.stack([i + 1, i + down, i + down + 1], 1)])
    return (sphere * raised[:, None]).astype(np.float32), triangles.astype(np.int32)


@dataclass(frozen=True, eq=False)
class Eye:
    """One eye in place: uniforms of its shader, and world points and normals (v, 6) of its ball."""

    uniforms: dict[str, Any]
    vertices: Floats


def pose_eyes(head: Head, weights: Floats, rotation: Floats, sphere: Floats) -> tuple[Eye, Eye]:
    """Both eyes, the presenter's left first, turned by the eyeLook weights and carried by the head."""
    facing = rotation_matrix(rotation)
    marks = head.landmarks(weights, rotation)
    centres = head.turn(head.eye_centres, 1.0, rotation)
    left, right = (
        _pose(head, facing, centre, look, marks[list(up)], marks[list(low)], sphere)
        for centre, look, up, low in zip(centres, gaze(weights), UPPER, LOWER, strict=True)
    )
    return left, right


def _pose(
    head: Head, facing: Floats, centre: Floats, look: Floats, upper: Floats, lower: Floats, sphere: Floats
) -> Eye:
    turn = facing @ rotation_matrix(np.array([look[1] + REST_PITCH, look[0], 0.0], np.float32))
    lids = [((edge - centre) @ facing / head.eye_radius)[:, :2] for edge in (upper, lower)]
    lids = [lid[np.argsort(lid[:, 0])] for lid in lids]
    normals = sphere / np.linalg.norm(sphere, axis=1, keepdims=True)
    vertices = np.hstack([sphere @ turn.T * head.eye_radius + centre, normals @ turn.T]).astype(np.float32)
    uniforms = {
        "turn": turn,
        "centre": np.asarray(centre, np.float32),
        "radius": head.eye_radius,
        "iris_colour": IRIS_COLOUR,
        "facing": facing,
        "upper": np.asarray(lids[0], np.float32),
        "lower": np.asarray(lids[1], np.float32),
    }
    return Eye(uniforms, vertices)


class EyeSurface:
    """The buffers of one eye."""

    def __init__(self, ctx: moderngl.Context, program: moderngl.Program, rings: int = 28, sectors: int = 40) -> None:
        """rings, sectors: how finely the ball is cut; its shading does not depend on it."""
        self.sphere, triangles = ball(rings, sectors)
        self._buffer = ctx.buffer(reserve=len(self.sphere) * 24, dynamic=True)
        index = ctx.buffer(triangles.tobytes())
        content = [(self._buffer, "3f 3f", "position", "normal")]
        self._array = ctx.vertex_array(program, content, index, skip_errors=True)

    def draw(self, eye: Eye) -> None:
        """Upload and draw; the program's uniforms are set already."""
        self._buffer.write(eye.vertices.tobytes())
        self._array.render()
