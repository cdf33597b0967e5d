"""Knows the sizes of the lip-sync networks and how they are trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["adversarial-tcn", "noncausal-tcn", "lstm", "bilstm"]
KINDS: tuple[Kind, ...] = ("adversarial-tcn", "noncausal-tcn", "lstm", "bilstm")

FPS = 25
"""Mouth shapes a second."""
STEP = 4
"""Feature frames (100 Hz) for each mouth shape."""


@dataclass(frozen=True)
class LipsyncConfig:
    """One network that maps sound to mouth. Source: Zheng et al. 2020, section III-A; rivals of its Table 1.

    kind: the network; window, overlap: mouth shapes in a training window and the part at either end given to the
    neighbour; heard: mouth shapes in a window in use;
    coefficients: PCA coefficients of a mouth; filters, kernel, dilations: the TCN; hidden, layers: the rivals' cells;
    delay: feature frames the time-delayed LSTM hears ahead; dense: units between the sequence network and the output;
    shut_below: mouth openings that fade to closed, in widths of the neutral mouth.
    """

    kind: Kind = "adversarial-tcn"
    window: int = 50
    overlap: int = 10
    heard: int = 1520
    coefficients: int = 10
    stem: tuple[int, int, int] = (32, 64, 128)
    filters: int = 256
    kernel: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    dense: int = 128
    hidden: int = 256
    layers: int = 2
    delay: int = 20
    dropout: float = 0.1
    shut_below: float = 0.07

    @property
    def hop(self) -> int:
        """Mouth shapes a window in use gives: its middle."""
        return self.heard - 2 * self.overlap

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained, the same for all kinds; the adversarial loss only where the kind names it.

    regression, motion: weights of the loss on shapes and on their change from frame to frame; adversarial, matching: of
    the discriminator's opinion and of the distance between what it hears in true and in made motion; adversarial_from:
    share of the training after which both count; closure: extra weight of a frame in which the lips of a speaking
    mouth are shut.
    """

    batch: int = 32
    steps: int = 6000
    rate: float = 2e-3
    regression: float = 1.0
    motion: float = 1.0
    adversarial: float = 0.002
    matching: float = 0.15
    adversarial_from: float = 2 / 3
    closure: float = 3.0
    seed: int = 7


def preset(kind: Kind) -> LipsyncConfig:
    """The sizes of the paper (TCN) and of its rivals at about the same number of weights."""
    if kind == "lstm":
        return LipsyncConfig(kind=kind, layers=1)
    return LipsyncConfig(kind=kind)


def tiny(kind: Kind = "adversarial-tcn") -> LipsyncConfig:
    """A network with the same interface that trains in a second."""
    return LipsyncConfig(kind=kind, heard=50, stem=(8, 8, 8), filters=8, dilations=(1, 2), dense=8, hidden=8, layers=1)


def from_header(values: dict[str, Any]) -> LipsyncConfig:
    """The config a weight file was trained with."""
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return LipsyncConfig(**tuples)
