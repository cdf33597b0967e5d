"""Knows the 68 points' parts and the face frame: the presenter's neutral face, onto which every pose is carried.

The face frame is the 512 x 512 face box with the head held still. In it skin stays where it is from picture to picture,
so the renderer paints motion only; a similarity per picture carries the result back.
Letters: f frames; points are (x right, y down) in pixels; a similarity is a (2, 3) matrix [[a, -b, x], [b, a, y]].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.api.values import FloatArray

BOX = 512
"""Side of the face box in pixels."""
JAW, BROWS, NOSE, EYES, MOUTH = slice(0, 17), slice(17, 27), slice(27, 36), slice(36, 48), slice(48, 68)
MOVING_JAW = slice(3, 14)
"""Jaw points that follow the mouth (Zheng et al. 2020: the points near the ears stay)."""
STABLE = (27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45)
"""Points speech does not move: nose and eye corners. Pose is read from them."""


def fit_similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Least-squares similarity (2, 3) carrying points (n, 2) onto points (n, 2); closed form in complex numbers."""
    z = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    w = target[:, 0].astype(np.float64) + 1j * target[:, 1]
    centred = z - z.mean()
    turn = np.vdot(centred, w - w.mean()) / max(np.vdot(centred, centred).real, 1e-12)
    shift = w.mean() - turn * z.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32)


def invert(matrix: FloatArray) -> FloatArray:
    """The similarity that undoes a similarity."""
    full = np.linalg.inv(np.vstack([matrix.astype(np.float64), [0.0, 0.0, 1.0]]))
    return full[:2].astype(np.float32)


def carry(matrix: FloatArray, points: FloatArray) -> FloatArray:
    """Apply a similarity to points (..., 2)."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class FaceFrame:
    """The neutral face: where its points are in the face box, and the unit the mouth is measured in.

    points: (68, 2) neutral points in box pixels; centre (2,), width: of the neutral mouth in the same pixels.
    """

    points: FloatArray
    centre: FloatArray
    width: float

    @staticmethod
    def from_neutral(points: FloatArray) -> FaceFrame:
        """The frame of neutral points (68, 2): centre and width of the mouth are those of its corners."""
        left, right = points[48].astype(np.float32), points[54].astype(np.float32)
        return FaceFrame(points.astype(np.float32), (left + right) / 2, float(np.linalg.norm(right - left)))

    def arrays(self) -> dict[str, FloatArray]:
        """The frame as named arrays, for an .npz file."""
        return {"neutral": self.points, "centre": self.centre, "width": np.float32([self.width])}

    @staticmethod
    def from_arrays(data: Mapping[str, FloatArray]) -> FaceFrame:
        """The frame that `arrays` described. Raises KeyError where one is missing."""
        return FaceFrame(data["neutral"].astype(np.float32), data["centre"].astype(np.float32), float(data["width"][0]))

    def align(self, landmarks: FloatArray) -> FloatArray:
        """Similarity (2, 3) from a picture's box pixels to the face frame, read from its stable points."""
        stable = list(STABLE)
        return fit_similarity(landmarks[stable], self.points[stable])

    def units(self, points: FloatArray) -> FloatArray:
        """Face-frame pixels to mouth units."""
        return ((points - self.centre) / self.width).astype(np.float32)

    def pixels(self, points: FloatArray) -> FloatArray:
        """Mouth units to face-frame pixels."""
        return (points * self.width + self.centre).astype(np.float32)

    def mouth(self, landmarks: FloatArray) -> FloatArray:
        """Mouth (20, 2) of a picture's landmarks (68, 2), pose removed, in mouth units."""
        return self.units(carry(self.align(landmarks), landmarks[MOUTH]))
