"""Knows the face a network should make of speech: the performance rules, less what no ear could tell from past sound.

Blinks, gaze, sway and breath are chance and are left to layers over the network. Brows rise with the excitement of the
voice, and the head follows its loudness and pitch, both as heard so far: the rules' accents are peaks, which are known
only once they have passed. f faces at 25 a second, face k at k / 25 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.api.arkit import NAMES
from engines.api.expressions import EXPRESSIONS, expressions_of
from engines.api.values import FloatArray, Speech
from engines.face.config import FPS
from engines.face.ravdess import Tracked
from engines.face.sound import Heard
from engines.face.turning import quaternions_of
from engines.performance import coarticulation
from engines.performance.config import MouthConfig
from engines.performance.emotions import Excitement, express
from engines.performance.prosody import measure

CHANCE: tuple[str, ...] = tuple(
    n for n in EXPRESSIONS if n.startswith(("EyeBlink", "EyeDown", "EyeIn", "EyeOut", "EyeUp"))
)
"""Expressions no network answers for: they are 0 in its truth and its output, and layers are laid over them."""
ANSWERED = np.array([name not in CHANCE for name in EXPRESSIONS])


@dataclass(frozen=True, eq=False)
class Truth:
    """weights: (f, 52) and rotation: (f, 3) as in Performance; shut: (f,) whether lips are closed in speech."""

    weights: FloatArray
    rotation: FloatArray
    shut: np.ndarray

    @property
    def expressions(self) -> FloatArray:
        """(f, 46)."""
        return expressions_of(self.weights)

    @property
    def turns(self) -> FloatArray:
        """(f, 3) quaternion vectors."""
        return quaternions_of(self.rotation)


def acted_face(tracked: Tracked, count: int) -> Truth:
    """The face an actor really made, `count` faces long, less what no ear could tell."""
    curves = tracked.weights[:count], tracked.rotation[:count]
    weights, rotation = (np.pad(a, ((0, count - len(a)), (0, 0)), "edge") for a in curves)
    weights = np.where([name.startswith(("eyeBlink", "eyeLook")) for name in NAMES], 0.0, weights).astype(np.float32)
    return Truth(weights, rotation, np.zeros(count, bool))


def true_face(speech: Speech, heard: Heard, emotion: str = "neutral") -> Truth:
    """The face of labelled speech, as long as what was heard of it."""
    count = len(heard.ends)
    times_s = np.arange(count) / FPS
    prosody = measure(speech.audio)
    gestures = coarticulation.plan(speech.phones, prosody, MouthConfig())
    weights = coarticulation.mouth(gestures, times_s, MouthConfig())
    excitement, nod = excite(heard)
    weights = express(weights, emotion, excitement)
    rotation = np.zeros((count, 3), np.float32)
    rotation[:, 0] = nod
    return Truth(weights, rotation, _shut(gestures.closures, times_s))


def excite(heard: Heard, voice: Excitement | None = None) -> tuple[FloatArray, FloatArray]:
    """Excitement (f,) of a voice and how far the head nods with it (f,) in radians; voice: as it was before."""
    voice = voice or Excitement()
    rows = []
    for energy_db, pitch_hz, opening in zip(heard.energy_db, heard.pitch_hz, heard.opening, strict=True):
        value = voice.push(float(energy_db), float(pitch_hz), bool(opening >= 1.0))
        rows.append((value, voice.nod))
    values = np.asarray(rows, np.float32).reshape(-1, 2)
    return values[:, 0], values[:, 1]


def _shut(closures: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Faces in the middle of a p, b or m."""
    middle = closures.mean(axis=1)[None] if len(closures) else np.zeros((1, 0))
    shut: np.ndarray = (np.abs(times_s[:, None] - middle) <= 0.021).any(axis=1)
    return shut
