"""Finds faces in pictures and follows one face's 68 points from picture to picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray, FloatArray
from engines.common.weights import load_weights
from engines.landmarks.config import PATH, LandmarkConfig
from engines.landmarks.crops import Box, crop_of_box, crop_of_points, cut, mirrored, taken_back

WIDE, NARROW = 1280, 400
"""Pixels across a picture that is made smaller before faces are searched in it, and below which it is doubled."""
SURE = 0.0
"""Least score of dlib's detector for a face."""
ROUNDS = 2
"""Looks at a face whose place is only guessed; each stands better on it than the one before."""


class PointFinder(Protocol):
    """Finds the points of a face whose box, or whose points in the picture before, are known."""

    def points(self, grey: ByteArray, box: Box | None, before: FloatArray | None) -> FloatArray:
        """Points (68, 2) in pixels of a grey picture (h, w)."""
        ...


class FaceDetector:
    """dlib's frontal face detector (HOG and a linear classifier, Dalal and Triggs 2005), built into its library."""

    def __init__(self) -> None:
        import dlib

        self._detector: Any = dlib.get_frontal_face_detector()

    def faces(self, grey: ByteArray) -> list[Box]:
        """Boxes of the faces in a grey picture (h, w), the largest first."""
        import cv2

        scale = min(1.0, WIDE / max(grey.shape))
        if scale < 1:
            grey = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        found, scores, _ = self._detector.run(np.ascontiguousarray(grey), int(max(grey.shape) < NARROW), SURE)
        boxes = [(r.left() / scale, r.top() / scale, r.width() / scale) for r, _ in zip(found, scores, strict=True)]
        return sorted(boxes, key=lambda box: -box[2])


class NetworkFinder:
    """The landmark network: two looks where only a box is known, one where the points of the picture before are."""

    def __init__(self, path: Path = PATH) -> None:
        """Load the network. Raises EngineError for a missing or damaged weight file."""
        from engines.landmarks.model import LandmarkNetwork

        state, header = load_weights(path)
        try:
            self.config = LandmarkConfig.from_header(header["config"])
            self._network = LandmarkNetwork(self.config)
            self._network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
        except (KeyError, TypeError, RuntimeError) as error:
            raise EngineError(f"The weight file {path} is not a landmark network: restore it.") from error
        self._network.eval()
        self.mean = np.asarray(self._network.get_buffer("mean").numpy(), np.float32)

    def points(self, grey: ByteArray, box: Box | None, before: FloatArray | None) -> FloatArray:
        """Points (68, 2) in pixels. box: where a detector saw the face; before: the points one picture ago."""
        size = self.config.size
        if before is not None:
            return self.look(grey, crop_of_points(before, self.mean, size))
        assert box is not None
        points = self.look(grey, crop_of_box(box, self.mean, size))
        for _ in range(ROUNDS - 1):
            points = self.look(grey, crop_of_points(points, self.mean, size))
        return points

    def look(self, grey: ByteArray, crop: FloatArray) -> FloatArray:
        """Points (68, 2) in pixels of the picture: the mean of what one crop and its mirror picture show."""
        import torch

        size = self.config.size
        seen = cut(grey, crop, size)
        with torch.inference_mode():
            found = self._network(torch.from_numpy(np.stack([seen, seen[:, ::-1]])[:, None])).numpy() * size
        return taken_back(crop, (found[0] + mirrored(found[1], size)) / 2)


class PredictorFinder:
    """A dlib shape predictor that the user owns (68 points; Kazemi and Sullivan 2014); it needs a box every time."""

    def __init__(self, path: Path) -> None:
        """Load the file. Raises EngineError where it is missing or no predictor of 68 points."""
        import dlib

        try:
            self._predictor: Any = dlib.shape_predictor(str(path))
        except RuntimeError as error:
            raise EngineError(f"{path} is no dlib shape predictor: name a .dat file of 68 points.") from error

    def points(self, grey: ByteArray, box: Box | None, before: FloatArray | None) -> FloatArray:
        """Points (68, 2) in pixels."""
        import dlib

        left, top, side = box if box is not None else box_of(before)
        rectangle = dlib.rectangle(int(left), int(top), int(left + side), int(top + side))
        shape = self._predictor(grey, rectangle)
        if shape.num_parts != 68:
            raise EngineError(f"The shape predictor finds {shape.num_parts} points: name a .dat file of 68 points.")
        return np.float32([(shape.part(i).x, shape.part(i).y) for i in range(68)])


def box_of(points: FloatArray | None) -> Box:
    """The detector's box that fits known points."""
    from engines.landmarks.crops import BOX_CENTRE, BOX_SPAN

    assert points is not None
    low, high = points.min(0), points.max(0)
    side = float(high[1] - low[1]) / BOX_SPAN
    x, y = (low + high) / 2
    return float(x) - BOX_CENTRE[0] * side, float(y) - BOX_CENTRE[1] * side, side


def open_finder(predictor: str = "") -> PointFinder:
    """The network, or the user's own shape predictor where one is named."""
    return PredictorFinder(Path(predictor)) if predictor else NetworkFinder()


def steadied(points: FloatArray, seen: np.ndarray, window: int = 7, order: int = 2) -> FloatArray:
    """Points (f, 68, 2) smoothed over each unbroken run of seen frames (Savitzky and Golay 1964)."""
    from scipy.signal import savgol_filter

    out = points.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        length = min(window, (last - first - 1) | 1 if (last - first) % 2 else last - first - 1)
        if length > order:
            out[first:last] = savgol_filter(points[first:last], length, order, axis=0)
    return out.astype(np.float32)
