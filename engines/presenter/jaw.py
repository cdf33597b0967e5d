"""Knows how far the jaw follows the mouth: a multilinear regression of jaw points on mouth width and height.

Source: Zheng et al. 2020, section 3.3 (jaw offset from mouth width w and height h). Letters: f frames, j jaw points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.api.values import FloatArray
from engines.presenter.face_frame import MOVING_JAW, FaceFrame, carry


def mouth_size(mouth: FloatArray) -> FloatArray:
    """Width and height (..., 2) of mouths (..., 20, 2): corner to corner, middle of upper to middle of lower lip."""
    width = np.linalg.norm(mouth[..., 6, :] - mouth[..., 0, :], axis=-1)
    height = np.linalg.norm(mouth[..., 9, :] - mouth[..., 3, :], axis=-1)
    return np.stack([width, height], -1).astype(np.float32)


def aperture(mouth: FloatArray) -> FloatArray:
    """Opening between the lips (...) of mouths (..., 20, 2): mean distance of the three inner pairs."""
    upper, lower = mouth[..., 13:16, :], mouth[..., [19, 18, 17], :]
    return np.linalg.norm(upper - lower, axis=-1).mean(-1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class JawRule:
    """Linear rule: jaw points in mouth units = weights . (w, h, 1). weights: (11, 2, 3)."""

    weights: FloatArray

    def offset(self, mouth: FloatArray, rest: FloatArray) -> FloatArray:
        """How far the jaw points 3..13 move (11, 2) when the mouth goes from `rest` to `mouth`, in mouth units."""
        return (self.weights[..., :2] @ (mouth_size(mouth) - mouth_size(rest))).astype(np.float32)

    def points(self, mouth: FloatArray) -> FloatArray:
        """Where the rule expects the jaw points 3..13 (11, 2) of a mouth (20, 2), in mouth units."""
        return (self.weights @ np.append(mouth_size(mouth), np.float32(1.0))).astype(np.float32)


def fit_jaw(landmarks: FloatArray, frame: FaceFrame) -> JawRule:
    """Fit the rule on footage landmarks (f, 68, 2) by least squares."""
    mouths = np.stack([frame.mouth(row) for row in landmarks])
    jaws = np.stack([frame.units(carry(frame.align(row), row[MOVING_JAW])) for row in landmarks])  # (f, j, 2)
    size = mouth_size(mouths)
    design = np.column_stack([size, np.ones(len(size))])  # (f, 3)
    solved, *_ = np.linalg.lstsq(design, jaws.reshape(len(jaws), -1), rcond=None)
    return JawRule(solved.T.reshape(-1, 2, 3).astype(np.float32))
