"""Knows the true mouth of the computer-made presenter for any labelled speech: rules -> curves -> 20 mouth points.

The head is held straight, so that shapes depend on speech alone; whoever paints a frame moves them with the head.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from engines.api.arkit import NAMES
from engines.api.jobs import PerformJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, Audio, FloatArray, Performance, Phone, Speech
from engines.lipsync.config import FPS
from engines.lipsync.pca import MouthFrame, mouth_frame, normalise
from engines.performance.engine import PerformanceEngine
from engines.scene.camera import Camera
from engines.scene.head import load_head

MOUTH = slice(48, 68)


@dataclass(frozen=True, eq=False)
class Mouth:
    """The presenter's mouth as a linear model: (20, 3) cm at rest, (52, 20, 3) cm per weight, camera and frame."""

    neutral: FloatArray
    shapes: FloatArray
    camera: Camera
    frame: MouthFrame

    def points(self, weights: FloatArray) -> FloatArray:
        """Face curves (f, 52) to normalised mouths (f, 20, 2), head straight."""
        world = self.neutral + np.tensordot(weights, self.shapes, 1)  # (f, 20, 3)
        pixels = self.camera.project(world.reshape(-1, 3)).reshape(-1, 20, 2)
        return normalise(pixels, self.frame)


@cache
def presenter_mouth() -> Mouth:
    """The default presenter's mouth, seen by the newsroom camera."""
    head, still = load_head(level=0), np.zeros(3, np.float32)
    neutral = head.landmarks(np.zeros(len(NAMES), np.float32), still)[MOUTH]
    shapes = np.stack([head.landmarks(row, still)[MOUTH] - neutral for row in np.eye(len(NAMES), dtype=np.float32)])
    camera = Camera.presenter(head=head)
    return Mouth(neutral, shapes, camera, mouth_frame(camera.project(neutral)))


def perform(speech: Speech) -> Performance:
    """Animate speech by the performance rules at 25 fps."""
    result: Performance = result_of(PerformanceEngine().run(PerformJob(speech, Fraction(FPS))))
    return result


def true_mouth(speech: Speech) -> FloatArray:
    """Normalised mouths (f, 20, 2) of labelled speech at 25 fps."""
    return presenter_mouth().points(perform(speech).weights)


@cache
def resting_mouth() -> FloatArray:
    """The closed mouth (20, 2) the presenter keeps in silence."""
    quiet = Speech(Audio(np.zeros(16_000, np.float32), 16_000), (Phone(SILENCE, 0.0, 1.0),))
    return true_mouth(quiet)[0]


@cache
def stamp() -> str:
    """A name for these true mouths: it changes when the rules or the head do, so that nothing old is learnt from."""
    symbols = ("m", "ɑ", "b", "u", "f", "i", "ʃ", "oʊ", "p", "æ", "l", "ɛ", "w", "aɪ", "t", "s", "k", "ʌ", "n", "ɹ")
    phones = [Phone(s, 0.1 * i, 0.1 * i + 0.1, i % 2) for i, s in enumerate(symbols)]
    sound = np.sin(np.arange(32_000) / 20).astype(np.float32) * np.linspace(0.1, 0.3, 32_000, dtype=np.float32)
    points = true_mouth(Speech(Audio(sound, 16_000), tuple(phones)))
    return hashlib.blake2b(np.round(points, 3).tobytes(), digest_size=4).hexdigest()
