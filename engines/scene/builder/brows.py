"""Knows eyebrows and eyelashes: where they run on the face and how their hairs lie."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.interpolate import LinearNDInterpolator

from engines.api.arkit import INDEX
from engines.scene.builder.atlas import SKIN
from engines.scene.builder.scalp import bind
from engines.scene.builder.sources import Doubles
from engines.scene.builder.surfaces import Surface, fade, unit
from engines.scene.builder.writer import Growth

BROW_X = (1.15, 2.1, 3.1, 4.2, 5.35)
BROW_Y = (1.12, 1.42, 1.66, 1.72, 1.18)
"""Middle line of a brow in centimetres from the middle of the eyes: outwards, and above the eye centre."""
BROW_HALF = (0.29, 0.35, 0.31, 0.22, 0.07)
"""Half the height of the brow along that line."""
UNEVEN_CM = 0.10
"""The presenter's left brow sits this much higher."""


def find_lids(skin: Surface) -> Doubles:
    """How far each vertex (v,) moves in a blink, in centimetres."""
    shapes = skin.mesh.shapes[[INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]]
    return np.asarray(np.linalg.norm(shapes, axis=2).max(0), float)


@cache
def front_depth(skin: Surface) -> LinearNDInterpolator:
    """Find z of the face's front at (x, y); lids and eye sockets, which lie in folds behind it, are left out."""
    sockets = [((skin.uv >= t[:2]) & (skin.uv <= np.add(t[:2], t[2:]))).all(1) for t in (w.target for w in SKIN[2:4])]
    front = (skin.normals[:, 2] > 0.15) & (skin.points[:, 2] > 9.0) & (find_lids(skin) < 0.05)
    front &= ~(sockets[0] | sockets[1])
    return LinearNDInterpolator(skin.points[front, :2], skin.points[front, 2])


def brow_line(skin: Surface, eyes: Doubles, side: int, along: Doubles) -> Doubles:
    """Place points (n, 3) on a brow's middle line, along 0 (inner) to 1 (outer); side 1 is the presenter's left."""
    knots = np.linspace(0, 1, len(BROW_X))
    x = side * np.interp(along, knots, BROW_X)
    y = eyes[:, 1].mean() + np.interp(along, knots, BROW_Y) + (UNEVEN_CM if side > 0 else 0.0)
    return np.column_stack([x, y, front_depth(skin)(x, y)])


def grow_brows(skin: Surface, eyes: Doubles, count: int, random: np.random.Generator) -> Growth:
    """Grow count hairs on each brow."""
    sides = [_grow_brow(skin, eyes, side, count, random) for side in (1, -1)]
    points = np.concatenate(sides)
    triple, share = bind(points[:, 0], skin)
    return Growth(points, triple, share, 0.010, False)


def _grow_brow(skin: Surface, eyes: Doubles, side: int, count: int, random: np.random.Generator) -> Doubles:
    knots = np.linspace(0, 1, len(BROW_X))
    along = random.beta(1.15, 1.25, count)
    across = np.clip(random.normal(0, 0.48, count), -1.15, 1.15)
    half = np.interp(along, knots, BROW_HALF)
    line = brow_line(skin, eyes, side, along)
    line[:, 1] += across * half
    line[:, 2] = front_depth(skin)(line[:, 0], line[:, 1])
    normals = skin.normals[skin.tree.query(line)[1]]
    up = 1.25 * (1 - fade(0.0, 0.42, along)) + 0.25 - 0.75 * across * fade(0.1, 0.5, along) - 0.55 * fade(0.6, 1, along)
    way = np.column_stack([side * (0.30 + 0.85 * fade(0, 0.35, along)), up, -0.1 - 0.5 * along])
    way = unit(way + random.normal(0, 0.16, way.shape))
    length = (0.42 + 0.38 * random.random(count)) * (0.65 + 0.5 * fade(0, 0.3, along) - 0.45 * fade(0.7, 1, along))
    return _lay(skin, line, unit(way - normals * (way * normals).sum(1, keepdims=True)), length)


def _lay(skin: Surface, roots: Doubles, way: Doubles, length: Doubles, steps: int = 4) -> Doubles:
    """Lay hairs close over the skin, tips touching it."""
    points, here = [roots - 0.02 * skin.normals[skin.tree.query(roots)[1]]], roots.copy()
    for number in range(1, steps + 1):
        normal = skin.normals[skin.tree.query(here)[1]]
        rise = 0.35 if number == 1 else (0.1 if number == 2 else -0.12)
        flat = unit(way - normal * (way * normal).sum(1, keepdims=True))
        here = here + unit(flat + rise * normal) * (length / steps)[:, None]
        points.append(here.copy())
    return np.stack(points, 1)


def grow_lashes(skin: Surface, strips: dict[tuple[int, bool], Doubles], random: np.random.Generator) -> Growth:
    """Grow lashes on the lid margins; strips: (side, upper) to the points of the base mesh's lash strip."""
    parts = [_grow_row(points, side, upper, random) for (side, upper), points in strips.items()]
    points = np.concatenate(parts)
    triple, share = bind(points[:, 0], skin)
    return Growth(points, triple, share, 0.009, False)


def _grow_row(strip: Doubles, side: int, upper: bool, random: np.random.Generator) -> Doubles:
    """Place roots on the strip's inner edge, hairs fanned out from the middle of the lid."""
    count = 190 if upper else 80
    order = np.sort(np.abs(strip[:, 0]))
    x = order[0] + (order[-1] - order[0]) * (0.10 + 0.80 * random.beta(1.1, 0.95, count))
    roots = _margin(strip, x, upper)
    roots[:, 0] *= side
    place = (x - order[0]) / np.ptp(order)
    fan = side * (place - 0.42) * 1.5
    rise = 0.42 if upper else -0.62
    way = unit(np.column_stack([fan, np.full(count, rise), np.full(count, 1.0)]) + random.normal(0, 0.08, (count, 3)))
    length = (0.50 if upper else 0.25) * (0.55 + 0.6 * np.sin(np.pi * np.clip(0.18 + 0.72 * place, 0, 1)))
    length *= 0.75 + 0.4 * random.random(count)
    along = np.linspace(0, 1, 6)
    curl = (0.34 if upper else -0.20) * along**2 - (0.10 if upper else -0.05) * np.sin(np.pi * along)
    points = roots[:, None] + way[:, None] * (along[:, None] * length[:, None, None])
    points[..., 1] += curl * length[:, None]
    return points


def _margin(strip: Doubles, x: Doubles, upper: bool) -> Doubles:
    """Fit the strip's edge next to the eyeball as smooth curves over |x|."""
    flat = np.column_stack([np.abs(strip[:, 0]), strip[:, 1:]])
    bins = np.digitize(flat[:, 0], np.linspace(flat[:, 0].min(), flat[:, 0].max(), 13)[1:-1])
    rim = [flat[bins == b][np.argmin(flat[bins == b][:, 2])] for b in np.unique(bins)]
    knots = np.array(rim)
    fits = [np.polynomial.Polynomial.fit(knots[:, 0], knots[:, axis], 4) for axis in (1, 2)]
    return np.column_stack([x, *(fit(x) for fit in fits)])
