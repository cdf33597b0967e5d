"""Knows which part of a picture the network looks at: a square in which faces stand as the mean face does."""

from __future__ import annotations

import math

import numpy as np

from engines.api.values import ByteArray, FloatArray

Box = tuple[float, float, float]
"""Left, top and side of a face as dlib's detector draws it, in pixels."""

FILL = 0.62
"""Share of the crop's side that the mean face's points span from top to bottom."""
BOX_CENTRE, BOX_SPAN = (0.5, 0.58), 0.96
"""Middle and height of the 68 points in a detector's box, as shares of its side."""


def normal_face(points: FloatArray) -> FloatArray:
    """A neutral face (68, 2) as it stands in the crop: middle at 0.5, FILL high, in shares of the side."""
    low, high = points.min(0), points.max(0)
    return ((points - (low + high) / 2) * (FILL / (high[1] - low[1])) + 0.5).astype(np.float32)


def crop_of_box(box: Box, mean: FloatArray, size: int) -> FloatArray:
    """Similarity (2, 3) from the picture to the crop, guessed from a detector's box."""
    left, top, side = box
    scale = size * float(mean[:, 1].max() - mean[:, 1].min()) / (BOX_SPAN * side)
    x, y = left + BOX_CENTRE[0] * side, top + BOX_CENTRE[1] * side
    return np.float32([[scale, 0, size / 2 - scale * x], [0, scale, size / 2 - scale * y]])


def crop_of_points(points: FloatArray, mean: FloatArray, size: int) -> FloatArray:
    """Similarity (2, 3) from the picture to the crop that brings known points (68, 2) onto the mean face.

    Least squares over all points, in closed form with complex numbers.
    """
    z, w = (side[:, 0].astype(np.float64) + 1j * side[:, 1] for side in (points, mean * size))
    centred = z - z.mean()
    turn = np.vdot(centred, w - w.mean()) / max(np.vdot(centred, centred).real, 1e-9)
    shift = w.mean() - turn * z.mean()
    return np.float32([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def nudged(crop: FloatArray, size: int, turn: float, grow: float, shift: tuple[float, float]) -> FloatArray:
    """A crop turned by radians, grown by a factor and shifted by shares of its side, about its middle."""
    c, s = grow * math.cos(turn), grow * math.sin(turn)
    move = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    middle = np.array([size / 2, size / 2])
    move[:2, 2] = middle + size * np.array(shift) - move[:2, :2] @ middle
    return (move @ np.vstack([crop, [0, 0, 1]]))[:2].astype(np.float32)


def placed(crop: FloatArray, points: FloatArray) -> FloatArray:
    """Points (n, 2) of the picture as they lie in the crop, in pixels."""
    return (points @ crop[:, :2].T + crop[:, 2]).astype(np.float32)


def taken_back(crop: FloatArray, points: FloatArray) -> FloatArray:
    """Points (n, 2) of the crop, in pixels, as they lie in the picture."""
    inverse = np.linalg.inv(np.vstack([crop.astype(np.float64), [0, 0, 1]]))
    return (points @ inverse[:2, :2].T + inverse[:2, 2]).astype(np.float32)


_SWAPPED = (
    (*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)),
    (45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    (*range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65),
)
MIRROR = np.concatenate(_SWAPPED)
"""Which point each point becomes in a mirror."""


def mirrored(points: FloatArray, width: int) -> FloatArray:
    """Points (68, 2) of the picture turned left to right."""
    turned = points[MIRROR].copy()
    turned[:, 0] = width - 1 - turned[:, 0]
    return turned


def cut(grey: ByteArray, crop: FloatArray, size: int) -> FloatArray:
    """The crop (s, s) of a grey picture, zero mean, unit deviation; small faces are averaged, not skipped through."""
    import cv2

    scale = float(np.hypot(crop[0, 0], crop[1, 0]))
    if scale < 0.7:
        shrink = 2 * scale if scale < 0.5 else 1.4 * scale
        small = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        crop = crop @ np.diag([grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0], 1.0])
        grey = np.asarray(small, np.uint8)
    found = cv2.warpAffine(
        grey, crop.astype(np.float64), (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    values = np.asarray(found, np.float32)
    return np.asarray((values - values.mean()) / (values.std() + 4.0), np.float32)
