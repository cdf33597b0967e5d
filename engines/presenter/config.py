"""Knows the sizes of the renderer: presets `paper` (Wang et al. 2018, whole) and `studio` (lean, for two CPU cores)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from engines.presenter.facial_map import CHANNELS


@dataclass(frozen=True)
class RendererConfig:
    """Size of a renderer.

    preset: "paper" or "studio"; size: side of the picture; channels: of the map; width: base feature count
    (`ngf` of the paper; features at a quarter of the size in `studio`); blocks: residual blocks of the inner network;
    fine_blocks: of the local enhancer (paper) or at a quarter of the size (studio);
    critic_width (`ndf`), critic_scales: of the multi-scale discriminator.
    """

    preset: str = "studio"
    size: int = 512
    channels: int = len(CHANNELS)
    width: int = 32
    blocks: int = 2
    fine_blocks: int = 1
    critic_width: int = 16
    critic_scales: int = 2

    @staticmethod
    def tiny() -> RendererConfig:
        """The studio network at a size for tests."""
        return RendererConfig(width=4, blocks=1, critic_width=4)

    def as_header(self) -> dict[str, Any]:
        """JSON-able fields for the weight file's header."""
        return asdict(self)

    @staticmethod
    def from_header(fields: dict[str, Any]) -> RendererConfig:
        """The config a weight file was saved with. Raises TypeError for foreign fields."""
        return replace(RendererConfig(), **fields)


PRESETS: dict[str, RendererConfig] = {
    "studio": RendererConfig(),
    "paper": RendererConfig("paper", width=64, blocks=9, fine_blocks=3, critic_width=64, critic_scales=3),
}


@dataclass(frozen=True)
class TrainConfig:
    """How a renderer is fitted.

    crop, batch: pictures a step; mouth_share: share of the crops that hold the mouth; rim: pixels of a crop that do
    not count, because their surroundings were cut away; critic_from, whole_from: shares of the time budget after which
    the critics join and whole pictures replace crops; rates fall from `rate` to `last_rate` on a cosine; the other
    numbers weigh the losses (see losses.py). mouth: extra weight of mouth pixels; outside: weight of pixels that the
    template will cover.
    """

    crop: int = 256
    batch: int = 2
    mouth_share: float = 0.8
    rim: int = 16
    rate: float = 1.5e-3
    last_rate: float = 3e-5
    warm_steps: int = 60
    critic_rate: float = 6e-4
    critic_from: float = 0.5
    whole_from: float = 0.9
    colour: float = 10.0
    gradient: float = 10.0
    structure: float = 1.0
    detail: float = 20.0
    matching: float = 1.0
    verdict: float = 0.05
    mouth: float = 6.0
    outside: float = 0.05
    average: float = 0.998
    seed: int = 11
