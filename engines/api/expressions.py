"""The 46 expressions of FaceWarehouse and the one table between them and ARKit's 52 shapes, both ways.

Names and order: C. Cao, Y. Weng, S. Zhou, Y. Tong, K. Zhou, "FaceWarehouse: a 3D facial expression database for visual
computing", IEEE TVCG 20(3), 2014, as its tools name them. A row of PAIRS joins one expression to one shape, or to a
left and a right one, which it moves alike. What has no partner is in EMPTY_EXPRESSIONS or EMPTY_SHAPES and is zero.
"""

from __future__ import annotations

import numpy as np

from engines.api.arkit import INDEX
from engines.api.values import FloatArray

EXPRESSIONS: tuple[str, ...] = (
    "EyeBlink_L",
    "EyeBlink_R",
    "EyeSquint_L",
    "EyeSquint_R",
    "EyeDown_L",
    "EyeDown_R",
    "EyeIn_L",
    "EyeIn_R",
    "EyeOpen_L",
    "EyeOpen_R",
    "EyeOut_L",
    "EyeOut_R",
    "EyeUp_L",
    "EyeUp_R",
    "BrowsD_L",
    "BrowsD_R",
    "BrowsU_C",
    "BrowsU_L",
    "BrowsU_R",
    "JawFwd",
    "JawLeft",
    "JawOpen",
    "JawChew",
    "JawRight",
    "MouthLeft",
    "MouthRight",
    "MouthFrown_L",
    "MouthFrown_R",
    "MouthSmile_L",
    "MouthSmile_R",
    "MouthDimple_L",
    "MouthDimple_R",
    "LipsStretch_L",
    "LipsStretch_R",
    "LipsUpperClose",
    "LipsLowerClose",
    "LipsUpperUp",
    "LipsLowerDown",
    "LipsUpperOpen",
    "LipsLowerOpen",
    "LipsFunnel",
    "LipsPucker",
    "ChinLowerRaise",
    "ChinUpperRaise",
    "Sneer",
    "Puff",
)

_SIDED = {
    "EyeBlink": "eyeBlink",
    "EyeSquint": "eyeSquint",
    "EyeDown": "eyeLookDown",
    "EyeIn": "eyeLookIn",
    "EyeOpen": "eyeWide",
    "EyeOut": "eyeLookOut",
    "EyeUp": "eyeLookUp",
    "BrowsD": "browDown",
    "BrowsU": "browOuterUp",
    "MouthFrown": "mouthFrown",
    "MouthSmile": "mouthSmile",
    "MouthDimple": "mouthDimple",
    "LipsStretch": "mouthStretch",
}
_SINGLE = {
    "BrowsU_C": "browInnerUp",
    "JawFwd": "jawForward",
    "JawLeft": "jawLeft",
    "JawOpen": "jawOpen",
    "JawChew": "mouthClose",
    "JawRight": "jawRight",
    "MouthLeft": "mouthLeft",
    "MouthRight": "mouthRight",
    "LipsUpperClose": "mouthRollUpper",
    "LipsLowerClose": "mouthRollLower",
    "LipsFunnel": "mouthFunnel",
    "LipsPucker": "mouthPucker",
    "ChinLowerRaise": "mouthShrugLower",
    "ChinUpperRaise": "mouthShrugUpper",
    "Puff": "cheekPuff",
}
_BOTH_SIDES = {"LipsUpperUp": "mouthUpperUp", "LipsLowerDown": "mouthLowerDown", "Sneer": "noseSneer"}

PAIRS: dict[str, tuple[str, ...]] = (
    {f"{ours}_{side[0]}": (theirs + side,) for ours, theirs in _SIDED.items() for side in ("Left", "Right")}
    | {ours: (theirs,) for ours, theirs in _SINGLE.items()}
    | {ours: (f"{theirs}Left", f"{theirs}Right") for ours, theirs in _BOTH_SIDES.items()}
)
"""Expression to the ARKit shapes it is. JawChew opens the jaw behind closed lips, which is what mouthClose is for."""

EMPTY_EXPRESSIONS: tuple[str, ...] = tuple(name for name in EXPRESSIONS if name not in PAIRS)
"""Expressions no ARKit shape stands for: LipsUpperOpen, LipsLowerOpen."""

EMPTY_SHAPES: tuple[str, ...] = tuple(
    name for name in INDEX if name not in {s for pair in PAIRS.values() for s in pair}
)
"""ARKit shapes no expression stands for: mouthPress, cheekSquint (both sides) and tongueOut."""

NUMBER: dict[str, int] = {name: i for i, name in enumerate(EXPRESSIONS)}
"""Column of each expression."""


def _to_shapes() -> FloatArray:
    table = np.zeros((len(EXPRESSIONS), len(INDEX)), np.float32)
    for expression, shapes in PAIRS.items():
        table[NUMBER[expression], [INDEX[shape] for shape in shapes]] = 1.0
    return table


TO_SHAPES: FloatArray = _to_shapes()
"""(46, 52): expressions @ TO_SHAPES are shapes."""
TO_EXPRESSIONS: FloatArray = (TO_SHAPES / np.maximum(TO_SHAPES.sum(axis=1, keepdims=True), 1.0)).T.copy()
"""(52, 46): shapes @ TO_EXPRESSIONS are expressions; left and right of one expression give their mean."""


def shapes_of(expressions: FloatArray) -> FloatArray:
    """ARKit weights (..., 52) of expression weights (..., 46)."""
    shapes: FloatArray = np.asarray(expressions, np.float32) @ TO_SHAPES
    return shapes


def expressions_of(shapes: FloatArray) -> FloatArray:
    """Expression weights (..., 46) of ARKit weights (..., 52); EMPTY_SHAPES are lost, paired sides averaged."""
    expressions: FloatArray = np.asarray(shapes, np.float32) @ TO_EXPRESSIONS
    return expressions
