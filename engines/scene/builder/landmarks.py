"""Knows which vertices of the base mesh are the 68 dlib points, and how the brow points sit on the drawn brows."""

from __future__ import annotations

import numpy as np

from engines.scene.builder.cages import Cage
from engines.scene.builder.sources import VERTICES, Ints

BASE_VERTICES = tuple(
    int(word)
    for word in (
        "5189 5179 5205 736 5240 892 891 918 5296 7620 7593 7594 11849 7456 11816 11791 11801 "  # jaw
        "254 179 170 174 166 6943 6950 6946 6955 7023 "  # brows
        "136 131 291 297 286 314 343 7077 7055 "  # nose
        "1063 0 1073 1104 6772 41 7796 7765 6784 7755 6825 13368 "  # eyes
        "424 5354 456 454 7215 11956 7184 7166 7241 492 486 406 "  # outer lips
        "431 470 474 7226 7191 7265 523 518"  # inner lips
    ).split()
)
"""Vertices of hm08 in dlib order, found on renders of the base mesh and checked by eye."""


def find_landmarks(skin: Cage) -> Ints:
    """Return the 68 points as vertices of the skin cage."""
    place = np.full(VERTICES, -1, np.int32)
    place[skin.source] = np.arange(len(skin.source))
    found = place[list(BASE_VERTICES)]
    if (found < 0).any():
        raise ValueError(f"landmarks {np.flatnonzero(found < 0)} are not on the skin that was kept")
    return found
