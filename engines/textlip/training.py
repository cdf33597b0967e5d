"""One training loop for ParaLip and its rivals; it can stop at any step and go on later.

A checkpoint is one safetensors file: network, discriminator, both optimisers, the step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engines.api.values import FloatArray
from engines.common.checkpoints import Networks, gathered, scatter
from engines.common.weights import load_weights, save_weights
from engines.textlip import losses
from engines.textlip.config import TextlipConfig, TrainConfig
from engines.textlip.dataset import Batch, Drawer, Told
from engines.textlip.model import SCALE, ParaLip, picked
from engines.textlip.networks import build
from engines.textlip.pictures import Discriminator

BORROWED = ("identity", "painter", "mouth", "still")
"""Parts of a ParaLip that a rival may have from it."""
MOVING = slice(8, 72), slice(24, 136)
"""Rows and columns of a lip picture that speech moves: similarity and discriminator look there, in half the time."""


class Trainer:
    """A network in training with its discriminator.

    limit_s: seconds of processor work after which training ends early; learning rates fall to a twentieth by then.
    """

    def __init__(
        self, config: TextlipConfig, train: TrainConfig, limit_s: float = math.inf, device: str = "cpu"
    ) -> None:
        torch.manual_seed(train.seed)
        self.config, self.train, self.limit_s, self.device = config, train, limit_s, device
        self.network, self.judge = build(config).to(device), Discriminator(config).to(device)
        self._optimisers = {
            "network": torch.optim.Adam(self.network.parameters(), train.rate, (0.9, 0.98)),
            "judge": torch.optim.Adam(self.judge.parameters(), train.judge_rate, (0.5, 0.98)),
        }
        self.step, self.spent_s = 0, 0.0

    def set_still(self, mouths: FloatArray) -> None:
        """Tell the network the mean mouth (20, 2) that its motion goes around."""
        self.network.still.copy_(torch.from_numpy(mouths))

    def borrow(self, path: Path) -> None:
        """Take identity encoder, picture decoder and view of the mouth from a network of the same sizes, for good."""
        tensors, _ = load_weights(path)
        shared = {k: v.float() for k, v in tensors.items() if k.split(".")[0] in BORROWED}
        self.network.load_state_dict(shared, strict=False)
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(name.split(".")[0] not in BORROWED)

    @property
    def _networks(self) -> Networks:
        return {"network": self.network, "judge": self.judge}

    @property
    def progress(self) -> float:
        """How far training has come, 0 to 1."""
        return min(max(self.step / self.train.steps, self.spent_s / self.limit_s), 1.0)

    def fit(self, drawer: Drawer) -> Iterator[dict[str, float]]:
        """Train to the end; yields the losses of every step."""
        while self.progress < 1.0:
            began = time.process_time()
            told = self.learn(*(_moved(drawn, self.device) for drawn in (drawer.draw(), drawer.tell())))
            self.step += 1
            self.spent_s += time.process_time() - began
            yield told

    def learn(self, batch: Batch, told: Told | None) -> dict[str, float]:
        """One step of the network, and of the discriminator where it has joined."""
        polishing = self.progress >= self.train.polish_from
        self.network.train(not polishing)
        self._schedule()
        with torch.set_grad_enabled(not polishing):
            levels, who = self.network.identity(batch.identity)
            rows = self.network.follow(batch.spelled, batch.frames, who, batch.before)
        parts = {} if polishing else self._move(rows, batch, told, who)
        if self.progress >= self.train.pictures_from:
            memory = self.network.painter.remember(batch.identity, levels)
            made = self.network.painter(picked(rows, batch.shown), memory)
            self._look(parts, made.flatten(0, 1), batch.true.flatten(0, 1))
        weights = asdict(self.train)
        self._descend("network", torch.stack([weights[k] * v for k, v in parts.items()]).sum(), self.network)
        return {name: float(value.detach()) for name, value in parts.items()}

    def _move(self, rows: Tensor, batch: Batch, told: Told | None, who: Tensor) -> dict[str, Tensor]:
        """How like the film the mouth moves, and what is learnt without pictures."""
        parts = {"mouth": losses.mouth_loss(self.network.mouths(rows), batch.mouths, batch.there, SCALE)}
        if told is not None and isinstance(self.network, ParaLip):
            self._hear(parts, told, who)
        return parts

    def _hear(self, parts: dict[str, Tensor], told: Told, who: Tensor) -> None:
        """What is learnt without pictures: durations, and the mouth while somebody speaks."""
        network = self.network
        assert isinstance(network, ParaLip)
        text, there = network.text(told.spelled.phones, told.spelled.stresses)
        parts["duration"] = losses.duration_loss(network.duration(text, there), told.durations, there)
        anyone = who[torch.arange(len(text)) % len(who)]
        rows = network.rows(text, there, told.spelled, told.there.shape[1], anyone)
        parts["mouth"] = parts["mouth"] + losses.mouth_loss(network.mouths(rows), told.mouths, told.there, SCALE)

    def _look(self, parts: dict[str, Tensor], made: Tensor, true: Tensor) -> None:
        """How like the film painted pictures (n, 3, 80, 160) are."""
        parts["reconstruction"] = (made - true).abs().mean()
        true, made = true[..., MOVING[0], MOVING[1]], made[..., MOVING[0], MOVING[1]]
        if self.train.similarity:
            parts["similarity"] = 1 - losses.similarity(made, true).mean()
        if self.train.adversarial and self.progress >= self.train.adversarial_from:
            judged = losses.detect(self.judge(true), self.judge(made.detach()))
            self._descend("judge", judged, self.judge)
            parts["adversarial"] = losses.fool(self.judge(made))

    def _descend(self, name: str, loss: Tensor, network: nn.Module) -> None:
        self._optimisers[name].zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        self._optimisers[name].step()

    def _schedule(self) -> None:
        """Warm up over the first hundred steps, then fall as a cosine to a twentieth."""
        scale = min((self.step + 1) / 100, 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * self.progress)))
        for name, rate in (("network", self.train.rate), ("judge", self.train.judge_rate)):
            self._optimisers[name].param_groups[0]["lr"] = rate * scale

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move."""
        tensors = gathered(self._networks, self._optimisers)
        header = {"engine": "textlip-checkpoint", "config": self.config.to_header(), "step": self.step}
        save_weights(path, tensors, header | {"spent_s": self.spent_s})

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint. Fails with EngineError where it is corrupt."""
        tensors, header = load_weights(path)
        scatter(tensors, self._networks, self._optimisers)
        self.step, self.spent_s = int(header["step"]), float(header["spent_s"])


def _moved(value: Any, device: str) -> Any:
    """A tensor, or a dataclass of tensors, on a device."""
    if isinstance(value, Tensor):
        return value.to(device)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _moved(getattr(value, field.name), device) for field in fields(value)})
    return value
