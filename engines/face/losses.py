"""Says how far a made face is from the true one: expressions, their motion, the 68 points they move, and rotation."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engines.api.expressions import TO_SHAPES
from engines.api.values import FloatArray
from engines.face.config import FaceTraining
from engines.face.truth import ANSWERED
from engines.scene.head import load_head

_LEAST_VARIANCE = 0.002
_TURN = 0.006
"""A usual size of a quaternion number, half a degree and a half of turn."""


def landmark_table() -> FloatArray:
    """Centimetres (46, 204) that each expression moves the 68 points of the default head."""
    head = load_head(level=0)
    moved = head.meshes["skin"].shapes[:, head.landmark_vertices]  # (52, 68, 3)
    table: FloatArray = TO_SHAPES @ moved.reshape(len(moved), -1)
    return table


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What errors are measured against: variance (46,) of each expression, the landmark table and its own variance."""

    variance: Tensor
    table: Tensor
    spread: Tensor
    answered: Tensor

    @classmethod
    def of(cls, expressions: FloatArray) -> Yardstick:
        """From the true expressions (f, 46) to learn from."""
        table = torch.from_numpy(landmark_table())
        true = torch.from_numpy(expressions.astype("float32"))
        spread = ((true - true.mean(0)) @ table).square().mean()
        return cls(true.var(0), table, spread, torch.from_numpy(ANSWERED))

    def loss(
        self, made: tuple[Tensor, Tensor], true: tuple[Tensor, Tensor], shut: Tensor, known: Tensor, how: FaceTraining
    ) -> Tensor:
        """One number for expressions (b, f, 46) and turns (b, f, 3), against the true ones.

        shut: (b, f) whether lips are closed in speech; known: (b, f) 0 where what was heard cannot tell the rotation.
        """
        error = (made[0] - true[0]) * self.answered
        weight = 1.0 + how.closure * shut[..., None]
        scale = self.variance + _LEAST_VARIANCE
        expressions = (weight * error.square() / scale).mean()
        plain = error.square().mean() / (self.variance * self.answered).mean()
        motion = ((error[:, 1:] - error[:, :-1]).square() / scale).mean()
        landmarks = (weight * (error @ self.table).square()).mean() / self.spread
        turning = (known[..., None] * ((made[1] - true[1]) / _TURN).square()).mean()
        return expressions + how.plain * plain + how.motion * motion + how.landmarks * landmarks + how.turning * turning
