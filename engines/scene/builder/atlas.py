"""Knows how the texture coordinates of skin and suit are packed, so that the face and the shirt get most pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.scene.builder.sources import Doubles, Ints


@dataclass(frozen=True)
class Window:
    """A rectangle of source texture space (left, bottom, width, height) and where it goes in the new texture."""

    source: tuple[float, float, float, float]
    target: tuple[float, float, float, float]

    def holds(self, uv: Doubles) -> np.ndarray:
        """Tell which of (..., 2) coordinates lie in the source rectangle."""
        left, bottom, width, height = self.source
        inside = (uv >= (left, bottom)) & (uv <= (left + width, bottom + height))
        return np.asarray(inside.all(-1))

    def move(self, uv: Doubles) -> Doubles:
        """Carry coordinates over."""
        left, bottom, width, height = self.source
        to = np.array(self.target)
        return np.asarray(to[:2] + (uv - (left, bottom)) / (width, height) * to[2:])

    def back(self, uv: Doubles) -> Doubles:
        """Undo `move`."""
        to = np.array(self.target)
        left, bottom, width, height = self.source
        return np.asarray((left, bottom) + (uv - to[:2]) / to[2:] * (width, height))


SKIN = (
    Window((0.638, 0.138, 0.362, 0.690), (0.105, 0.0, 0.895, 1.0)),  # head and front of the neck
    Window((0.750, 0.005, 0.180, 0.138), (0.004, 0.005, 0.094, 0.200)),  # inside of the mouth
    Window((0.005, 0.540, 0.074, 0.100), (0.004, 0.215, 0.045, 0.100)),  # eye socket
    Window((0.079, 0.540, 0.080, 0.100), (0.053, 0.215, 0.045, 0.100)),  # eye socket
    Window((0.260, 0.860, 0.240, 0.120), (0.004, 0.325, 0.094, 0.200)),  # back of the neck
)

SUIT = (
    Window((0.346, 0.815, 0.146, 0.170), (0.005, 0.505, 0.490, 0.490)),  # shirt and tie
    Window((0.010, 0.640, 0.290, 0.270), (0.005, 0.005, 0.490, 0.490)),  # back of the jacket
    Window((0.380, 0.640, 0.330, 0.262), (0.505, 0.005, 0.490, 0.490)),  # fronts
    Window((0.740, 0.050, 0.255, 0.920), (0.505, 0.505, 0.490, 0.490)),  # sleeves
    Window((0.320, 0.530, 0.045, 0.110), (0.497, 0.005, 0.006, 0.490)),  # inner collar
)


def pack(uv: Doubles, uv_quads: Ints, windows: tuple[Window, ...]) -> tuple[Doubles, np.ndarray]:
    """Move every face into the first window that holds it whole: new (c, 2) coordinates, (q,) window or -1 per face."""
    moved = uv.copy()
    owner = np.full(len(uv_quads), -1)
    for number, window in enumerate(windows):
        held = window.holds(uv[uv_quads]).all(1) & (owner < 0)
        owner[held] = number
        corners = np.unique(uv_quads[held])
        moved[corners] = window.move(uv[corners])
    return moved, owner
