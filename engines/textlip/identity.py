"""Finds the lip picture that says whose mouth is painted: of a presenter, or of a face in a picture or video."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray, FloatArray
from engines.common.homes import homes
from engines.textlip.placing import HEIGHT, MOUTH_WIDTH, WIDTH, LipWindow, cut

CONSENT = ("who", "scope", "date", "statement")
SMALLEST_FACE = 60
"""Pixels of a face's side; a mouth in a smaller one has too few."""
LIPS = (80.0, 31.0)
"""Where the middle of closed lips lies in a lip picture."""
_REACH = 24.0
"""Pixels of the lip picture that a face's box may be wrong by."""
_MOUTH_AT, _MOUTH_SHARE = (0.5, 0.79), 0.32
"""Middle and width of the mouth in the box of dlib's face detector, as shares of its sides."""


def find_identity(name: str) -> ByteArray:
    """The lip picture (80, 160, 3) of a presenter's name, shipped or the user's own, or folder, or of a picture file.

    Raises EngineError with one sentence: no such thing, no consent record, no face, a face too small, a wrong size.
    """
    for folder in (*(home / name for home in homes()), Path(name)):
        if name and (folder / "presenter.json").is_file():
            return of_presenter(folder)
    path = Path(name)
    if not path.is_file():
        known = ", ".join(p.parent.name for home in homes() for p in sorted(home.glob("*/presenter.json")))
        raise EngineError(f"There is no presenter or picture {name!r}: choose from {known}, or name a picture file.")
    return of_picture(first_picture(path), path.name)


def of_presenter(folder: Path) -> ByteArray:
    """The presenter's mouth in the first picture of its silent clip. Raises EngineError where nobody has consented."""
    if not consented(folder):
        raise EngineError(f"The presenter {folder.name!r} has no complete consent record: complete it before using it.")
    picture, (left, top), landmarks, neutral = read_presenter(folder)
    face = picture[top : top + 512, left : left + 512]
    return cut(face, LipWindow(neutral).place(landmarks))


def read_presenter(folder: Path) -> tuple[ByteArray, tuple[int, int], FloatArray, FloatArray]:
    """First template picture, corner of its face box, its landmarks (68, 2) and the neutral ones, in box pixels."""
    try:
        about: dict[str, Any] = json.loads((folder / "presenter.json").read_text(encoding="utf-8"))
        with np.load(folder / "template.npz", allow_pickle=False) as data:
            landmarks, neutral = data["landmarks"][0].astype(np.float32), data["neutral"].astype(np.float32)
        left, top = about["box"]
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(f"The presenter folder {folder} is damaged: restore it from a copy.") from error
    return first_picture(folder / "template.mp4"), (left, top), landmarks, neutral


def consented(folder: Path) -> bool:
    """Whether a presenter folder holds a complete consent record."""
    try:
        record = json.loads((folder / "consent.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and all(str(record.get(key, "")).strip() for key in CONSENT)


def first_picture(path: Path) -> ByteArray:
    """The first picture (h, w, 3) of a picture or video file. Raises EngineError for anything else."""
    import av

    try:
        with av.open(str(path)) as container:
            frame = next(container.decode(video=0))
            return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    except (av.error.FFmpegError, IndexError, StopIteration, OSError, ValueError) as error:
        raise EngineError(
            f"{path.name} cannot be read as a picture: name a PNG, a JPEG or a video of a face."
        ) from error


def of_picture(picture: ByteArray, name: str) -> ByteArray:
    """The lip picture in a picture (h, w, 3): itself where it has that size, else cut around the largest face."""
    height, width = picture.shape[:2]
    if (width, height) == (WIDTH, HEIGHT):
        return picture
    if min(width, height) < SMALLEST_FACE:
        raise EngineError(
            f"{name} is {width}x{height}: give a lip picture of {WIDTH}x{HEIGHT} or a larger picture of a face."
        )
    box = largest_face(picture)
    if box is None:
        raise EngineError(f"No face with a mouth was found in {name}: give a picture that shows one from the front.")
    return cut(picture, centred(picture, window_in(box)))


def centred(picture: ByteArray, window: FloatArray) -> FloatArray:
    """The window (2, 3) moved so that the reddest part of it, the lips, lies where lips lie in a lip picture."""
    seen = cut(picture, window).astype(np.float32)
    red = (seen[..., 0] / (seen.sum(-1) + 1.0))[4:-4, 24:-24]
    rows, columns = np.nonzero(red >= np.quantile(red, 0.88))
    found = np.array([np.median(columns) + 24, np.median(rows) + 4])
    shift = np.clip(np.array(LIPS) - found, -_REACH, _REACH)
    moved = window.copy()
    moved[:, 2] += shift
    return moved


def largest_face(picture: ByteArray) -> tuple[float, float, float] | None:
    """Left, top and side of the largest face in a picture; None where there is none."""
    import dlib

    found = [(r.left(), r.top(), r.width()) for r in dlib.get_frontal_face_detector()(np.ascontiguousarray(picture), 1)]
    large = [face for face in found if face[2] >= SMALLEST_FACE]
    return max(large, key=lambda face: face[2]) if large else None


def window_in(box: tuple[float, float, float]) -> FloatArray:
    """Similarity (2, 3) from a picture to the lip picture, guessed from a face's box: left, top and side."""
    left, top, side = box
    scale = MOUTH_WIDTH / (_MOUTH_SHARE * side)
    middle = left + _MOUTH_AT[0] * side, top + _MOUTH_AT[1] * side
    return np.array(
        [[scale, 0, WIDTH / 2 - scale * middle[0]], [0, scale, HEIGHT * 0.36 - scale * middle[1]]], np.float32
    )
