"""Says how far made faces are from true ones: in expression weights, in millimetres of the 68 points, in smoothness.

f faces at 25 a second. Source: Pham, Wang, Pavlovic 2017, section IV: Tables II (whole), III (emotions), IV (actors).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.api.expressions import expressions_of
from engines.api.values import FloatArray
from engines.face.mouth import openings_cm
from engines.face.truth import ANSWERED, Truth
from engines.scene.head import Head, load_head

CLOSED_CM = 0.05
"""Lips no further apart than this are closed, as in the performance rules' own test."""
_WITHIN = 1
"""Faces either side of a closure in which it may happen."""


@dataclass(frozen=True, eq=False)
class Take:
    """One measured utterance: what was made of it, what is true, and when nobody speaks (gate shut, settled)."""

    voice: str
    emotion: str
    real: bool
    weights: FloatArray
    rotation: FloatArray
    truth: Truth
    silent: np.ndarray


@dataclass(frozen=True)
class Score:
    """Means over takes. Lengths in mm; jerk: mm a frame cubed, mean over points, and that of the truth.

    weight_mse: over the expressions that a network answers for; closed: share of p, b, m in which the lips meet;
    silent_gap_mm, silent_motion_mm: widest opening, and most that a mouth point moves in a frame, of settled silence.
    """

    faces: int
    weight_mse: float
    landmark_rmse_mm: float
    jerk: float
    true_jerk: float
    closed: float
    closures: int
    silent_gap_mm: float
    silent_motion_mm: float


def score(takes: Iterable[Take]) -> Score:
    """Measure some takes."""
    rows = [_score_one(take) for take in takes]
    faces = sum(r["faces"] for r in rows)
    closures = sum(r["closures"] for r in rows)
    mean = {k: sum(r[k] * r["faces"] for r in rows) / faces for k in ("weights", "landmarks", "jerk", "true_jerk")}
    return Score(
        faces,
        mean["weights"],
        float(np.sqrt(mean["landmarks"])),
        mean["jerk"],
        mean["true_jerk"],
        sum(r["closed"] for r in rows) / max(closures, 1),
        closures,
        max(r["gap"] for r in rows),
        max(r["motion"] for r in rows),
    )


def _score_one(take: Take) -> dict[str, float]:
    error = (expressions_of(take.weights) - take.truth.expressions)[:, ANSWERED]
    made, true = landmarks_mm(take.weights, take.rotation), landmarks_mm(take.truth.weights, take.truth.rotation)
    apart_cm = openings_cm(expressions_of(take.weights))
    closures = runs(take.truth.shut)
    met = [apart_cm[max(0, a - _WITHIN) : b + _WITHIN].min() <= CLOSED_CM for a, b in closures]
    moved = np.linalg.norm(np.diff(landmarks_mm(take.weights, 0 * take.rotation)[:, 48:], axis=0), axis=-1).max(axis=1)
    still = take.silent[1:] & take.silent[:-1]
    return {
        "faces": len(error),
        "weights": float(np.square(error).mean()),
        "landmarks": float(np.square(made - true).sum(axis=-1).mean()),
        "jerk": jerk(made),
        "true_jerk": jerk(true),
        "closures": len(closures),
        "closed": sum(met),
        "gap": float(max(0.0, 10 * apart_cm[take.silent].max())) if take.silent.any() else 0.0,
        "motion": float(moved[still].max()) if still.any() else 0.0,
    }


def landmarks_mm(weights: FloatArray, rotation: FloatArray) -> FloatArray:
    """The 68 points (f, 68, 3) of the default head in millimetres."""
    head = _head()
    skin, chosen = head.meshes["skin"], head.landmark_vertices
    points = skin.rest[chosen] + np.tensordot(weights, skin.shapes[:, chosen], 1) + head.landmark_shift
    turned = [head.turn(p, skin.follow[chosen], r) for p, r in zip(points, rotation, strict=True)]
    return 10 * np.stack(turned)


def jerk(points: FloatArray) -> float:
    """Mean length of the third difference of points (f, n, 3), in mm a frame cubed."""
    if len(points) < 4:
        return 0.0
    return float(np.linalg.norm(np.diff(points, 3, axis=0), axis=-1).mean())


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last plus one of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@lru_cache(maxsize=1)
def _head() -> Head:
    return load_head(level=0)
