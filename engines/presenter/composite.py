"""Knows how a painted face is set into the template picture without a seam, and the presenter into a background.

Letters: h w pixels of the template picture, b a of the part that the face mask can touch.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.api.values import ByteArray, FloatArray
from engines.presenter.face_frame import BOX, FaceFrame, invert

FEATHER = 14.0
"""Softness of the face mask's rim: standard deviation in pixels."""
_MATCH = 8
"""Colour is matched on a grid this many times coarser than the picture."""
RIM = 12
"""Pixels painted around what is seen: a crop's rim is painted without its surroundings."""
_SWAY = 32
"""Pixels the head may carry the mask away from its place in the face frame."""
_LARGEST_SHIFT = 10.0
"""Colour levels the border match may move a pixel by; more would be motion, not colour."""


def face_mask(frame: FaceFrame) -> FloatArray:
    """Where the painted face replaces the template (512, 512), 0..1, in the face frame: brow to below a fallen jaw."""
    points, width = frame.points, frame.width
    jaw = points[0:17]
    chin = jaw[4:13] + np.array([0.0, 0.8 * width], np.float32)
    brows = points[17:27] - np.array([0.0, 0.35 * width], np.float32)
    hull = cv2.convexHull(np.concatenate([jaw, chin, brows]).astype(np.float32))
    mask = np.zeros((BOX, BOX), np.uint8)
    cv2.fillPoly(mask, [np.rint(hull).astype(np.int32)], 255)
    rim = 16
    mask[:rim], mask[-rim:], mask[:, :rim], mask[:, -rim:] = 0, 0, 0, 0
    inner = cv2.erode(mask, np.ones((2 * int(FEATHER) + 1,) * 2, np.uint8))
    return cv2.GaussianBlur(inner.astype(np.float32) / 255.0, (0, 0), FEATHER / 2)


def paint_window(frame: FaceFrame) -> tuple[int, int, int, int]:
    """Top, left, height and width of what the mask shows and RIM pixels around it, multiples of 16."""
    seen = face_mask(frame) > 0
    rows, columns = np.nonzero(seen.any(1))[0], np.nonzero(seen.any(0))[0]
    top, left = (max(int(side[0]) - RIM, 0) // 16 * 16 for side in (rows, columns))
    below, right = (min(-(-(int(side[-1]) + 1 + RIM) // 16) * 16, BOX) for side in (rows, columns))
    return top, left, below - top, right - left


def border_shift(template: FloatArray, painted: FloatArray, mask: FloatArray) -> FloatArray:
    """Slowly varying colour shift (b, a, 3) that makes the painted face meet the template along the mask's rim."""
    height, width = mask.shape
    size = (width // _MATCH, height // _MATCH)
    ring = mask * (1.0 - mask) * 4.0
    weight = cv2.GaussianBlur(cv2.resize(ring, size, interpolation=cv2.INTER_AREA), (0, 0), 5.0)[..., None]
    error = cv2.resize((template - painted) * ring[..., None], size, interpolation=cv2.INTER_AREA)
    shift = cv2.GaussianBlur(error, (0, 0), 5.0) / (weight + 1e-3)
    return cv2.resize(np.clip(shift, -_LARGEST_SHIFT, _LARGEST_SHIFT), (width, height))


class FaceSetter:
    """Sets painted faces of one presenter into its template pictures."""

    def __init__(self, frame: FaceFrame, box: tuple[int, int], mask: FloatArray | None = None) -> None:
        """box: left and top of the face box in the template picture; mask: another than face_mask's, (512, 512)."""
        self._mask = face_mask(frame) if mask is None else mask
        rows, columns = np.nonzero(self._mask.max(1) > 0)[0], np.nonzero(self._mask.max(0) > 0)[0]
        self._x, self._y = max(int(columns[0]) - _SWAY, 0), max(int(rows[0]) - _SWAY, 0)
        self._size = (
            min(int(columns[-1]) + _SWAY, BOX) - self._x,
            min(int(rows[-1]) + _SWAY, BOX) - self._y,
        )
        self._corner = (box[0] + self._x, box[1] + self._y)

    def place(self, painted: ByteArray, pose: FloatArray) -> tuple[ByteArray, FloatArray]:
        """Painted face (b, a, 3) and mask (b, a) carried from face frame to picture, the mask's part only."""
        back = invert(pose)
        back[:, 2] -= (self._x, self._y)
        face = cv2.warpAffine(painted, back, self._size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return face, cv2.warpAffine(self._mask, back, self._size, flags=cv2.INTER_LINEAR)

    def set(self, picture: ByteArray, painted: ByteArray, pose: FloatArray) -> ByteArray:
        """A copy of the template picture (h, w, 3) with the face painted in; pixels outside the mask are untouched."""
        face, mask = self.place(painted, pose)
        out = picture.copy()
        (x, y), (w, h) = self._corner, self._size
        box = out[y : y + h, x : x + w]
        template, made = box.astype(np.float32), face.astype(np.float32)
        made += border_shift(template, made, mask)
        made -= template
        made *= mask[..., None]
        made += template
        np.copyto(box, cv2.convertScaleAbs(np.clip(made, 0, 255)))
        return out


def half_covered(matte: ByteArray) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows and columns of the pixels that are neither empty nor full."""
    found = cv2.findNonZero(cv2.inRange(matte, 1, 254))
    places = np.zeros((0, 2), np.int32) if found is None else found.reshape(-1, 2)
    return places[:, 1], places[:, 0]


def over(picture: ByteArray, matte: ByteArray, background: ByteArray, behind: tuple[int, ...]) -> ByteArray:
    """The presenter (h, w, 3), shot before the plain colour `behind` with coverage (h, w), before another background.

    Where coverage is partial, the share of the plain colour is replaced: out = picture + (1 - coverage) (new - plain).
    """
    out = background.copy()
    cv2.copyTo(picture, cv2.compare(matte, 255, cv2.CMP_EQ), out)
    rows, columns = half_covered(matte)
    gap = 255 - matte[rows, columns, None].astype(np.int32)
    change = (background[rows, columns].astype(np.int32) - np.array(behind, np.int32)) * gap
    out[rows, columns] = np.clip(picture[rows, columns] + (change + 127) // 255, 0, 255).astype(np.uint8)
    return out


def with_coverage(picture: ByteArray, matte: ByteArray, behind: tuple[int, ...]) -> ByteArray:
    """RGBA (h, w, 4) with straight alpha: the plain colour `behind` is taken out of half-covered pixels."""
    out = np.dstack([picture, matte])
    rows, columns = half_covered(matte)
    share = matte[rows, columns, None].astype(np.float32) / 255.0
    colour = (picture[rows, columns] - (1.0 - share) * np.float32(behind)) / share
    out[rows, columns, :3] = np.clip(np.rint(colour), 0, 255).astype(np.uint8)
    return out


def fit(
    picture: ByteArray, width: int, height: int, keep: tuple[float, float, float, float] | None = None
) -> ByteArray:
    """Scale a picture so that it fills width x height, cut evenly at the sides that stand over.

    keep: left, top, right and bottom of what is to stay in sight, by an uneven cut where it has to be; where it is too
    large for that, its right and its bottom do.
    """
    h, w = picture.shape[:2]
    if (w, h) == (width, height):
        return picture
    scale = max(width / w, height / h)
    cut_w, cut_h = min(round(width / scale), w), min(round(height / scale), h)
    across, down = (None, None) if keep is None else ((keep[0], keep[2]), (keep[1], keep[3]))
    left, top = cut_from(w, cut_w, across), cut_from(h, cut_h, down)
    part = picture[top : top + cut_h, left : left + cut_w]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(part, (width, height), interpolation=method)


def cut_from(length: int, seen: int, keep: tuple[float, float] | None) -> int:
    """Where a cut of `seen` pixels out of so many begins: in the middle, moved as far as `keep` asks for."""
    start = (length - seen) // 2
    if keep is not None:
        start = max(min(start, int(keep[0])), math.ceil(keep[1]) - seen)
    return min(max(start, 0), length - seen)
