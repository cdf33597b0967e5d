"""Knows the mouth's own coordinates and its few principal movements.

Letters: f shapes. A normalised mouth is 20 points (dlib 48..67), x right and y down in the picture, with the neutral
mouth's corners at (-0.5, 0) and (0.5, 0): the unit is the width of the neutral mouth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.api.values import FloatArray

POINTS = 20
LEFT, RIGHT = 0, 6
"""The corners, dlib 48 and 54."""
_UPPER_INNER, _LOWER_INNER = (13, 14, 15), (19, 18, 17)


@dataclass(frozen=True)
class MouthFrame:
    """Where the neutral mouth lies in a picture: midpoint of its corners (x, y) and their distance, in pixels."""

    centre: tuple[float, float]
    width: float


def mouth_frame(neutral: NDArray[np.floating]) -> MouthFrame:
    """The frame of a neutral mouth of (20, 2) pixels."""
    left, right = neutral[LEFT], neutral[RIGHT]
    middle = (left + right) / 2
    return MouthFrame((float(middle[0]), float(middle[1])), float(np.hypot(*(right - left))))


def normalise(points: NDArray[np.floating], frame: MouthFrame) -> FloatArray:
    """Pixels (f, 20, 2) to normalised mouths (f, 20, 2)."""
    return ((points - np.asarray(frame.centre)) / frame.width).astype(np.float32)


def denormalise(points: FloatArray, frame: MouthFrame) -> FloatArray:
    """Normalised mouths (f, 20, 2) to pixels (f, 20, 2)."""
    return (points * frame.width + np.asarray(frame.centre)).astype(np.float32)


def aperture(points: FloatArray) -> FloatArray:
    """Mouth opening (f,): mean gap between the three pairs of inner lip points, in mouth units."""
    gap = points[..., _LOWER_INNER, 1] - points[..., _UPPER_INNER, 1]
    return gap.mean(axis=-1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class MouthBasis:
    """Principal movements of a presenter's mouth around its closed shape.

    rest: (20, 2) the closed mouth of silence; components: (10, 40) orthonormal rows; scale: one coefficient unit in
    mouth units, so that the strongest movement has variance 1.
    """

    rest: FloatArray
    components: FloatArray
    scale: float

    def encode(self, points: FloatArray) -> FloatArray:
        """Mouths (f, 20, 2) to coefficients (f, 10)."""
        return ((points - self.rest).reshape(len(points), -1) @ self.components.T / self.scale).astype(np.float32)

    def decode(self, coefficients: FloatArray) -> FloatArray:
        """Coefficients (f, 10) to mouths (f, 20, 2); zero coefficients are the closed mouth exactly."""
        moved = (coefficients * np.float32(self.scale)) @ self.components
        return self.rest + moved.reshape(-1, POINTS, 2).astype(np.float32)

    @property
    def opening(self) -> FloatArray:
        """Change of mouth opening (10,) in mouth units per coefficient; the opening of mouths is linear in them."""
        moved = self.decode(np.eye(len(self.components), dtype=np.float32))
        return aperture(moved) - aperture(self.rest)

    def shut(self, coefficients: FloatArray, below: float) -> FloatArray:
        """Coefficients (f, 10) whose lips close where they nearly do: openings fade to none under `below` mouth units.

        A mean of likely mouths stays ajar on p, b and m; what a small opening loses (smoothstep) is taken from the
        coefficients along the shortest way, so that width and rounding stay.
        """
        if below <= 0.0:
            return coefficients
        way = self.opening
        opening = coefficients @ way  # (f,) above that of rest
        x = np.clip(opening / np.float32(below), 0.0, 1.0)
        lost = np.maximum(opening, 0.0) * (1 - x * x * (3 - 2 * x))
        return coefficients - lost[:, None] * way / np.float32(way @ way)


def fit_basis(points: FloatArray, rest: FloatArray, count: int = 10) -> MouthBasis:
    """Find the principal movements of mouths (f, 20, 2) away from the closed mouth (20, 2)."""
    moved = (points - rest).reshape(len(points), -1).astype(np.float64)
    centred = moved - moved.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    order = np.argsort(values)[::-1][:count]
    scale = float(np.sqrt(max(values[order[0]], 1e-12)))
    rows = vectors[:, order].T  # a principal movement has no sign of its own: its largest part is made positive
    rows = rows * np.sign(np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1))
    return MouthBasis(rest.astype(np.float32), np.ascontiguousarray(rows, np.float32), scale)
