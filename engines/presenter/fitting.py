"""Knows one step of fitting a renderer, and keeps its whole state (averages, critics, optimisers) in one file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.common.checkpoints import Networks, Optimisers, gathered, scatter
from engines.common.weights import load_weights, save_weights
from engines.presenter import losses
from engines.presenter.config import RendererConfig, TrainConfig
from engines.presenter.data import Batch
from engines.presenter.model import Critics, build_generator

PATCH = 128
"""Side of the window around the mouth that the critics see."""


class Fitter:
    """A renderer being trained: generator, its running average, critics, optimisers, and the clock."""

    def __init__(self, config: RendererConfig, plan: TrainConfig, device: torch.device) -> None:
        torch.manual_seed(plan.seed)
        self.config, self.plan, self.device = config, plan, device
        layout: Any = torch.contiguous_format
        self.generator = build_generator(config).to(device, memory_format=layout)
        self.average = build_generator(config).to(device, memory_format=layout).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        self.critics = Critics(config).to(device, memory_format=layout)
        self.optimiser = torch.optim.Adam(self.generator.parameters(), plan.rate, (0.9, 0.99))
        self.critic_optimiser = torch.optim.Adam(self.critics.parameters(), plan.critic_rate, (0.5, 0.99))
        self.steps, self.seconds = 0, 0.0

    def remember_colours(self, mean: Tensor) -> None:
        """Begin from the mean face (3, 512, 512) in -1..1, where the network has a canvas for it."""
        for network in (self.generator, self.average):
            if hasattr(network, "colours"):
                network.colours.data.copy_(mean[None].to(self.device))

    def step(self, batch: Batch, share: float) -> dict[str, float]:
        """Fit once; share: part of the time budget that is spent, 0..1. Returns the losses by name."""
        batch = batch.to(self.device)
        rate = self._rate(share)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        painted = F.grid_sample(
            self.generator(batch.maps, batch.origin), batch.grid, "bicubic", "border", align_corners=False
        )
        named = self._closeness(painted, batch)
        judged = share >= self.plan.critic_from and mouth_inside(batch)
        if judged:
            named |= self._judge(painted, batch)
        total = sum(getattr(self.plan, name) * value for name, value in named.items())
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.generator.parameters(), 5.0)
        self.optimiser.step()
        self._follow()
        self.steps += 1
        result = {name: float(value.detach()) for name, value in named.items()} | {"rate": rate}
        if judged:
            result["critic"] = self._teach_critics(painted.detach(), batch)
        return result

    def _closeness(self, painted: Tensor, batch: Batch) -> dict[str, Tensor]:
        return {
            "colour": losses.colour_loss(painted, batch.truth, batch.weights),
            "gradient": losses.gradient_loss(painted, batch.truth, batch.weights),
            "structure": losses.structure_loss(painted, batch.truth, batch.weights),
            "detail": losses.detail_loss(painted, batch.truth, batch.weights),
        }

    def _judge(self, painted: Tensor, batch: Batch) -> dict[str, Tensor]:
        maps, truth, made = mouth_patches(painted, batch)
        self.critics.requires_grad_(False)
        opinion = self.critics(maps, made)
        with torch.no_grad():
            wanted = self.critics(maps, truth)
        self.critics.requires_grad_(True)
        return {"matching": losses.matching_loss(opinion, wanted), "verdict": losses.verdict_loss(opinion, 1.0)}

    def _teach_critics(self, painted: Tensor, batch: Batch) -> float:
        maps, truth, made = mouth_patches(painted, batch)
        loss = losses.verdict_loss(self.critics(maps, truth), 1.0) + losses.verdict_loss(self.critics(maps, made), 0.0)
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimiser.step()
        return float(loss.detach())

    def _rate(self, share: float) -> float:
        warm = min((self.steps + 1) / self.plan.warm_steps, 1.0)
        fall = 0.5 * (1.0 + math.cos(math.pi * min(share, 1.0)))
        return warm * (self.plan.last_rate + (self.plan.rate - self.plan.last_rate) * fall)

    def _follow(self) -> None:
        keep = min(self.plan.average, (1.0 + self.steps) / (10.0 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.generator.parameters()), 1.0 - keep)

    @property
    def _networks(self) -> Networks:
        return {"generator": self.generator, "average": self.average, "critics": self.critics}

    @property
    def _optimisers(self) -> Optimisers:
        return {"generator": self.optimiser, "critics": self.critic_optimiser}

    def save(self, path: Path) -> None:
        """Write everything needed to go on, in one move, without pickling."""
        header = {"engine": "presenter-checkpoint", "config": self.config.as_header()}
        facts = {"steps": self.steps, "seconds": self.seconds}
        save_weights(path, gathered(self._networks, self._optimisers), header | facts)

    def resume(self, path: Path) -> None:
        """Go on from a saved state. Raises EngineError for a corrupt file."""
        state, header = load_weights(path)
        scatter(state, self._networks, self._optimisers)
        self.steps, self.seconds = int(header["steps"]), float(header["seconds"])


def mouth_inside(batch: Batch) -> bool:
    """Whether the window holds the whole patch around the mouth."""
    size, half = batch.truth.shape[-1], PATCH // 2
    return all(half <= place <= size - half for place in batch.mouth)


def mouth_patches(painted: Tensor, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Maps, truth and painting around the mouth, all in the picture's pose: (b, ., 128, 128)."""
    x, y = (place - PATCH // 2 for place in batch.mouth)
    place = (..., slice(y, y + PATCH), slice(x, x + PATCH))
    grid = batch.grid[:, y : y + PATCH, x : x + PATCH]
    maps = F.grid_sample(batch.maps, grid, "bilinear", "border", align_corners=False)
    return maps, batch.truth[place], painted[place]
