"""Knows where hair grows, which way it is combed and how long it is: a neat side-parted cut with short sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from engines.scene.builder.noise import turbulence
from engines.scene.builder.sources import Doubles, Ints
from engines.scene.builder.surfaces import Surface, fade, unit
from engines.scene.builder.writer import Growth

STEPS = 8
PART_CM = 3.4
"""Where the parting runs, to the presenter's left of the middle."""


@dataclass(frozen=True, eq=False)
class Scalp:
    """The hair's ground: density (v,) 0..1 over the skin, the eye line and the skull's centre (cm)."""

    skin: Surface
    density: Doubles
    eye: Doubles
    centre: Doubles
    ground: Ints  # (g,) vertices that hair lies on: all but the ears


def map_scalp(skin: Surface, ears: Doubles, eyes: Doubles) -> Scalp:
    """Draw the hairline. ears: (v,) 0..1 where the ears are; eyes: (2, 3) centres."""
    eye = eyes.mean(0)
    density = skin.smooth(_hairline(skin, ears, eye), 4) * (1 - fade(0.1, 0.5, ears))
    ground = np.flatnonzero(ears < 0.15).astype(np.int32)
    return Scalp(skin, density, eye, np.array([0, eye[1] + 1.0, eye[2] - 9.5]), ground)


def _hairline(skin: Surface, ears: Doubles, eye: Doubles) -> Doubles:
    """Forehead line with receding temples, sideburns before the ear, and the nape."""
    x, y, z = np.abs(skin.points[:, 0]), skin.points[:, 1] - eye[1], skin.points[:, 2]
    ear = float(np.median(skin.points[ears > 0.6, 2]))
    wave = 0.35 * turbulence(skin.points, 0.55, 2, 3)
    front = 6.15 + 0.5 * fade(2.2, 4.6, x) - 0.35 * fade(0.0, 2.0, 2.0 - x) + wave
    top = fade(-0.9, 0.9, y - front)
    temple = ear + 1.7 + 4.6 * fade(0.6, 5.6, y) + 0.7 * wave
    side = fade(-0.7, 0.7, temple - z) * fade(-1.1, 0.5, y + 1.6)
    nape = fade(-1.2, 1.2, y + 6.9) * fade(0.0, 1.4, ear - z)
    behind = z < ear + 0.2
    return np.where(behind, np.maximum(np.maximum(top, side), nape), np.maximum(top, side)) * (y > -8.6)


def _flow(scalp: Scalp, points: Doubles, normals: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Combing direction (n, 3), share of top hair (n,), share of forelock (n,)."""
    from_centre = points - scalp.centre
    top = fade(0.20, 0.72, normals[:, 1])
    fore = fade(3.0, 8.0, from_centre[:, 2]) * fade(3.0, 6.0, from_centre[:, 1])
    side = np.tanh((points[:, 0] - PART_CM) / 0.7)
    one = np.ones(len(points))
    ahead = 0.4 + 0.6 * fade(-6, 6, from_centre[:, 2])
    over = np.stack([side * 0.75 * ahead, 0 * one, -0.75 * one], 1)
    down = np.stack([0 * one, -one, -0.55 * one], 1)
    quiff = np.stack([side * 0.8, 0.75 * one, -0.5 * one], 1)
    flow = top[:, None] * over + (1 - top)[:, None] * down
    flow = flow * (1 - fore)[:, None] + quiff * fore[:, None]
    flow -= normals * (flow * normals).sum(1, keepdims=True)
    return unit(flow), top, fore


def grow_hair(scalp: Scalp, count: int, random: np.random.Generator) -> Growth:
    """Grow count hairs from root to tip over the skull."""
    face, share = scalp.skin.scatter(count * 3, random, np.clip(scalp.density, 0, 1) ** 1.2)
    dense = scalp.skin.at(scalp.density, face, share)
    thin = random.random(len(dense)) < fade(0.02, 0.75, dense)
    face, share, dense = face[thin][:count], share[thin][:count], dense[thin][:count]
    roots = scalp.skin.at(scalp.skin.points, face, share)
    normals = unit(scalp.skin.at(scalp.skin.normals, face, share))
    points = _comb(scalp, roots, normals, dense, random)
    points = _clump(points, random)
    return Growth(points, np.zeros((0, 3), np.int32), np.zeros((0, 3)), 0.011, True)


def _lengths(scalp: Scalp, roots: Doubles, normals: Doubles, dense: Doubles, random: np.random.Generator) -> Doubles:
    """Short at nape and temples, growing up the sides, longest on top and over the forehead; short at every edge."""
    _, top, fore = _flow(scalp, roots, normals)
    height = fade(-5.5, 3.5, roots[:, 1] - scalp.eye[1])
    sides = 0.35 + 0.75 * height + 1.5 * fade(-0.1, 0.35, normals[:, 1])
    length = sides * (1 - top) + (2.4 + 3.2 * top) * top + 0.9 * fore
    edge = 0.20 + 0.80 * fade(0.12, 0.95, dense)
    return np.asarray(length * edge * (0.75 + 0.5 * random.random(len(roots))))


def _lifts(scalp: Scalp, roots: Doubles, normals: Doubles, dense: Doubles) -> Doubles:
    """How far hairs stand off the skull: close at the sides, full on top, highest over the forehead."""
    fore = _flow(scalp, roots, normals)[2]
    crown = fade(0.35, 0.9, normals[:, 1])
    full = 0.09 + 0.34 * fade(-0.25, 0.45, normals[:, 1]) + 0.80 * crown + 0.75 * fore * fade(0.1, 0.5, normals[:, 1])
    return np.asarray(full * fade(0.0, 0.9, dense) ** 0.7 + 0.04)


def _comb(scalp: Scalp, roots: Doubles, normals: Doubles, dense: Doubles, random: np.random.Generator) -> Doubles:
    """March each hair along the combing field, held at its height over the skin."""
    skin, ground = scalp.skin, cKDTree(scalp.skin.points[scalp.ground])
    length = _lengths(scalp, roots, normals, dense, random)
    lift = np.minimum(_lifts(scalp, roots, normals, dense), 0.5 * length)
    lift *= 0.55 + 0.6 * random.random(len(roots))
    step = (length / STEPS)[:, None]
    points, here = [roots - normals * 0.08], roots.copy()
    stray = random.normal(0, 0.09, (len(roots), 3))
    for number in range(1, STEPS + 1):
        near = scalp.ground[ground.query(here)[1]]
        normal = skin.normals[near]
        height = ((here - skin.points[near]) * normal).sum(1)
        along = number / STEPS
        goal = lift * np.sin(min(along * 1.9, 1.57)) * (1 - 0.5 * along * along)
        rise = np.clip((goal - height) / (step[:, 0] * 1.2 + 0.02), -1.0, 1.6)
        flow = _flow(scalp, here, normal)[0]
        way = unit(flow + normal * rise[:, None] + stray + random.normal(0, 0.05, flow.shape))
        here = here + way * step
        points.append(here.copy())
    return np.stack(points, 1)


def _clump(points: Doubles, random: np.random.Generator) -> Doubles:
    """Draw neighbours together towards the tips, in locks, and let each hair wander a little."""
    roots = points[:, 0]
    guides = random.choice(len(points), min(2600, len(points)), replace=False)
    mine = guides[cKDTree(roots[guides]).query(roots)[1]]
    along = np.linspace(0, 1, points.shape[1])[None, :, None]
    loose = random.random((len(points), 1, 1))
    pull = (0.20 + 0.55 * loose) * along**1.3 * (loose > 0.06)
    beside = (roots - roots[mine])[:, None] * (1 - 0.75 * along)
    points = points * (1 - pull) + (points[mine] + beside) * pull
    return np.asarray(points + np.cumsum(random.normal(0, 0.035, points.shape), 1) * along)


def bind(points: Doubles, skin: Surface, bonus: Doubles | None = None) -> tuple[Ints, Doubles]:
    """Find the skin triangle nearest each point: its vertices (n, 3) and shares (n, 3).

    bonus: (n, t) or (t,) centimetres by which a triangle counts as nearer.
    """
    distance, near = cKDTree(skin.points[skin.faces].mean(1)).query(points, k=16)
    if bonus is not None:
        distance = distance - np.take_along_axis(np.broadcast_to(bonus, (len(points), len(skin.faces))), near, 1)
    best = near[np.arange(len(points)), distance.argmin(1)]
    a, b, c = (skin.points[skin.faces[best, i]] for i in range(3))
    edge1, edge2, rest = b - a, c - a, points - a
    d11, d12, d22 = (edge1**2).sum(1), (edge1 * edge2).sum(1), (edge2**2).sum(1)
    r1, r2 = (rest * edge1).sum(1), (rest * edge2).sum(1)
    scale = d11 * d22 - d12 * d12 + 1e-12
    second, third = (d22 * r1 - d12 * r2) / scale, (d11 * r2 - d12 * r1) / scale
    share = np.clip(np.stack([1 - second - third, second, third], 1), 0, 1)
    return skin.faces[best], share / share.sum(1, keepdims=True)
