"""Knows which vertices of the base mesh are the 68 dlib points, and how the brow points sit on the drawn brows."""

from __future__ import annotations

import numpy as np

from engines.scene.builder.brows import brow_line
from engines.scene.builder.cages import Cage
from engines.scene.builder.sources import VERTICES, Doubles, Ints
from engines.scene.builder.surfaces import Surface

JAW = (5189, 5179, 5205, 736, 5240, 892, 891, 918, 5296, 7620, 7593, 7594, 11849, 7456, 11816, 11791, 11801)
BROWS = (254, 179, 170, 174, 166, 6943, 6950, 6946, 6955, 7023)
NOSE = (136, 131, 291, 297, 286, 314, 343, 7077, 7055)
EYES = (1063, 0, 1073, 1104, 6772, 41, 7796, 7765, 6784, 7755, 6825, 13368)
OUTER_LIPS = (424, 5354, 456, 454, 7215, 11956, 7184, 7166, 7241, 492, 486, 406)
INNER_LIPS = (431, 470, 474, 7226, 7191, 7265, 523, 518)
BASE_VERTICES = (*JAW, *BROWS, *NOSE, *EYES, *OUTER_LIPS, *INNER_LIPS)
"""Vertices of hm08 in dlib order, found on renders of the base mesh and checked by eye."""


def find_landmarks(skin: Cage) -> Ints:
    """Return the 68 points as vertices of the skin cage."""
    place = np.full(VERTICES, -1, np.int32)
    place[skin.source] = np.arange(len(skin.source))
    found = place[list(BASE_VERTICES)]
    if (found < 0).any():
        raise ValueError(f"landmarks {np.flatnonzero(found < 0)} are not on the skin that was kept")
    return found


BROW_PLACES = (0.02, 0.26, 0.50, 0.75, 0.98)
"""Where along a brow dlib's five points sit, from its inner end."""


def place_landmarks(cage: Cage, skin: Surface, eyes: Doubles) -> tuple[Ints, Doubles]:
    """Return vertices (68,) and shifts (68, 3): the brow points are moved onto the middle of the drawn brows."""
    vertices = find_landmarks(cage)
    shift = np.zeros((68, 3))
    along = np.array(BROW_PLACES)
    right, left = brow_line(skin, eyes, -1, along[::-1]), brow_line(skin, eyes, 1, along)
    goal = np.concatenate([right, left])
    facing = np.flatnonzero(skin.normals[: len(cage.rest), 2] > 0.2)
    near = skin.points[facing][None] - goal[:, None]
    vertices[17:27] = facing[np.linalg.norm(near, axis=2).argmin(1)]
    shift[17:27] = goal - skin.points[vertices[17:27]]
    return vertices, shift
