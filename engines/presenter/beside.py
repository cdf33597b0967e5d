"""Two ways to draw one take side by side: the face beside its map, the rival's mouth box, or another network's mouth.

Letters: n pictures of a chunk, h w of the joined picture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

import cv2
import numpy as np

from engines.api.events import EngineError, Progress
from engines.api.jobs import ClipJob
from engines.api.looks import BESIDE, MAP, MOUTH_BOX
from engines.api.values import ByteArray, FloatArray, Frames
from engines.lipsync.predict import load_lipsync, weights_path
from engines.presenter.export import Painter
from engines.presenter.face_frame import BOX, invert
from engines.presenter.facial_map import CHANNELS
from engines.presenter.listening import listen
from engines.presenter.mouth_box import mouth_box_mask
from engines.presenter.painting import Look, Scene
from engines.presenter.presenters import Presenter
from engines.presenter.template import TemplateClip

AROUND = 1.25
"""Height of the part shown, in face boxes."""
INKS = np.float32([(150, 160, 176), (77, 163, 255), (255, 196, 92), (255, 110, 110), (255, 220, 220)])
"""Colour of each channel of a map, in the order of CHANNELS."""


class MapScene(Scene):
    """Draws the map instead of the picture that is painted from it."""

    def frames(self, mouths: FloatArray, first: int) -> Iterator[Frames]:
        """One picture (1, h, w, 3) a mouth, as large as the template's."""
        for frame, mouth in enumerate(mouths, first):
            width, height = self.look.width, self.look.height
            left, top = self.presenter.box
            back = invert(self.pose(self.number(frame)))
            back[:, 2] += (left, top)
            drawn = inked(self.facial_map(frame, mouth))
            yield Frames(cv2.warpAffine(drawn, back, (width, height))[None], frame, self.look.fps)


def inked(drawn: ByteArray) -> ByteArray:
    """A map (c, 512, 512) as a picture (512, 512, 3), every channel in its own colour."""
    assert len(drawn) == len(CHANNELS) == len(INKS)
    return np.asarray(np.clip(np.tensordot(drawn / np.float32(255), INKS, (0, 0)), 0, 255), np.uint8)


def check_beside(what: str) -> None:
    """Raise EngineError for a comparison nobody knows, or whose network has not been trained."""
    names = [name for name, _ in BESIDE]
    if what not in names:
        raise EngineError(f"Nothing named {what!r} can be shown beside the clip: choose from {', '.join(names[1:])}.")
    if what not in ("", MAP, MOUTH_BOX) and not weights_path(what).is_file():  # type: ignore[arg-type]
        raise EngineError(f"The network {what} has no weights yet: train lipsync --network {what} makes them.")


def rival(
    job: ClipJob, presenter: Presenter, painter: Painter, mouths: FloatArray, first: int, last: int
) -> Generator[Progress, None, tuple[Scene, FloatArray]]:
    """What stands at the right: a scene and its mouths (f, 20, 2)."""
    look = side_look(job, presenter)
    if job.beside == MAP:
        return MapScene(presenter, painter, look), mouths
    if job.beside == MOUTH_BOX:
        return Scene(presenter, painter, look, mask=mouth_box_mask(presenter.frame)), mouths
    other = load_lipsync(weights_path(job.beside))  # type: ignore[arg-type]
    heard = yield from listen(job.audio, job.fps, first, last, other)
    return Scene(presenter, painter, look), heard


def side_look(job: ClipJob, presenter: Presenter) -> Look:
    """The clip's look at the template's own size, nothing laid over, and never transparent."""
    background = "studio" if job.background == "alpha" else job.background
    clip = TemplateClip(presenter.folder)
    try:
        height, width = clip.picture(0)[1].shape
    finally:
        clip.close()
    return Look(job.fps, width, height, background, job.seed)


def joined(left: Frames, right: Frames, presenter: Presenter, width: int, height: int) -> Frames:
    """Faces of two pictures (n, ...) side by side (n, h, w, 3)."""
    pairs = zip(left.pictures, right.pictures, strict=True)
    half = width // 2
    rows = [
        np.hstack([portrait(p, presenter, wide, height) for p, wide in zip(pair, (half, width - half), strict=True)])
        for pair in pairs
    ]
    return replace(left, pictures=np.stack(rows))


def portrait(picture: ByteArray, presenter: Presenter, width: int, height: int) -> ByteArray:
    """The face of a template-sized picture, filling width x height."""
    tall = AROUND * BOX
    scale = height / tall
    left, top = presenter.box
    corner = np.float32([left + BOX / 2 - width / scale / 2, top + BOX / 2 - tall / 2])
    move = np.float32([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(picture, move, (width, height), flags=method, borderMode=cv2.BORDER_REPLICATE)
