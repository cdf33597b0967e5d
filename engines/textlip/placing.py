"""Knows where the lip picture lies in a face: a fixed window around the still mouth, carried by the head's pose.

Letters: points are (x right, y down) in pixels; a similarity is a (2, 3) matrix [[a, -b, x], [b, a, y]].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.api.values import ByteArray, FloatArray

WIDTH, HEIGHT = 160, 80
"""Pixels of a lip picture (Liu et al. 2022, section 4.1)."""
CORNERS = (80.0, 23.0)
"""Where the middle between the corners of the still mouth lies in a lip picture."""
MOUTH_WIDTH = 89.0
"""Pixels from corner to corner of the still mouth; the newsroom camera sees the default presenter just so."""
STABLE = (27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45)
"""Points that speech does not move: nose and eye corners."""
LEFT_CORNER, RIGHT_CORNER = 48, 54


def fit_similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Least-squares similarity (2, 3) carrying points (n, 2) onto points (n, 2)."""
    z = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    w = target[:, 0].astype(np.float64) + 1j * target[:, 1]
    centred = z - z.mean()
    turn = np.vdot(centred, w - w.mean()) / max(np.vdot(centred, centred).real, 1e-12)
    shift = w.mean() - turn * z.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32)


def carry(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Apply a similarity to points (..., 2)."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def chain(first: FloatArray, second: FloatArray) -> FloatArray:
    """The similarity that does `first`, then `second`."""
    full = np.vstack([first, [0.0, 0.0, 1.0]])
    return (second @ full).astype(np.float32)


@dataclass(frozen=True, eq=False)
class LipWindow:
    """The window of one face: its 68 points at rest (68, 2), in the pixels of any picture of it."""

    rest: FloatArray

    @property
    def matrix(self) -> FloatArray:
        """Similarity (2, 3) from the face at rest to the lip picture."""
        left, right = self.rest[LEFT_CORNER], self.rest[RIGHT_CORNER]
        scale = MOUTH_WIDTH / max(float(np.linalg.norm(right - left)), 1e-6)
        shift = np.array(CORNERS) - scale * (left + right) / 2
        return np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]], np.float32)

    def place(self, landmarks: FloatArray) -> FloatArray:
        """Similarity (2, 3) from a picture with these landmarks (68, 2) to the lip picture, head motion taken out."""
        stable = list(STABLE)
        return chain(fit_similarity(landmarks[stable], self.rest[stable]), self.matrix)


def cut(picture: ByteArray, matrix: FloatArray) -> ByteArray:
    """The lip picture (80, 160, 3) of a face picture (h, w, 3)."""
    import cv2

    out = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.uint8)
