"""Knows how the texture coordinates of skin and suit are packed, so that the face and the shirt get most pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

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
    Window((0.320, 0.530, 0.045, 0.110), (0.370, 0.520, 0.110, 0.110)),  # inner collar
)


def pack(uv: Doubles, uv_quads: Ints, windows: tuple[Window, ...]) -> tuple[Doubles, np.ndarray]:
    """Move every island into the first window that holds it whole: new (c, 2) uv, (q,) window or -1 of each face."""
    ends = (uv_quads.ravel(), np.roll(uv_quads, 1, axis=1).ravel())
    links = sp.coo_matrix((np.ones(uv_quads.size), ends), (len(uv), len(uv)))
    island = connected_components(links, directed=False)[1][uv_quads[:, 0]]
    moved, owner = uv.copy(), np.full(len(uv_quads), -1)
    for number in np.unique(island):
        mine = island == number
        corners = np.unique(uv_quads[mine])
        fitting = [i for i, window in enumerate(windows) if window.holds(uv[corners]).all()]
        if fitting:
            owner[mine] = fitting[0]
            moved[corners] = windows[fitting[0]].move(uv[corners])
    return moved, owner


def unpack(uv: Doubles, windows: tuple[Window, ...]) -> Doubles:
    """Carry packed coordinates (n, 2) back to the source texture space; 0 where no window is."""
    source = np.zeros_like(uv)
    for window in windows:
        left, bottom, width, height = window.target
        inside = ((uv >= (left, bottom)) & (uv <= (left + width, bottom + height))).all(1)
        source[inside] = window.back(uv[inside])
    return source
