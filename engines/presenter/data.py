"""Knows how training pictures are cut: map, truth and the way from face frame to picture, for one window of the box.

Letters: b batch, c map channels, s side of the window; windows begin at multiples of 16.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from engines.api.values import ByteArray, FloatArray
from engines.presenter.composite import face_mask
from engines.presenter.config import TrainConfig
from engines.presenter.face_frame import BOX, MOUTH, MOVING_JAW, FaceFrame, carry, invert
from engines.presenter.facial_map import true_map
from engines.presenter.jaw import JawRule
from engines.presenter.model import Origin


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures of one step, cut at `origin`.

    maps (b, c, s, s) in the face frame, 0..1; truth (b, 3, s, s) in the picture's pose, -1..1; grid (b, s, s, 2) where
    each truth pixel lies in the maps; weights (b, 1, s, s); mouth: centre of the mouth in the window, pixels (x, y).
    """

    maps: Tensor
    truth: Tensor
    grid: Tensor
    weights: Tensor
    mouth: tuple[int, int]
    origin: Origin

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        moved = (x.to(device) for x in (self.maps, self.truth, self.grid, self.weights))
        return Batch(*moved, self.mouth, self.origin)


class Cutter:
    """Cuts windows for one presenter.

    The jaw is drawn anywhere between where it was and where the jaw rule expects it, since clips only know the latter.
    """

    def __init__(self, frame: FaceFrame, jaw: JawRule, config: TrainConfig) -> None:
        self.frame, self.jaw, self.config = frame, jaw, config
        self._random = np.random.default_rng(config.seed)
        self._face = np.clip(cv2.GaussianBlur(face_mask(frame), (0, 0), 3.0) * 1.5, config.outside, 1.0)

    def window(self, random: np.random.Generator, size: int) -> Origin:
        """A place for a window: mostly about the mouth and jaw, sometimes anywhere on the face."""
        if size >= BOX:
            return 0, 0
        at_mouth = random.random() < self.config.mouth_share
        centre = self.frame.centre if at_mouth else self.frame.points[random.integers(0, 48)]
        left, top = centre + random.uniform(-48, 48, 2) - size / 2
        limit = (BOX - size) // 16
        return int(np.clip(round(top / 16), 0, limit)) * 16, int(np.clip(round(left / 16), 0, limit)) * 16

    def batch(self, pictures: list[ByteArray], landmarks: FloatArray, origin: Origin, size: int) -> Batch:
        """Cut pictures (512, 512, 3) with landmarks (b, 68, 2) in box pixels."""
        cuts = [self._cut(p, row, origin, size) for p, row in zip(pictures, landmarks, strict=True)]
        maps, truth, grid, weights = (torch.from_numpy(np.stack(part)) for part in zip(*cuts, strict=True))
        truth = truth.permute(0, 3, 1, 2).float() / 127.5 - 1.0
        x, y = landmarks[:, MOUTH].mean((0, 1)) - np.array(origin[::-1])
        return Batch(maps.float() / 255.0, truth, grid, weights[:, None], (int(x), int(y)), origin)

    def _cut(
        self, picture: ByteArray, landmarks: FloatArray, origin: Origin, size: int
    ) -> tuple[ByteArray, ByteArray, FloatArray, FloatArray]:
        drawn, pose = true_map(picture, self._ruled(landmarks), self.frame)
        (top, left), whole = origin, size >= BOX
        place = (slice(top, top + size), slice(left, left + size))
        grid = sampling_grid(pose, origin, size)
        weights = self._weights(landmarks, pose)[place]
        if not whole:
            inside = np.abs(grid).max(-1) < 1.0 - 2.0 * self.config.rim / size
            weights = weights * inside
        return drawn[:, *place], picture[place], grid, weights.astype(np.float32)

    def _ruled(self, landmarks: FloatArray) -> FloatArray:
        """Landmarks (68, 2) with the jaw moved part of the way to where the rule expects it."""
        expected = self.frame.pixels(self.jaw.points(self.frame.mouth(landmarks)))
        back = invert(self.frame.align(landmarks))
        out = landmarks.copy()
        out[MOVING_JAW] += np.float32(self._random.random()) * (carry(back, expected) - out[MOVING_JAW])
        return out

    def _weights(self, landmarks: FloatArray, pose: FloatArray) -> FloatArray:
        """How much each picture pixel counts (512, 512): the face, and most of all the mouth."""
        face = cv2.warpAffine(self._face.astype(np.float32), invert(pose), (BOX, BOX), borderMode=cv2.BORDER_REPLICATE)
        mouth = np.zeros((BOX, BOX), np.uint8)
        hull = cv2.convexHull(landmarks[MOUTH].astype(np.float32))
        cv2.fillPoly(mouth, [np.rint(hull).astype(np.int32)], 255)
        mouth = cv2.dilate(mouth, np.ones((13, 13), np.uint8))
        return face * (1.0 + self.config.mouth * cv2.GaussianBlur(mouth, (0, 0), 5.0).astype(np.float32) / 255.0)


def sampling_grid(pose: FloatArray, origin: Origin, size: int) -> FloatArray:
    """Where each picture pixel of a window lies in the same window of the face frame: (s, s, 2) in -1..1."""
    top, left = origin
    y, x = np.mgrid[top : top + size, left : left + size].astype(np.float32)
    u = pose[0, 0] * x + pose[0, 1] * y + pose[0, 2] - left
    v = pose[1, 0] * x + pose[1, 1] * y + pose[1, 2] - top
    return np.stack([(u + 0.5) * 2 / size - 1, (v + 0.5) * 2 / size - 1], -1).astype(np.float32)
