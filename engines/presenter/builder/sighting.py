"""Looks at every picture of a film: how many faces, where the 68 points are, how sharp, bright and turned the face is.

Letters: f pictures at 25 a second.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import cv2
import numpy as np

from engines.api.events import Progress
from engines.api.values import ByteArray, FloatArray
from engines.landmarks.crops import Box
from engines.landmarks.finder import FaceDetector, PointFinder, box_of, steadied
from engines.presenter.builder.filming import Film

EVERY = 5
"""Pictures from one search for faces to the next; between them the points are followed."""
RIVAL = 0.6
"""Share of the largest face's side from which another face counts."""
FAULTS = ("no face", "two faces", "face too small", "head turned away", "blurred", "too dark", "too bright")
"""Why a picture is left out; 0 in Sighting.fault means it is not."""
SMALLEST_PX, TURN = 90, 0.32
"""Height of a face that is just large enough; how unequal the two halves of a face may be."""
DARK, BRIGHT, BLUR = 38.0, 222.0, 0.28
"""Mean levels of a face, and the share of a film's own sharpness below which a picture is blurred."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """A film seen through. points: (f, 68, 2) in pixels, of unseen faces the last ones; fault: (f,) index + 1 into
    FAULTS, 0 where a picture is good.
    """

    film: Film
    points: FloatArray
    fault: np.ndarray

    @property
    def good(self) -> np.ndarray:
        """Numbers of the pictures training may use."""
        return np.flatnonzero(self.fault == 0)


def see(film: Film, detector: FaceDetector, finder: PointFinder) -> Generator[Progress, None, Sighting]:
    """Look at a film; yields Progress by pictures."""
    found = np.zeros((film.count, 68, 2), np.float32)
    faces = np.zeros(film.count, int)
    sharp, light = np.zeros(film.count, np.float32), np.zeros(film.count, np.float32)
    before: FloatArray | None = None
    boxes: list[Box] = []
    for i, picture in enumerate(film.pictures()):
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        if i % EVERY == 0 or not boxes:
            boxes = detector.faces(grey)
            before = kept(before, boxes)
        faces[i] = sum(box[2] > RIVAL * boxes[0][2] for box in boxes) if boxes else 0
        if boxes:
            before = finder.points(grey, boxes[0], before)
            sharp[i], light[i] = look(grey, before)
        found[i] = before if before is not None else 0.0
        yield Progress(i + 1, film.count, f"Looking at {film.path.name}")
    points = steadied(found, faces == 1)
    return Sighting(film, points, judge(points, faces, sharp, light))


def kept(before: FloatArray | None, boxes: list[Box]) -> FloatArray | None:
    """The points of the picture before where the largest face is still there, else None: look anew."""
    if before is None or not boxes:
        return None
    left, top, side = boxes[0]
    was_left, was_top, was_side = box_of(before)
    away = max(abs(left - was_left), abs(top - was_top), abs(side - was_side))
    return before if away < 0.25 * side else None


def look(grey: ByteArray, points: FloatArray) -> tuple[float, float]:
    """Sharpness (variance of the Laplacian at a fixed size) and mean level of the face."""
    low = np.maximum(points.min(0), 0).astype(int)
    high = np.minimum(points.max(0), grey.shape[::-1]).astype(int)
    part = grey[low[1] : high[1], low[0] : high[0]]
    if min(part.shape) < 8:
        return 0.0, float(grey.mean())
    small = cv2.resize(part, (128, 128), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).var()), float(part.mean())


def judge(points: FloatArray, faces: np.ndarray, sharp: FloatArray, light: FloatArray) -> np.ndarray:
    """The first fault of every picture (f,), 0 for none."""
    height = np.ptp(points[..., 1], axis=1)
    seen = faces == 1
    usual = float(np.median(sharp[seen])) if seen.any() else 0.0
    checks = (
        faces == 0,
        faces > 1,
        height < SMALLEST_PX,
        np.abs(turned(points)) > TURN,
        sharp < BLUR * usual,
        light < DARK,
        light > BRIGHT,
    )
    fault = np.zeros(len(points), int)
    for number, wrong in reversed(list(enumerate(checks, 1))):
        fault[wrong] = number
    return fault


def turned(points: FloatArray) -> FloatArray:
    """How far heads are turned (f,): 0 ahead, 1 in profile; from the nose's place between the outer eye corners."""
    left, right, nose = points[:, 36], points[:, 45], points[:, 30]
    across = right - left
    width = np.maximum((across**2).sum(1), 1e-6)
    share = ((nose - left) * across).sum(1) / width
    return np.asarray(2 * share - 1, np.float32)
