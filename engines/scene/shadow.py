"""Where the key lamp looks from, so that its depth picture can shade the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import look_at
from engines.scene.head import Head
from engines.scene.light import Light

HALF_CM, HEAD_HALF_CM = 33.0, 17.5
"""Half the side of the region that is shadowed: by head and shoulders, by the head alone."""

DROP_CM, HEAD_DROP_CM = 14.0, 3.6
"""How far below the eyes its middle lies."""

DEPTH_CM = 140.0


@dataclass(frozen=True, eq=False)
class KeyView:
    """The key lamp as a parallel camera: world to its clip space (4, 4), and uniforms that use its picture."""

    matrix: NDArray[np.float64]
    uniforms: dict[str, Any]


def key_view(head: Head, light: Light, taps: int = 1, head_alone: bool = False) -> KeyView:
    """Look at head and shoulders, or at the head alone, along the key light; taps: samples of a soft shadow."""
    half, drop = (HEAD_HALF_CM, HEAD_DROP_CM) if head_alone else (HALF_CM, DROP_CM)
    middle = np.mean(head.eye_centres, 0).astype(float) - [0.0, drop, 4.0]
    eye = middle + light.key.direction * DEPTH_CM / 2
    scale = np.diag([1 / half, 1 / half, -2 / DEPTH_CM, 1.0])
    scale[2, 3] = -1.0
    x, y, z = (float(v) for v in eye)
    matrix = scale @ look_at((x, y, z), (float(middle[0]), float(middle[1]), float(middle[2])))
    uniforms = {
        "shadow_matrix": matrix,
        "shadow_width": light.softness_cm / (2 * half),
        "shadow_growth": DEPTH_CM * light.key.size[0] / light.softness_cm,
        "disc": vogel_disc(taps),
    }
    return KeyView(matrix, uniforms)


def vogel_disc(count: int) -> NDArray[np.float32]:
    """Points (count, 2) spread evenly over a disc of radius 1 (Vogel 1979)."""
    i = np.arange(count)
    radius, angle = np.sqrt((i + 0.5) / count), i * 2.39996
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], 1).astype(np.float32)
