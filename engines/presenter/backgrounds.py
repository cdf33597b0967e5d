"""Knows the backgrounds a clip can stand before: a set of the studio, green, nothing (alpha), or a user's picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray
from engines.presenter.composite import fit
from engines.presenter.sets import SETS
from engines.presenter.sets.light import painted

GREEN = (0, 177, 64)
"""Broadcast chroma green in RGB."""
ALPHA = "alpha"


def open_background(name: str, width: int, height: int) -> ByteArray | None:
    """The background (h, w, 3) uint8, None for alpha. Raises EngineError for a picture that cannot be read."""
    if name == ALPHA:
        return None
    if name == "green":
        return np.full((height, width, 3), GREEN, np.uint8)
    if name in SETS:
        return studio_set(name, width, height)
    return fit(read_picture(Path(name)), width, height)


@lru_cache(maxsize=2)
def studio_set(name: str, width: int, height: int) -> ByteArray:
    """A painted set, kept while it is among the last two."""
    picture = painted(SETS[name], width, height)
    picture.flags.writeable = False
    return picture


def known() -> str:
    """The names that are no file."""
    return ", ".join((*SETS, "green", ALPHA))


def read_picture(path: Path) -> ByteArray:
    """A picture file as RGB (h, w, 3). Raises EngineError where there is none."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise EngineError(f"The background {path} cannot be opened: name a picture, {known()}.") from error
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if picture is None:
        raise EngineError(f"The background {path} is not a picture: use PNG, JPEG or WebP, or {known()}.")
    return np.ascontiguousarray(picture[..., ::-1])
