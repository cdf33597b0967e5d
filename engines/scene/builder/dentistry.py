"""Knows the colours inside the mouth: enamel, gums and tongue."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from engines.scene.builder.noise import turbulence
from engines.scene.builder.relief import Texels
from engines.scene.builder.sources import Doubles
from engines.scene.builder.surfaces import Surface, fade

ENAMEL = np.array([0.700, 0.640, 0.530])
NECK_OF_TOOTH = np.array([0.560, 0.440, 0.290])
EDGE = np.array([0.600, 0.590, 0.560])
GUM = np.array([0.400, 0.125, 0.115])
TONGUE = np.array([0.430, 0.150, 0.140])
"""Linear albedo."""


def describe_teeth(teeth: Surface, lower: np.ndarray) -> dict[str, Doubles]:
    """Tell for every vertex whether it is enamel, and how far it is from the gum (0) towards the biting edge (1)."""
    faces = teeth.faces
    size = (len(teeth.points), len(teeth.points))
    ends = (faces.ravel(), np.roll(faces, 1, axis=1).ravel())
    links = sp.coo_matrix((np.ones(faces.size), ends), size)
    _, piece = connected_components(links, directed=False)
    gum = np.bincount(piece).argmax()
    edge = np.zeros(len(piece))
    for number in np.unique(piece):
        mine = piece == number
        height = teeth.points[mine, 1]
        share = (height - height.min()) / (np.ptp(height) + 1e-9)
        edge[mine] = share if lower[mine].any() else 1 - share
    return {"enamel": (piece != gum).astype(float), "edge": edge}


def paint_teeth(texels: Texels, seed: int) -> Doubles:
    """Paint linear albedo (n, 3): warm at the gum, greyer at the edge."""
    p, edge, enamel = texels.points, texels.values["edge"], texels.values["enamel"]
    tooth = ENAMEL + (NECK_OF_TOOTH - ENAMEL) * fade(0.45, 0.0, edge)[:, None]
    tooth = tooth + (EDGE - tooth) * (0.5 * fade(0.8, 1.0, edge))[:, None]
    tooth = tooth * (1 + 0.05 * turbulence(p, 2.5, 3, seed))[:, None]
    gum = GUM * (1 + 0.16 * turbulence(p, 2.2, 3, seed + 4))[:, None]
    return np.asarray(gum + (tooth - gum) * (enamel > 0.5)[:, None])


def paint_tongue(texels: Texels, seed: int) -> Doubles:
    """Paint linear albedo (n, 3): rough pink with a groove along the middle and a paler coat behind."""
    p = texels.points
    buds = turbulence(p, 7.0, 2, seed)
    groove = np.exp(-((p[:, 0] / 0.16) ** 2))
    coat = fade(11.5, 8.5, p[:, 2])
    colour = TONGUE * (1 + 0.14 * buds - 0.18 * groove)[:, None]
    return np.asarray(colour + (np.array([0.5, 0.32, 0.29]) - colour) * (0.45 * coat)[:, None])
