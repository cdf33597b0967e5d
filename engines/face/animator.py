"""Turns what is heard into faces, one at a time with a memory, or a whole recording at once; both give the same.

Order of work: network, mouth shut where it nearly is, gate of silence, ARKit shapes, emotion, idle habits. f faces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from engines.api.expressions import shapes_of
from engines.api.values import Audio, FloatArray
from engines.face.config import COLUMNS
from engines.face.model import State
from engines.face.mouth import gate, shut
from engines.face.sound import Heard, Moment, gathered, moments
from engines.face.truth import ANSWERED, excite
from engines.face.turning import rotations_of
from engines.face.weights import Face
from engines.performance.emotions import Excitement, express

_CHUNK = 250
_END = np.array([[COLUMNS - 1]])


@dataclass(frozen=True)
class Manner:
    """How a face is worn: an emotion, its strength."""

    emotion: str = "neutral"
    strength: float = 1.0


class Animator:
    """One stream of faces. What it remembers: the network's state and how excited the voice is."""

    def __init__(self, face: Face, manner: Manner) -> None:
        self._face, self._manner = face, manner
        self._state: State = ()
        self._voice = Excitement()

    def push(self, moment: Moment) -> tuple[FloatArray, FloatArray]:
        """The face of one moment: weights (52,) and rotation (3,), without idle habits."""
        made, turns, self._state = infer(self._face, moment.window[None], _END, self._state)
        opening = moment.loudness.opening
        excitement = self._voice.push(moment.energy_db, moment.pitch_hz, opening >= 1.0)
        values = np.array([opening], np.float32), np.array([excitement], np.float32)
        weights = finished(made, *values, self._manner)
        return weights[0], rotations_of(turns)[0]


def infer(face: Face, columns: FloatArray, ends: np.ndarray, state: State) -> tuple[FloatArray, FloatArray, State]:
    """Run the network over columns (1, c, 128) with windows up to ends (1, f): (f, 46), (f, 3), state."""
    with torch.inference_mode():
        made, turns, state = face.network(torch.from_numpy(columns), torch.from_numpy(ends), state)
    return made[0].numpy(), turns[0].numpy(), state


def finished(expressions: FloatArray, opening: FloatArray, excitement: FloatArray, manner: Manner) -> FloatArray:
    """What is worn (f, 52) of what the network made (f, 46)."""
    held = gate(shut(expressions * ANSWERED), opening)
    weights = np.clip(shapes_of(held), 0.0, 1.0)
    # The network shows by itself how a neutral speaker's brows follow the voice.
    return weights if manner.emotion == "neutral" else express(weights, manner.emotion, excitement, manner.strength)


def raw_faces(face: Face, audio: Audio, frames: int) -> Iterator[tuple[Heard, FloatArray, FloatArray]]:
    """What the network alone makes of a recording, in pieces: what it heard, (f, 46), quaternions (f, 3)."""
    state: State = ()
    source = moments(audio, frames, face.network.config.top_hz)
    while piece := list(islice(source, _CHUNK)):
        heard = gathered(piece)
        made, turns, state = infer(face, heard.columns[None], heard.ends[None], state)
        yield heard, made, turns


def animate(face: Face, audio: Audio, frames: int, manner: Manner) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Faces of a recording at 25 a second, in pieces: weights (f, 52) and rotation (f, 3), without idle habits."""
    voice = Excitement()
    for heard, made, turns in raw_faces(face, audio, frames):
        yield finished(made, heard.opening, excite(heard, voice)[0], manner), rotations_of(turns)
