"""The mouth as an opening: the lip polygon that lets light in, and which vertices lie behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX
from engines.scene.head import Head, Mesh

Floats = NDArray[np.float32]
INNER_LIPS = slice(60, 68)
"""dlib points of the inner lip line."""


def lip_uniforms(head: Head, weights: Floats, rotation: Floats) -> dict[str, Any]:
    """The lip polygon (8, 3) in the world and its outward normal (3,), for the light that enters the mouth."""
    lips = head.landmarks(weights, rotation)[INNER_LIPS]
    left, right = lips[4] - lips[0], lips[2] - lips[6]
    across = np.cross(left, right)
    forward = head.turn(head.pivot + np.float32([0, 0, 1]), 1.0, rotation) - head.turn(head.pivot, 1.0, rotation)
    length = float(np.linalg.norm(across))
    normal = across / length if length > 1e-3 else forward
    normal = normal * np.sign(normal @ forward)
    mixed = normal * 0.5 + forward * 0.5
    return {"lips": lips, "lips_normal": np.asarray(mixed / np.linalg.norm(mixed), np.float32)}


def jaw_opening(weights: Floats) -> float:
    """How far the mouth is open for baked shade: 0 shut, 1 jaw fully open."""
    return float(np.clip(weights[INDEX["jawOpen"]] - 0.9 * weights[INDEX["mouthClose"]], 0, 1))


def inside_mouth(head: Head, mesh: Mesh) -> Floats:
    """How far (v,) each skin vertex lies inside the mouth: 0 outside, 1 behind the lips.

    Vertices near the mouth whose sky is shut while the lips are closed belong to the cavity.
    """
    marks = head.landmarks(np.zeros(len(INDEX), np.float32), np.zeros(3, np.float32))
    lips = marks[48:68]
    low, high = lips.min(0) - np.array([0.2, 1.6, 6.0]), lips.max(0) + np.array([0.2, 1.8, 0.0])
    near = ((mesh.rest > low) & (mesh.rest < high)).all(1)
    line = marks[INNER_LIPS]
    order = np.argsort(line[:, 0])
    depth = np.interp(mesh.rest[:, 0], line[order, 0], line[order, 2]) - mesh.rest[:, 2]
    dark = np.clip((0.16 - mesh.occlusion[:, 0]) / 0.12, 0, 1)
    return (near * dark * np.clip((depth - 0.05) / 0.35, 0, 1)).astype(np.float32)


def mouth_is_shut(head: Head, weights: Floats, gap_cm: float = 0.08) -> bool:
    """Whether the inner lips are too near for anything behind them to show."""
    lips = head.landmarks(weights, np.zeros(3, np.float32))[INNER_LIPS]
    return bool(np.abs(lips[1:4, 1] - lips[7:4:-1, 1]).max() < gap_cm)
