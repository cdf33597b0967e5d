"""Knows the presenter's true mouth for any speech without drawing it: rules, curves, 20 points of the lip picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from engines.api.arkit import NAMES
from engines.api.jobs import PerformJob
from engines.api.rooms import result_of
from engines.api.values import FloatArray, Performance, Speech
from engines.performance.engine import PerformanceEngine
from engines.scene.camera import Camera
from engines.scene.head import load_head
from engines.textlip.placing import LipWindow, carry
from engines.textlip.runs import FPS

MOUTH = slice(48, 68)


@dataclass(frozen=True, eq=False)
class Mouth:
    """The presenter's mouth as a linear model: (20, 3) cm at rest, (52, 20, 3) cm per weight; camera and lip window."""

    neutral: FloatArray
    shapes: FloatArray
    camera: Camera
    window: LipWindow

    def points(self, weights: FloatArray) -> FloatArray:
        """Face curves (f, 52) to mouth points (f, 20, 2) in lip pictures, the head straight."""
        world = self.neutral + np.tensordot(weights, self.shapes, 1)  # (f, 20, 3)
        pixels = self.camera.project(world.reshape(-1, 3)).reshape(-1, 20, 2)
        return carry(self.window.matrix, pixels.astype(np.float32))


@cache
def presenter_mouth() -> Mouth:
    """The default presenter's mouth, seen by the newsroom camera."""
    head, still = load_head(level=0), np.zeros(3, np.float32)
    rest = head.landmarks(np.zeros(len(NAMES), np.float32), still)
    shapes = [head.landmarks(row, still)[MOUTH] - rest[MOUTH] for row in np.eye(len(NAMES), dtype=np.float32)]
    camera = Camera.presenter(head=head)
    return Mouth(rest[MOUTH], np.stack(shapes), camera, LipWindow(camera.project(rest).astype(np.float32)))


def perform(speech: Speech, seed: int = 0) -> Performance:
    """Animate speech by the performance rules at 25 pictures a second."""
    result: Performance = result_of(PerformanceEngine().run(PerformJob(speech, Fraction(FPS), seed)))
    return result


def true_mouths(speech: Speech) -> FloatArray:
    """Mouth points (f, 20, 2) of labelled speech."""
    return presenter_mouth().points(perform(speech).weights)
