"""Knows the sizes of the landmark network, of its training and of the rendered people it learns from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from engines.common.weights import WEIGHTS

PATH = WEIGHTS / "landmarks.safetensors"
POINTS = 68


@dataclass(frozen=True)
class LandmarkConfig:
    """Convolutions that halve the picture. size: side of the grey crop; widths: channels at a half, a quarter, ...;
    squeeze: channels before the rows; hidden: width of the row before the points.
    """

    size: int = 112
    widths: tuple[int, ...] = (16, 32, 64, 96)
    squeeze: int = 32
    hidden: int = 160

    @staticmethod
    def tiny() -> LandmarkConfig:
        """The same interface for tests."""
        return LandmarkConfig(64, (4, 8, 8, 8), 4, 16)

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)

    @staticmethod
    def from_header(values: dict[str, Any]) -> LandmarkConfig:
        """The config that `to_header` described."""
        return LandmarkConfig(**{**values, "widths": tuple(values["widths"])})


@dataclass(frozen=True)
class LandmarkTraining:
    """How the network is trained. near: share of crops placed as tracking places them, the others as a detector does.

    knee: distance in crop shares at which the loss turns from logarithmic to linear (Feng et al., Wing Loss, 2018).
    """

    batch: int = 32
    rate: float = 2e-3
    near: float = 0.5
    knee: float = 0.02
    curve: float = 0.004
    average: float = 0.998
    seed: int = 5


@dataclass(frozen=True)
class PeopleConfig:
    """How many rendered people there are and how many pictures of each; every `unseen`th is kept for measuring."""

    people: int = 168
    pictures: int = 16
    size: int = 208
    unseen: int = 12
    seed: int = 11
