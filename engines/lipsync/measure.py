"""Knows how well predicted mouths fit the true ones.

Letters: f mouth shapes. Lengths are in widths of the neutral mouth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engines.api.values import SILENCE, FloatArray, Speech
from engines.lipsync.config import FPS
from engines.lipsync.pca import aperture

SHUT = 0.03
"""Lips count as closed when the mean inner gap is below this: an eighth of a wide vowel, 2.4 pixels of a clip."""
_SETTLED_S = 0.25
"""A pause is judged this far from the speech around it."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Predicted and true mouths (f, 20, 2) of the same speech."""

    speech: Speech
    made: FloatArray
    true: FloatArray


@dataclass(frozen=True)
class Score:
    """Figures over all frames of a set; int_mse: of the change from frame to frame; correlation: of mouth opening.

    closed: share of the p, b, m in which the predicted lips close; closed_true: the same of the truth; silent_opening,
    silent_motion: largest opening and largest movement of any point between frames in settled pauses.
    """

    mse: float
    mae: float
    int_mse: float
    correlation: float
    closed: float
    closed_true: float
    closures: int
    silent_opening: float
    silent_motion: float
    frames: int


def score(pairs: Iterable[Pair]) -> Score:
    """Compare predictions with the truth, all pairs together."""
    listed = list(pairs)
    error = np.concatenate([(p.made - p.true).reshape(-1, 40) for p in listed])
    change = np.concatenate([np.diff(p.made - p.true, axis=0).reshape(-1, 40) for p in listed])
    made, true = (np.concatenate([aperture(getattr(p, side)) for p in listed]) for side in ("made", "true"))
    closures = np.concatenate([_closures(p) for p in listed])
    pauses = [_pauses(p) for p in listed]
    return Score(
        mse=float(np.mean(error**2)),
        mae=float(np.mean(np.abs(error))),
        int_mse=float(np.mean(change**2)),
        correlation=float(np.corrcoef(made, true)[0, 1]),
        closed=float(np.mean(closures[:, 0] < SHUT)) if len(closures) else float("nan"),
        closed_true=float(np.mean(closures[:, 1] < SHUT)) if len(closures) else float("nan"),
        closures=len(closures),
        silent_opening=max((p[0] for p in pauses), default=0.0),
        silent_motion=max((p[1] for p in pauses), default=0.0),
        frames=len(error),
    )


def _closures(pair: Pair) -> FloatArray:
    """Smallest opening, predicted and true, within each p, b, m and one frame around it: (closures, 2)."""
    openings = np.stack([aperture(pair.made), aperture(pair.true)], axis=1)
    rows = [_smallest(openings, p.start_s, p.end_s) for p in pair.speech.phones if p.symbol in ("p", "b", "m")]
    return np.array(rows, np.float32).reshape(-1, 2)


def _smallest(openings: FloatArray, start_s: float, end_s: float) -> FloatArray:
    first, last = max(int(start_s * FPS), 0), int(end_s * FPS) + 2
    return np.min(openings[min(first, len(openings) - 1) : last], axis=0)


def _pauses(pair: Pair) -> tuple[float, float]:
    """Largest opening and movement inside the settled part of the pauses."""
    opening = motion = 0.0
    for phone in pair.speech.phones:
        first, last = int((phone.start_s + _SETTLED_S) * FPS) + 1, int((phone.end_s - _SETTLED_S) * FPS)
        part = pair.made[first : max(last, 0)] if phone.symbol == SILENCE else pair.made[:0]
        if len(part) > 1:
            opening = max(opening, float(aperture(part).max()))
            motion = max(motion, float(np.abs(np.diff(part, axis=0)).max()))
    return opening, motion
