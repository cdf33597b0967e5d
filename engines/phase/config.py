"""Knows the sizes of the phase networks and how they are trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from engines.common.weights import WEIGHTS

Preset = Literal["compact", "paper"]
PRESETS: tuple[Preset, ...] = ("compact", "paper")


def weights_path(preset: Preset) -> Path:
    """Where the weights of a preset lie."""
    return WEIGHTS / f"phase-{preset}.safetensors"


@dataclass(frozen=True)
class CompactConfig:
    """A small network that corrects the phase steps of an estimate and says how far to trust each one.

    looks: times it is asked; warm: projections before each; patch: bins folded into channels; width: channels;
    blocks: residual blocks; kernel: frames and patches a block sees; level_frames: frames (odd) whose energy sets the
    level a frame is measured against.
    """

    looks: int = 2
    warm: int = 16
    patch: int = 4
    width: int = 48
    blocks: int = 4
    kernel: tuple[int, int] = (3, 3)
    level_frames: int = 9

    @property
    def reach(self) -> int:
        """Frames to either side that a frame's answer depends on, given the estimate."""
        return self.level_frames // 2 + (self.kernel[0] // 2) * (self.blocks + 1) + 1

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)


def tiny_compact() -> CompactConfig:
    """A network with the same interface that needs no weights to be quick."""
    return CompactConfig(warm=2, width=8, blocks=1)


@dataclass(frozen=True)
class CompactTraining:
    """How the compact network is trained.

    frames: of a crop; loud: power of the magnitudes in the weight of a step; alone: steps before it is shown
    estimates made with its own help.
    """

    batch: int = 6
    frames: int = 40
    steps: int = 20000
    rate: float = 2e-3
    loud: float = 0.5
    averaging: float = 0.998
    alone: int = 300
    seed: int = 7


@dataclass(frozen=True)
class PaperConfig:
    """The GAN of Oyamada et al. 2018. iterations: of Griffin-Lim before the generator; width, blocks: of SRResNet;
    critic, critic_most: channels of the critic's first and widest layers."""

    iterations: int = 5
    width: int = 64
    blocks: int = 16
    critic: int = 16
    critic_most: int = 256

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)


def tiny_paper() -> PaperConfig:
    """A GAN with the same interface that takes a moment."""
    return PaperConfig(iterations=2, width=4, blocks=1, critic=2, critic_most=8)


@dataclass(frozen=True)
class PaperTraining:
    """How the paper trains: LSGAN with feature matching of weight `matching`, RMSprop, 1 s segments 0.5 s apart.

    Source: eqs. 8 to 10, sections 4.1 and 5.2.
    """

    batch: int = 16
    segment_s: float = 1.0
    apart_s: float = 0.5
    rate: float = 5e-5
    matching: float = 1.0
    steps: int = 200_000
    seed: int = 7
