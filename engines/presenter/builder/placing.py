"""Knows how a film is scaled so that its face fills the face box, and what the person's neutral face is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray, FloatArray
from engines.presenter.builder.keying import take_out
from engines.presenter.builder.sighting import Sighting
from engines.presenter.face_frame import BOX, MOUTH, STABLE, FaceFrame, carry, fit_similarity, invert
from engines.presenter.jaw import aperture

HEIGHT, MIDDLE = 232.0, (256.0, 275.0)
"""Height and middle of a face's points in the face box: those of the shipped presenter, whose weights training begins
with."""
LOWEST = 60
"""Pixels a face may stand lower in its box where the picture ends soon below the chin."""
CALM = 0.2
"""Share of the pictures, those with the least open mouths, that the neutral face is the median of."""
FEWEST = 50
"""Good pictures below which there is no presenter to be made."""


@dataclass(frozen=True, eq=False)
class Placing:
    """Where a film's pictures lie in the studio: scaled, then padded so that the face box is inside.

    scale: of the film; pad: left, top, right, bottom in studio pixels; box: left and top of the face box.
    """

    scale: float
    pad: tuple[int, int, int, int]
    box: tuple[int, int]
    screen: float

    def studio(self, picture: ByteArray) -> tuple[ByteArray, ByteArray | None]:
        """A film picture at studio size (h, w, 3), and its coverage where a green screen was taken out."""
        method = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        matte = None
        if self.screen:
            picture, matte = take_out(picture, self.screen)
            matte = self._padded(cv2.resize(matte, None, fx=self.scale, fy=self.scale, interpolation=method))
        scaled = cv2.resize(picture, None, fx=self.scale, fy=self.scale, interpolation=method)
        return self._padded(scaled), matte

    def _padded(self, picture: ByteArray) -> ByteArray:
        left, top, right, bottom = self.pad
        out = np.asarray(cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)
        return np.ascontiguousarray(out[: out.shape[0] // 2 * 2, : out.shape[1] // 2 * 2])

    def face(self, studio: ByteArray) -> ByteArray:
        """The face box (512, 512, 3) of a studio picture."""
        left, top = self.box
        return np.ascontiguousarray(studio[top : top + BOX, left : left + BOX])

    def points(self, points: FloatArray) -> FloatArray:
        """Film points (..., 2) in box pixels."""
        shift = np.float32(self.pad[:2]) - np.float32(self.box)
        return (points * np.float32(self.scale) + shift).astype(np.float32)


def place(sighting: Sighting, screen: float) -> Placing:
    """Find the place of a film by the middle of its good pictures. Raises EngineError where they are too few."""
    film, good = sighting.film, sighting.good
    if len(good) < 2:
        raise EngineError(f"{film.path.name} shows no usable face: see the check, and film again.")
    usual = np.median(sighting.points[good], axis=0)
    low, high = usual.min(0), usual.max(0)
    scale = HEIGHT / float(high[1] - low[1])
    corner = np.rint((low + high) / 2 * scale - np.float32(MIDDLE) + np.float32([0, 10])).astype(int)
    width, height = round(film.width * scale), round(film.height * scale)
    left, top = int(corner[0]), int(corner[1])
    top -= int(np.clip(top + BOX + 2 - height, 0, LOWEST))
    pad = (max(-left, 0), max(-top, 0), max(left + BOX + 2 - width, 0), max(top + BOX + 2 - height, 0))
    return Placing(scale, pad, (left + pad[0], top + pad[1]), screen)


def neutral_face(points: FloatArray) -> FloatArray:
    """The calm face (68, 2) of points (n, 68, 2) in box pixels: the median of the least open mouths, heads aligned."""
    usual, stable = np.median(points, axis=0), list(STABLE)
    aligned = np.stack([carry(fit_similarity(row[stable], usual[stable]), row) for row in points])
    open_by = aperture(aligned[:, MOUTH])
    calm = aligned[np.argsort(open_by)[: max(int(CALM * len(points)), 1)]]
    return np.median(calm, axis=0).astype(np.float32)


def with_calm_mouth(points: FloatArray, frame: FaceFrame) -> FloatArray:
    """Points (f, 68, 2) of a template with the neutral mouth and jaw in place of their own, poses kept."""
    out = points.copy()
    for row in out:
        back = invert(frame.align(row))
        for part in (MOUTH, slice(3, 14)):
            row[part] = carry(back, frame.points[part])
    return out


def calmest(sighting: Sighting, most: int) -> tuple[int, int]:
    """First picture and one past the last of the good stretch, at most `most` long, in which the mouth moves least."""
    good = sighting.fault == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    runs = sorted(zip(edges[::2], edges[1::2], strict=True), key=lambda run: run[0] - run[1])
    length = min(most, int(runs[0][1] - runs[0][0]))
    open_by = aperture(sighting.points[:, MOUTH]) / np.maximum(np.ptp(sighting.points[..., 1], axis=1), 1.0)
    best = min(
        ((float(open_by[i : i + length].mean()), i) for a, b in runs for i in range(a, b - length + 1)),
        default=(0.0, int(runs[0][0])),
    )
    return int(best[1]), int(best[1]) + length
