"""Knows the skin in texture space: position, normal and mask of every texel, and the fine relief of the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from engines.scene.builder.noise import turbulence
from engines.scene.builder.sources import Doubles, Ints
from engines.scene.builder.surfaces import Surface, fade


@dataclass(frozen=True, eq=False)
class Texels:
    """Every texel that shows skin, first row at v = 0.

    size: side of the texture; row, column: (n,) texels; points, normals: (n, 3); values: vertex values carried over.
    """

    size: int
    row: Ints
    column: Ints
    points: Doubles
    normals: Doubles
    values: dict[str, Doubles]
    nearest: Ints  # (size, size) texel of the nearest skin, for texels that show none

    def spread(self, values: Doubles) -> Doubles:
        """Lay (n, ...) values out as a picture, empty texels filled from their nearest neighbour."""
        return np.asarray(values[self.nearest])


def rasterise(skin: Surface, size: int, values: dict[str, Doubles]) -> Texels:
    """Draw the mesh in texture space, interpolating points, normals and vertex values (v,)."""
    names = list(values)
    packed = np.column_stack([skin.points, skin.normals, *(values[name] for name in names)])
    image = np.full((size, size, packed.shape[1]), np.nan, np.float32)
    corners = skin.mesh.uv * size - 0.5
    for triangle in skin.mesh.triangles:
        _fill(image, corners[triangle].astype(float), packed[skin.mesh.corner[triangle]])
    shown = ~np.isnan(image[..., 0])
    row, column = np.nonzero(shown)
    flat = image[shown].astype(float)
    order = np.full((size, size), -1, np.int32)
    order[shown] = np.arange(len(row), dtype=np.int32)
    closest = ndimage.distance_transform_edt(~shown, return_distances=False, return_indices=True)
    carried = {name: flat[:, 6 + i] for i, name in enumerate(names)}
    nearest = order[closest[0], closest[1]]
    return Texels(size, row.astype(np.int32), column.astype(np.int32), flat[:, :3], flat[:, 3:6], carried, nearest)


def _fill(image: np.ndarray, corners: Doubles, values: Doubles) -> None:
    """Fill the texels of one triangle, half a texel over its edges."""
    low = np.floor(corners.min(0)).astype(int).clip(0, image.shape[0] - 1)
    high = np.ceil(corners.max(0)).astype(int).clip(0, image.shape[0] - 1) + 1
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
    a, b, c = corners
    area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    if abs(area) < 1e-9:
        return
    second = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
    third = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
    share = np.stack([1 - second - third, second, third], -1)
    inside = share.min(-1) > -0.02
    within = share[inside].clip(0, None)
    image[y[inside], x[inside]] = (within / within.sum(1, keepdims=True)) @ values


@dataclass(frozen=True, eq=False)
class Relief:
    """Fine structure per texel (n,): pore 0..1, cell 0..1 between pores, fine and micro noise, height in cm."""

    pore: Doubles
    cell: Doubles
    fine: Doubles
    micro: Doubles
    height: Doubles


def carve(texels: Texels, oily: Doubles, seed: int) -> Relief:
    """Put pores, creases and lip folds into the skin; oily: (n,) where pores are wide."""
    random = np.random.default_rng(seed)
    points, lips = texels.points, texels.values["lips"]
    seeds = points[random.choice(len(points), min(len(points), 200_000), replace=False)]
    _, first = np.unique(np.floor(seeds / 0.115).astype(np.int64), axis=0, return_index=True)
    distance = cKDTree(seeds[first]).query(points, k=2)[0]
    pore = np.exp(-((distance[:, 0] / 0.032) ** 2))
    cell = np.clip((distance[:, 1] - distance[:, 0]) / 0.07, 0, 1)
    fine, micro = turbulence(points, 2.4, 3, seed + 40), turbulence(points, 9.0, 2, seed + 60)
    bare = (1 - lips) * (1 - texels.values["mouth"])
    folds = np.sin(points[:, 0] * 13 + 2.6 * turbulence(points, 0.7, 2, seed + 5)) * 0.5 + 0.5
    above = points[:, 1] - texels.values["eye_y"]
    forehead = fade(2.6, 4.2, above)
    lines = forehead * np.cos((points[:, 1] + 0.35 * turbulence(points, 0.3, 2, seed + 8)) * 4.6) ** 8
    height = -0.013 * pore * (0.35 + 0.9 * oily) * bare - 0.0036 * (1 - cell) * bare + 0.005 * micro * (1 - 0.5 * lips)
    height += 0.006 * fine * bare + 0.016 * lips * (folds - 0.5) - 0.003 * lines * bare
    still = (1 - 0.75 * texels.values["lids"]) * (1 - 0.5 * np.clip(texels.values["hair"], 0, 1))
    return Relief(pore, cell, fine, micro, height * still * (0.3 + 0.95 * fade(-13.5, -9.5, above)))


def tangent_normals(texels: Texels, height: Doubles) -> Doubles:
    """Turn heights (n,) in cm into tangent-space normals (size, size, 2), x along u and y along v."""
    place, raised = texels.spread(texels.points), texels.spread(height)
    slopes = []
    for axis in (1, 0):
        span = np.linalg.norm(np.gradient(place, axis=axis), axis=-1)
        middle = float(np.median(span))
        slopes.append(-ndimage.sobel(raised, axis=axis) / 8 / span.clip(middle * 0.3, middle * 3))
    slope = np.stack(slopes, -1)
    return np.asarray(slope / np.sqrt(1 + (slope**2).sum(-1, keepdims=True)))
