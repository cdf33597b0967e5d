"""Knows how pictures and mouths are compared with the truth.

Letters: f pictures of one run, h w pixels of a region. Pictures are uint8 RGB.
"""

from __future__ import annotations

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray

CLOSED = 0.02
"""Mouth opening, in mouth widths, below which lips count as closed."""


def mouth_region(landmarks: FloatArray) -> tuple[slice, slice]:
    """Rows and columns of the mouth region of a box picture: 1.5 mouth widths wide, 1.3 high, at the mouth's middle."""
    mouth = landmarks[48:68]
    x, y = (mouth.min(0) + mouth.max(0)) / 2
    width = float(np.linalg.norm(landmarks[54] - landmarks[48]))
    half_w, half_h = round(0.75 * max(width, 60.0)), round(0.65 * max(width, 60.0))
    top, left = max(int(y) - half_h, 0), max(int(x) - half_w, 0)
    return slice(top, int(y) + half_h), slice(left, int(x) + half_w)


def psnr_db(truth: ByteArray, made: ByteArray) -> float:
    """Peak signal to noise ratio."""
    error = np.mean((truth.astype(np.float32) - made.astype(np.float32)) ** 2)
    return float(10 * np.log10(255.0**2 / max(float(error), 1e-6)))


def ssim(truth: ByteArray, made: ByteArray) -> float:
    """Structural similarity of the brightness with a Gaussian window of 1.5 pixels (Wang et al. 2004)."""
    a, b = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(np.float64) for p in (truth, made))

    def mean(x: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(x, (11, 11), 1.5)

    ma, mb = mean(a), mean(b)
    va, vb, ab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    field = (2 * ma * mb + c1) * (2 * ab + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    return float(field[5:-5, 5:-5].mean())


def sharpness(picture: ByteArray) -> float:
    """Strength of the finest detail: standard deviation of the Laplacian of the brightness."""
    return float(cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F).std())


def motion(before: ByteArray, after: ByteArray) -> float:
    """Mean absolute change from one picture to the next."""
    return float(np.abs(after.astype(np.float32) - before.astype(np.float32)).mean())


def correlation(one: FloatArray, two: FloatArray) -> float:
    """Pearson's correlation of two curves (f,); 0 where one does not move."""
    if one.std() < 1e-9 or two.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one, two)[0, 1])


def closures(truth: FloatArray, found: FloatArray, reach: int = 1) -> tuple[int, int]:
    """How many lip closures of true openings (f,) were met in found openings (f,) within `reach` frames, of how many.

    A closure is a spell of closed lips between open ones: the p, b and m of the sentence, not its silence.
    """
    shut = truth < CLOSED
    starts = np.flatnonzero(shut & ~np.r_[True, shut[:-1]])
    met = counted = 0
    for start in starts:
        end = start + int(np.argmax(np.r_[~shut[start:], True]))
        if end >= len(truth) or end - start > 6:
            continue
        counted += 1
        met += bool((found[max(start - reach, 0) : end + reach] < CLOSED).any())
    return met, counted
