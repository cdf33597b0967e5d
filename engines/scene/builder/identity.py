"""Knows who the default presenter is: the mix of released morphs, the asymmetry, and how the arms hang."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.scene.builder.sources import BaseMesh, Doubles, Sources
from engines.scene.builder.surfaces import fade

ORIGIN = {"caucasian": 0.62, "asian": 0.16, "african": 0.22}
OLD = 0.26
"""Share of the old macro morphs: about 42 years."""

BUILD = {
    "universal-male-young-averagemuscle-averageweight": 0.72 * (1 - OLD),
    "universal-male-young-maxmuscle-averageweight": 0.28 * (1 - OLD),
    "universal-male-old-averagemuscle-averageweight": OLD,
}

FEATURES: dict[str, float] = {
    "eyes/l-eye-scale-incr": 0.58,
    "eyes/l-eye-height1-incr": 0.15,
    "eyes/l-eye-height2-incr": 0.21,
    "eyes/l-eye-height3-incr": 0.15,
    "eyes/l-eye-corner2-up": 0.12,
    "eyes/l-eye-bag-incr": 0.15,
    "mouth/mouth-laugh-lines-in": 0.20,
    "eyebrows/eyebrows-trans-up": 0.20,
    "mouth/mouth-angles-up": 0.32,
    "mouth/mouth-scale-horiz-incr": 0.32,
    "mouth/mouth-trans-up": 0.12,
    "mouth/mouth-upperlip-volume-incr": 0.22,
    "mouth/mouth-lowerlip-volume-incr": 0.12,
    "nose/nose-scale-horiz-decr": 0.15,
    "nose/nose-scale-vert-decr": 0.18,
    "nose/nose-width2-decr": 0.20,
    "nose/nose-point-up": 0.10,
    "chin/chin-prominent-incr": 0.22,
    "chin/chin-jaw-drop-decr": 0.10,
    "cheek/l-cheek-bones-incr": 0.30,
    "cheek/l-cheek-volume-incr": 0.10,
    "forehead/forehead-scale-vert-decr": 0.20,
    "head/head-square": 0.12,
    "neck/neck-scale-horiz-incr": 0.10,
}
"""Local morphs and how much of each; "l-" names go to both sides."""

ONE_SIDED: dict[str, float] = {
    "asym/asym-eye-3-l": 0.12,
    "asym/asym-jaw-1-l": 0.15,
    "asym/asym-nose-1-r": 0.10,
    "asym/asym-mouth-1-l": 0.18,
    "asym/asym-cheek-1-r": 0.15,
    "asym/asym-brown-1-l": 0.12,
}
"""What makes the two halves of the face differ."""

ARM_TURN = 0.58
"""Radians the arms are lowered from the base mesh's spread pose."""


@dataclass(frozen=True, eq=False)
class Body:
    """The identity on the base mesh: points (VERTICES, 3) cm and the joints of the neck."""

    points: Doubles
    joints: dict[str, Doubles]


def shape_body(base: BaseMesh, sources: Sources) -> Body:
    """Apply the identity to the base mesh."""
    points = base.points.copy()
    for origin, share in ORIGIN.items():
        points += share * (1 - OLD) * sources.morph(f"macrodetails/{origin}-male-young")
        points += share * OLD * sources.morph(f"macrodetails/{origin}-male-old")
    for name, share in BUILD.items():
        points += share * sources.morph(f"macrodetails/{name}")
    for name, share in (FEATURES | ONE_SIDED).items():
        points += share * sources.morph(name)
        if "/l-" in name and name in FEATURES:
            points += share * sources.morph(name.replace("/l-", "/r-"))
    for side in ("l", "r"):
        points = _lower_arm(points, sources, side)
    points = _slope_shoulders(points)
    return Body(points, _find_joints(points, sources))


def _slope_shoulders(points: Doubles) -> Doubles:
    """Bring the shoulders in and let them fall, as under a jacket without pads."""
    sloped = points.copy()
    outside, high = np.abs(points[:, 0]), points[:, 1]
    sloped[:, 0] -= np.sign(points[:, 0]) * 1.6 * fade(11, 23, outside)
    sloped[:, 1] -= 1.9 * fade(9, 21, outside) * fade(40, 56, high)
    return sloped


def _find_joints(points: Doubles, sources: Sources) -> dict[str, Doubles]:
    names = ("head", "neck", "l-shoulder", "r-shoulder", "l-clavicle", "mouth")
    return {name: points[sources.groups[f"joint-{name}"]].mean(0) for name in names}


def _lower_arm(points: Doubles, sources: Sources, side: str) -> Doubles:
    """Turn everything from the upper arm outwards about the shoulder joint, faded by the skin weights."""
    centre = points[sources.groups[f"joint-{side}-shoulder"]].mean(0)
    tail = f".{side.upper()}"
    chain = ["upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist"]
    share = sources.bone_weights({bone + tail: 1.0 for bone in chain})
    share = np.clip(share + 0.4 * sources.bone_weights({"shoulder01" + tail: 1.0}), 0, 1)
    angle = (-ARM_TURN if side == "l" else ARM_TURN) * share
    x, y = (points - centre)[:, :2].T
    turned = points.copy()
    turned[:, 0] = centre[0] + np.cos(angle) * x - np.sin(angle) * y
    turned[:, 1] = centre[1] + np.sin(angle) * x + np.cos(angle) * y
    return turned
