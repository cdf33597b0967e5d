"""Knows the presenter's skin colour texel by texel: blood, melanin, freckles, lips, beard, scalp and brow tint."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from engines.scene.builder.noise import turbulence
from engines.scene.builder.relief import Relief, Texels
from engines.scene.builder.sources import Doubles
from engines.scene.builder.surfaces import fade

BASE = np.array([0.585, 0.345, 0.250])
"""Linear albedo of even skin."""
LIP = np.array([0.445, 0.175, 0.150])
CAVITY = np.array([0.300, 0.075, 0.065])
RIM = np.array([0.520, 0.250, 0.210])
HAIR = np.array([0.060, 0.041, 0.030])

BLOOD = np.array([0.05, 0.95, 0.80])
MELANIN = np.array([0.55, 0.95, 1.20])
BLUE = np.array([1.00, 0.86, 0.66])
"""How strongly each tint takes away red, green and blue."""


def blob(points: Doubles, centre: Doubles, radius: Doubles | float) -> Doubles:
    """Fall off smoothly around a centre: (n,) in 0..1; radius in cm, one or per axis."""
    return np.asarray(np.exp(-(((points - centre) / radius) ** 2).sum(-1)))


def both_sides(points: Doubles, centre: Doubles, radius: Doubles | float) -> Doubles:
    """Put the same blob on both halves of the face."""
    return blob(points, centre, radius) + blob(points, centre * (-1, 1, 1), radius)


def find_oil(texels: Texels, marks: Doubles) -> Doubles:
    """Tell where skin is oily with open pores: nose, chin, inner cheeks, forehead."""
    p = texels.points
    nose = blob(p, marks[30] + [0, 0.3, 0], (2.0, 1.7, 2.4))
    cheeks = both_sides(p, marks[54] * (0, 1, 1) + [3.3, 3.0, -1.2], 1.5)
    forehead = blob(p, marks[27] + [0, 4.0, 0.0], (3.4, 2.0, 3.0))
    return np.asarray(
        np.clip(nose + 0.45 * cheeks + 0.35 * forehead + 0.3 * blob(p, marks[8] + [0, 1.4, 1], 1.4), 0, 1)
    )


def find_beard(texels: Texels, marks: Doubles) -> Doubles:
    """Tell where a beard would grow: jaw, chin and upper lip, with soft borders."""
    p, lips = texels.points, texels.values["lips"]
    mouth = marks[48:60].mean(0)
    x, y, z = np.abs(p[:, 0]), p[:, 1] - mouth[1], p[:, 2]
    edge = 0.5 * turbulence(p, 0.8, 2, 31)
    line = 0.4 + 3.4 * fade(3.4, 7.2, x) + edge
    jaw = fade(0.9, -1.1, y - line) * fade(-7.6, -5.0, y) * fade(marks[0][2] - 2.0, marks[0][2] + 1.0, z)
    bare = np.exp(-(((x - 2.9) / 0.8) ** 2) - ((y + 0.2) / 0.7) ** 2)
    upper = np.exp(-(((y - 1.15) / 0.62) ** 2)) * fade(3.3, 2.2, x) * fade(marks[48][2] - 1.0, marks[48][2], z)
    return np.asarray(
        np.clip(np.maximum(jaw * (1 - 0.6 * bare), 0.8 * upper), 0, 1) * (1 - lips) * (1 - texels.values["mouth"])
    )


def dots(
    points: Doubles, count: int, radius: float, random: np.random.Generator, share: Doubles | None = None
) -> Doubles:
    """Strew round dots over the texels, where share (n,) allows: (n,) in 0..1."""
    odds = None if share is None else share / share.sum()
    centres = points[random.choice(len(points), count, p=odds)]
    distance = cKDTree(centres).query(points, distance_upper_bound=4 * radius)[0]
    return np.asarray(np.exp(-((distance / radius) ** 2)))


def paint_skin(texels: Texels, relief: Relief, marks: Doubles, brows: Doubles, oily: Doubles, seed: int) -> Doubles:
    """Paint linear albedo (n, 3). marks: (68, 3) landmarks at rest; brows: (m, 3) roots of the brow hairs."""
    random = np.random.default_rng(seed)
    p = texels.points
    colour = np.tile(BASE, (len(p), 1))
    colour *= 1 - _blood(texels, marks, seed)[:, None] * BLOOD
    colour *= 1 - _melanin(texels, relief, marks, random, seed)[:, None] * MELANIN
    under = both_sides(p, marks[45] * (0, 1, 1) + [2.7, -0.95, 0.9], (1.3, 0.42, 1.5))
    colour *= 1 - 0.10 * under[:, None] * np.array([1.0, 1.0, 0.75])
    colour *= 1 - 0.07 * (relief.pore * (0.35 + 0.65 * oily))[:, None] * np.array([0.7, 1, 1])
    colour = _shave(colour, texels, find_beard(texels, marks), random)
    colour = _mix(colour, LIP * (1 + 0.10 * relief.fine[:, None]), 0.78 * texels.values["lips"])
    colour = _tint_hair(colour, texels, brows, random)
    colour = _mix(colour, RIM, 0.75 * texels.values["socket"])
    return _mix(colour, CAVITY * (1 + 0.12 * relief.fine[:, None]), fade(0.25, 0.8, texels.values["mouth"]))


def _mix(colour: Doubles, other: Doubles, share: Doubles) -> Doubles:
    return np.asarray(colour + (other - colour) * np.clip(share, 0, 1)[:, None])


def _blood(texels: Texels, marks: Doubles, seed: int) -> Doubles:
    """Redness: cheeks, nose, ears, chin, inner eye corners, and patches everywhere."""
    p = texels.points
    red = 0.115 * both_sides(p, marks[54] * (0, 1, 1) + [4.1, 3.3, -1.6], (1.9, 1.6, 2.6))
    red += 0.12 * blob(p, marks[30], 1.1) + 0.11 * both_sides(p, marks[35], 0.75)
    red += 0.07 * blob(p, marks[8] + [0, 1.6, 1.2], 1.3) + 0.16 * texels.values["ears"]
    red += 0.10 * both_sides(p, marks[42], 0.5) + 0.10 * texels.values["lids"]
    patches = turbulence(p, 0.31, 4, seed + 20)
    capillary = np.clip(turbulence(p, 1.3, 3, seed + 25) - 0.1, 0, 1) * both_sides(p, marks[35] + [1.2, 0.6, -1], 1.8)
    return np.asarray(0.03 + red + 0.085 * patches * texels.values["face"] + 0.10 * capillary)


def _melanin(texels: Texels, relief: Relief, marks: Doubles, random: np.random.Generator, seed: int) -> Doubles:
    """Brown: broad mottling, freckles, a few moles, a little more on forehead and neck."""
    p, face = texels.points, texels.values["face"]
    brown = 0.075 * turbulence(p, 0.22, 4, seed) + 0.045 * relief.fine + 0.02 * relief.micro
    upper = fade(-3, 3, p[:, 1] - marks[30][1]) * 0.03
    freckles = dots(p, 700, 0.075, random, face + 0.02) * np.clip(0.4 + turbulence(p, 0.15, 2, seed + 77), 0, 1)
    moles = dots(p, 7, 0.085, random, face + 0.01)
    return np.asarray(np.clip(0.03 + brown + upper + 0.13 * freckles * face + 0.42 * moles * face, -0.2, 0.8))


def _shave(colour: Doubles, texels: Texels, beard: Doubles, random: np.random.Generator) -> Doubles:
    stubble = dots(texels.points, 60_000, 0.019, random, beard + 1e-6)
    return np.asarray(colour * (1 - (beard * (0.085 + 0.16 * stubble))[:, None] * BLUE))


def _tint_hair(colour: Doubles, texels: Texels, brows: Doubles, random: np.random.Generator) -> Doubles:
    """Darken the skin under hair and brows, speckled like roots seen through, so that no edge is a line."""
    p, density = texels.points, np.clip(texels.values["hair"], 0, 1)
    roots = dots(p, 90_000, 0.030, random, density**1.5 + 1e-7)
    wander = 0.12 * turbulence(p, 1.1, 3, 91)
    scalp = 0.62 * fade(0.25, 0.95, density + wander) + 0.30 * roots * fade(0.10, 0.6, density)
    colour = _mix(colour, HAIR * 1.6, scalp)
    near = cKDTree(brows).query(p, k=4, distance_upper_bound=0.6)[0]
    brow = np.exp(-((near / 0.13) ** 2)).sum(1) / 4
    return _mix(colour, HAIR * 1.5, 0.50 * brow)


def paint_surface(texels: Texels, relief: Relief, oily: Doubles) -> Doubles:
    """Paint roughness, open pores and lips (n, 3) in 0..1."""
    lips = texels.values["lips"]
    rough = 0.50 - 0.11 * oily - 0.15 * lips - 0.22 * texels.values["mouth"] + 0.05 * relief.pore + 0.05 * relief.fine
    rough = rough + 0.18 * np.clip(texels.values["hair"], 0, 1) - 0.16 * texels.values["socket"]
    return np.stack([np.clip(rough, 0.18, 0.85), oily * (1 - lips), lips], 1)
