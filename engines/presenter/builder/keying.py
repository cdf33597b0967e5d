"""Knows whether footage stands before a green screen, and takes the green out: coverage and a picture without spill."""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import ByteArray
from engines.presenter.footage_files import BACKGROUND

SHARE = 0.55
"""Share of a picture's rim (left, right and top) that must be green."""
FULL, NONE = 18.0, 70.0
"""Greenness up to which a pixel belongs to the person wholly, and from which not at all, at the screen's own strength
of 100."""


def greenness(picture: ByteArray) -> np.ndarray:
    """How much greener than red and blue each pixel (h, w) is, in levels."""
    red, green, blue = (picture[..., k].astype(np.float32) for k in range(3))
    return green - np.maximum(red, blue)


def screen_strength(picture: ByteArray) -> float:
    """The greenness of the screen behind a person; 0 where there is no green screen."""
    rim = max(picture.shape[1] // 24, 2)
    values = greenness(picture)
    upper = values[: picture.shape[0] * 2 // 3]
    edge = np.concatenate([upper[:, :rim].ravel(), upper[:, -rim:].ravel(), values[:rim].ravel()])
    green = edge > 35
    return float(np.median(edge[green])) if green.mean() > SHARE else 0.0


def take_out(picture: ByteArray, strength: float) -> tuple[ByteArray, ByteArray]:
    """The person over the neutral colour (h, w, 3), spill removed, and coverage (h, w), both uint8."""
    share = cv2.GaussianBlur(greenness(picture) * (100.0 / strength), (3, 3), 0)
    alpha = np.clip((NONE - share) / (NONE - FULL), 0, 1).astype(np.float32)
    out = picture.astype(np.float32)
    spill = np.maximum(out[..., 1] - np.maximum(out[..., 0], out[..., 2]), 0)
    out[..., 1] -= spill
    mixed = out * alpha[..., None] + np.float32(BACKGROUND) * (1 - alpha[..., None])
    return np.rint(mixed).astype(np.uint8), np.rint(alpha * 255).astype(np.uint8)
