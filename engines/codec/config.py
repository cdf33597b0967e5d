"""Knows the codec's sizes: its time grid, its rates, its networks and how they are trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engines.common.stft import Grid
from engines.common.weights import WEIGHTS

RATE_HZ = 16000
HOP = 128
FRAMES = 128
"""Frames of a segment; with HOP, 1.024 s: Liu, Cao, Kim 2020."""
SEGMENT = FRAMES * HOP
"""Samples of a segment."""
BANDS = 128
CONTEXT = 8
"""Frames the encoder sees before and after a segment."""
MARGIN = 4
"""Frames the decoder makes before and after a segment, for the joins."""
STEPS = 16
"""Time steps of a segment's latent."""
LEVELS = 16
GRID = Grid(RATE_HZ, 768, HOP, "hann")
"""48 ms windows tell the harmonics of low voices apart; six of them cover each sample, which settles the phase."""


def weights_path(part: str) -> Path:
    """Where the weights of a part ("model", "vocoder") lie."""
    return WEIGHTS / f"codec-{part}.safetensors"


@dataclass(frozen=True)
class ModelConfig:
    """Encoder, generator and the rates they serve.

    channels: of the latent; rates: (kbit/s, channels used) ascending, each rate's the first of the next's; listen,
    speak: channels of encoder and generator at the rate of the steps; fine: of the generator at four times that rate;
    blocks: residual blocks (encoder, generator, fine); critic: channels of the discriminator's first layer.
    """

    channels: int = 76
    rates: tuple[tuple[float, int], ...] = ((0.5, 7), (1.0, 16), (2.0, 34), (4.0, 67))
    listen: int = 256
    speak: int = 320
    fine: int = 192
    blocks: tuple[int, int, int] = (3, 4, 2)
    critic: int = 16

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)

    @staticmethod
    def from_header(values: dict[str, Any]) -> ModelConfig:
        """The config that gave this header."""
        lists = {"rates": tuple((float(k), int(c)) for k, c in values["rates"]), "blocks": tuple(values["blocks"])}
        return ModelConfig(**(values | lists))


def tiny() -> ModelConfig:
    """Networks with the same interface that take a moment."""
    return ModelConfig(9, ((0.5, 2), (1.0, 3), (2.0, 5), (4.0, 9)), 16, 16, 8, (1, 1, 1), 4)


@dataclass(frozen=True)
class ModelTraining:
    """How encoder and generator are trained.

    rate: of AdamW; averaging: of the copy that ships; hard: share of a batch whose latents are quantised (straight
    through), the rest get noise of the same power; draws: how often each rate is drawn;
    coarse: weight of the loss at the ear's resolution against that of single cells; adversary_from: share of the
    training after which the discriminator takes part; adversary, matching: weights of its losses.
    """

    batch: int = 16
    steps: int = 1_000_000
    rate: float = 2e-3
    averaging: float = 0.998
    hard: float = 0.7
    draws: tuple[float, ...] = (0.14, 0.16, 0.5, 0.2)
    coarse: float = 0.6
    adversary_from: float = 0.87
    adversary: float = 0.01
    matching: float = 0.05
    seed: int = 7


@dataclass(frozen=True)
class VocoderConfig:
    """Mel to magnitude. width: channels; blocks: residual blocks; iterations: of phase reconstruction."""

    width: int = 192
    blocks: int = 3
    iterations: int = 30

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)


def tiny_vocoder() -> VocoderConfig:
    """A vocoder with the same interface that takes a moment."""
    return VocoderConfig(8, 1, 2)


@dataclass(frozen=True)
class VocoderTraining:
    """How the vocoder is trained. plain: share of the pieces that are true mel, the rest is decoded from codes of any
    rate; coarse: as in ModelTraining."""

    batch: int = 8
    steps: int = 1_000_000
    rate: float = 1.5e-3
    averaging: float = 0.995
    plain: float = 0.15
    coarse: float = 0.6
    seed: int = 7


@dataclass(frozen=True)
class SearchConfig:
    """The latent search. rate: of Adam on the latent; pull: mu of the augmented Lagrangian, in loss per element."""

    rate: float = 0.1
    pull: float = 1.0
