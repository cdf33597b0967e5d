"""Sees to it that lips which should be shut are shut: in silence exactly at rest, and on p, b, m.

A network that hears several likely mouths gives their mean, which stays ajar on a closure. Where it comes near to
closing, the mouth is closed, and changed no more than that takes. The opening is that of the inner lips of the default
head, in centimetres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.api.arkit import MOUTH
from engines.api.expressions import EXPRESSIONS, NUMBER, PAIRS, TO_SHAPES
from engines.api.values import FloatArray
from engines.scene.head import load_head

OURS = np.array([any(shape in MOUTH for shape in PAIRS.get(name, ())) for name in EXPRESSIONS])
"""Expressions that belong to the mouth."""
SHUT_CM, AJAR_CM = 0.22, 0.30
"""A mouth open so little is shut; one open so much is left as it is; between, it fades. Chosen on the tuning voices."""
_INNER = ((61, 67), (62, 66), (63, 65))
_REST = {"ChinLowerRaise": 0.02}
_ROUNDS, _MET_CM = 6, 1e-4


def rest() -> FloatArray:
    """The mouth in silence, (46,)."""
    return _face(_REST)


def gate(expressions: FloatArray, opening: FloatArray) -> FloatArray:
    """Hold the mouth of faces (f, 46) at rest where the gate (f,) is closed."""
    held = rest() + opening[:, None] * (expressions - rest())
    return np.where(OURS, held, expressions).astype(np.float32)


def openings_cm(expressions: FloatArray) -> FloatArray:
    """How far the inner lips are apart in faces (f, 46): (f,), below 0 where they are pressed together."""
    constant, slopes = _opening()
    apart: FloatArray = constant + expressions @ slopes
    return apart


def shut(expressions: FloatArray, shut_cm: float = SHUT_CM, ajar_cm: float = AJAR_CM) -> FloatArray:
    """Close the mouths (f, 46) that come near to closing."""
    x = np.clip((openings_cm(expressions) - shut_cm) / (ajar_cm - shut_cm), 0.0, 1.0)
    share = (x * x * (3 - 2 * x))[:, None]
    closed = _closed(expressions)
    return np.where(OURS, closed + share * (expressions - closed), expressions).astype(np.float32)


def _closed(expressions: FloatArray) -> FloatArray:
    """The nearest mouths (f, 46) whose lips meet: least squares, and again without what has reached 0 or 1."""
    _, slopes = _opening()
    nearest = expressions.astype(np.float32)
    for _ in range(_ROUNDS):
        apart = np.maximum(openings_cm(nearest), 0.0)[:, None]
        if (apart < _MET_CM).all():
            break
        free = np.where(OURS & np.where(slopes > 0, nearest > 0.0, nearest < 1.0), slopes, 0.0)
        step = apart * free / np.maximum(np.square(free).sum(axis=1, keepdims=True), 1e-9)
        nearest = np.clip(nearest - step, 0.0, 1.0)
    return nearest


def _face(weights: dict[str, float]) -> FloatArray:
    face = np.zeros(len(EXPRESSIONS), np.float32)
    for name, weight in weights.items():
        face[NUMBER[name]] = weight
    return face


@lru_cache(maxsize=1)
def _opening() -> tuple[float, FloatArray]:
    """Opening at rest, and (46,) how much more each expression opens."""
    head = load_head(level=0)
    skin, chosen = head.meshes["skin"], head.landmark_vertices
    height = (skin.rest[chosen] + head.landmark_shift)[:, 1]
    moved = TO_SHAPES @ skin.shapes[:, chosen, 1]  # (46, 68)
    pairs = [(height[a] - height[b], moved[:, a] - moved[:, b]) for a, b in _INNER]
    return float(np.mean([p[0] for p in pairs])), np.mean([p[1] for p in pairs], axis=0).astype(np.float32)
