"""Sets lip pictures into the painted face: the text driver's mouth, where the renderer's own would be."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from fractions import Fraction

import cv2
import numpy as np

from engines.api.events import EngineError, Progress
from engines.api.values import SILENCE, ByteArray, FloatArray, MouthShapes, Phone, frame_count
from engines.lipsync.predict import resample_mouth
from engines.presenter.composite import border_shift
from engines.presenter.face_frame import BOX, carry, invert
from engines.presenter.presenters import Presenter
from engines.textlip import reading
from engines.textlip.engine import paint_all
from engines.textlip.identity import of_presenter
from engines.textlip.placing import HEIGHT, WIDTH, LipWindow
from engines.textlip.points import find, open_points
from engines.textlip.runs import FPS, window_of
from engines.textlip.saved import open_network, weights_path

RIM = 7.0
"""Softness of the lip picture's rim: standard deviation in pixels of the lip picture."""
_KEPT = 3
"""Stretches of painted lips held at once."""


class LipSetter:
    """Paints the lips of timed phones, stretch by stretch, and sets them into one presenter's face."""

    def __init__(self, presenter: Presenter, phones: tuple[Phone, ...]) -> None:
        """Raises EngineError where the phones of the sound are not known."""
        if not any(phone.symbol != SILENCE for phone in phones):
            raise EngineError(
                "Lips from text need the words of the sound: speak the story, or drive the lips by sound."
            )
        reading.check_phones(phones)
        self._presenter, self._network, self._points = presenter, open_network(weights_path("paralip")), open_points()
        self._identity = of_presenter(presenter.folder)
        self._stretches = list(reading.pieces(phones))
        self._starts = [0, *(frame_count(stretch[-1].end_s, Fraction(FPS)) for stretch in self._stretches)]
        self._kept: OrderedDict[int, ByteArray] = OrderedDict()
        self._window = LipWindow(presenter.frame.points).matrix
        self._back = invert(self._window)
        self._mask = cv2.warpAffine(lip_mask(), self._back, (BOX, BOX))

    def mouths(self, fps: Fraction, first: int, last: int) -> Generator[Progress, None, FloatArray]:
        """Mouths (last - first, 20, 2) in mouth units of the lips painted for frames first..last of a clip."""
        found = []
        for i in range(len(self._stretches)):
            found.append(self._presenter.frame.units(carry(self._back, find(self._points, self._painted(i)))))
            yield Progress(i + 1, len(self._stretches), "Painting lips")
        return resample_mouth(MouthShapes(np.concatenate(found), Fraction(FPS)), fps, max(last, 0)).points[first:last]

    def picture(self, at_s: float) -> ByteArray:
        """The lip picture (80, 160, 3) at a time; after the last phone the last one."""
        number = min(max(round(at_s * FPS), 0), self._starts[-1] - 1)
        stretch = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self._painted(stretch)[number - self._starts[stretch]]

    def _painted(self, stretch: int) -> ByteArray:
        if stretch not in self._kept:
            start, end = self._starts[stretch : stretch + 2]
            phones = window_of(self._stretches[stretch], start / FPS, end / FPS)
            self._kept[stretch] = paint_all(self._network, phones, end - start, self._identity)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[stretch]

    def set(self, face: ByteArray, lips: ByteArray) -> ByteArray:
        """A copy of a painted face (512, 512, 3), in the face frame, with a lip picture set in without a seam."""
        moved = cv2.warpAffine(lips, self._back, (BOX, BOX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        ground, made = face.astype(np.float32), moved.astype(np.float32)
        made += border_shift(ground, made, self._mask)
        mixed = ground + self._mask[..., None] * (made - ground)
        return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def lip_mask() -> FloatArray:
    """Where a lip picture counts (80, 160), 0..1: a rounded window that fades out before its edge."""
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    inset = int(2 * RIM)
    cv2.ellipse(
        mask, (WIDTH // 2, HEIGHT // 2), (WIDTH // 2 - inset // 2, HEIGHT // 2 - inset // 2), 0, 0, 360, 1.0, -1
    )
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), RIM / 2), np.float32)
