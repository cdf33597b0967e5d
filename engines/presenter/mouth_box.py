"""The rival that repaints only the mouth's box, as Kumar et al. do: the jaw of the template stays where it was.

Letters: n pictures, h = w = 512 in the face frame.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from engines.api.values import ByteArray, FloatArray
from engines.presenter.composite import FEATHER
from engines.presenter.export import Painter
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.facial_map import to_face_frame
from engines.presenter.presenters import Presenter
from engines.presenter.template import TemplateClip


def mouth_box_mask(frame: FaceFrame) -> FloatArray:
    """The rival's mask (512, 512): a box around the lips, soft at its rim.

    Source: Kumar et al., "ObamaNet: photo-realistic lip-sync from text" (2017), section 3.3: only the mouth's box is
    painted anew. Here our own renderer paints it, so that the comparison is of the area, not of the network.
    """
    mouth, margin = frame.points[48:68], 0.22 * frame.width
    (left, top), (right, below) = mouth.min(0) - margin, mouth.max(0) + margin
    mask = np.zeros((BOX, BOX), np.float32)
    mask[int(top) : int(below), int(left) : int(right)] = 1.0
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), FEATHER / 3), np.float32)


def still_face(presenter: Presenter) -> ByteArray:
    """The template's first face (512, 512, 3) in the face frame: what stands around the box."""
    clip = TemplateClip(presenter.folder)
    try:
        left, top = presenter.box
        box = clip.picture(0)[0][top : top + BOX, left : left + BOX]
    finally:
        clip.close()
    return to_face_frame(box, presenter.frame.align(presenter.landmarks[0]))


class MouthBoxPainter:
    """Another painter's faces, of which only the mouth's box is kept."""

    def __init__(self, painter: Painter, presenter: Presenter) -> None:
        self.device, self.remark = painter.device, painter.remark
        self._painter = painter
        self._still = still_face(presenter).astype(np.float32)
        self._mask = mouth_box_mask(presenter.frame)[..., None]

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Begin painting maps (n, c, h, w); calling the answer waits for pictures (n, h, w, 3)."""
        painting = self._painter.start(maps)

        def wait() -> ByteArray:
            mixed = self._still + self._mask * (painting().astype(np.float32) - self._still)
            return np.asarray(np.rint(mixed), np.uint8)

        return wait
