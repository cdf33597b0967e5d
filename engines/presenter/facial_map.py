"""Knows how a facial map is drawn: the template's edges outside mouth and jaw, and the recomposed 68 points as lines.

Drawn in the face frame (see face_frame). Letters: c map channels, h = w = 512.
Source: Zheng et al. 2020, section 3.3 (Canny edges + recomposed landmarks as the renderer's input).
"""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray
from engines.presenter.face_frame import BOX, FaceFrame, carry

CHANNELS = ("edges", "jaw and nose", "eyes and brows", "outer lips", "inner lips")
LINES: tuple[tuple[tuple[range | tuple[int, ...], bool], ...], ...] = (
    ((range(17), False), (range(27, 31), False), (range(31, 36), False)),
    ((range(17, 22), False), (range(22, 27), False), (range(36, 42), True), (range(42, 48), True)),
    ((range(48, 60), True),),
    ((range(60, 68), True),),
)
"""Per line channel: point numbers and whether the line closes."""
CANNY = (50, 120)
_SHIFT = 4
"""Binary places OpenCV keeps of a coordinate: lines move by a sixteenth of a pixel, so motion stays smooth."""


def to_face_frame(picture: ByteArray, pose: FloatArray) -> ByteArray:
    """Carry a box picture (h, w, 3) into the face frame; beyond its rim the rim repeats."""
    return cv2.warpAffine(picture, pose, (BOX, BOX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def speech_region(points: FloatArray, drop: float = 0.4) -> ByteArray:
    """Mask (h, w) uint8, 255 where speech may change the picture: mouth, cheeks beside it, jaw and its way down.

    points: (68, 2) in the face frame; drop: how far the jaw may fall, in mouth widths.
    """
    width = float(np.linalg.norm(points[54] - points[48]))
    lower = points[2:15]
    fallen = lower[2:11] + np.array([0.0, drop * width], np.float32)
    hull = cv2.convexHull(np.concatenate([lower, fallen, points[31:36], points[48:68]]).astype(np.float32))
    mask = np.zeros((BOX, BOX), np.uint8)
    cv2.fillPoly(mask, [np.rint(hull).astype(np.int32)], 255)
    side = 2 * max(round(width * 0.1), 1) + 1
    return cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))


def still_edges(face: ByteArray, points: FloatArray) -> ByteArray:
    """Canny edges (h, w) of a face-frame picture (h, w, 3) outside mouth and jaw."""
    grey = cv2.GaussianBlur(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    edges = cv2.Canny(grey, *CANNY)
    edges[speech_region(points) > 0] = 0
    return edges


def draw_lines(points: FloatArray) -> ByteArray:
    """Line channels (4, h, w) uint8, antialiased, of face-frame points (68, 2); the mouth opening is filled grey."""
    fixed = np.rint(points * (1 << _SHIFT)).astype(np.int32)
    planes = np.zeros((len(LINES), BOX, BOX), np.uint8)
    cv2.fillPoly(planes[3], [fixed[60:68]], 128, cv2.LINE_AA, _SHIFT)
    for plane, parts in zip(planes, LINES, strict=True):
        for numbers, closed in parts:
            cv2.polylines(plane, [fixed[list(numbers)]], closed, 255, 2, cv2.LINE_AA, _SHIFT)
    return planes


def compose_map(edges: ByteArray, landmarks: FloatArray, pose: FloatArray) -> ByteArray:
    """Facial map (c, h, w) uint8 from face-frame edges and box landmarks (68, 2) under a pose."""
    return np.concatenate([edges[None], draw_lines(carry(pose, landmarks))])


def true_map(picture: ByteArray, landmarks: FloatArray, frame: FaceFrame) -> tuple[ByteArray, FloatArray]:
    """Map of a footage picture (h, w, 3) from its own landmarks, and its pose: what the renderer is trained on."""
    pose = frame.align(landmarks)
    face = to_face_frame(picture, pose)
    return compose_map(still_edges(face, carry(pose, landmarks)), landmarks, pose), pose
