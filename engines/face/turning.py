"""Knows head rotation two ways: pitch, yaw and roll as the product has it, and the network's three quaternion numbers.

The three are the vector part (x, y, z) of the unit quaternion whose real part is not negative (Pham, Wang, Pavlovic
2017, section III). Axes and order are those of engines.scene.head.rotation_matrix: about z, then x, then y. f faces.
"""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray


def quaternions_of(rotation: FloatArray) -> FloatArray:
    """Pitch, yaw, roll (f, 3) in radians to quaternion vectors (f, 3)."""
    half = np.asarray(rotation, np.float64) / 2
    (sx, sy, sz), (cx, cy, cz) = np.sin(half).T, np.cos(half).T
    w = cy * cx * cz + sy * sx * sz
    vector = np.stack([cy * sx * cz + sy * cx * sz, sy * cx * cz - cy * sx * sz, cy * cx * sz - sy * sx * cz], 1)
    return np.asarray(np.where(w[:, None] < 0, -vector, vector), np.float32)


def rotations_of(quaternions: FloatArray) -> FloatArray:
    """Quaternion vectors (f, 3) to pitch, yaw, roll (f, 3) in radians; too long a vector is shortened."""
    vector = np.asarray(quaternions, np.float64)
    length = np.linalg.norm(vector, axis=1, keepdims=True)
    x, y, z = (vector / np.maximum(length, 1.0)).T
    w = np.sqrt(np.maximum(0.0, 1 - x * x - y * y - z * z))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    yaw = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    roll = np.arctan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return np.stack([pitch, yaw, roll], 1).astype(np.float32)
