"""One training loop for every kind of lip-sync network; it can stop at any step and go on later.

Letters: b batch, f mouth shapes. A checkpoint is one safetensors file: both networks, both optimisers, the step.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from engines.common.checkpoints import Networks, gathered, scatter
from engines.common.weights import load_weights, save_weights
from engines.lipsync import losses
from engines.lipsync.config import LipsyncConfig, TrainConfig
from engines.lipsync.dataset import Windows
from engines.lipsync.model import Discriminator, build


class Trainer:
    """A network in training, with its discriminator where its kind has one.

    limit_s: seconds of processor work after which training ends early; the learning rate falls to zero by then.
    """

    def __init__(
        self, config: LipsyncConfig, train: TrainConfig, opening: Tensor, limit_s: float = math.inf, device: str = "cpu"
    ) -> None:
        torch.manual_seed(train.seed)
        self.config, self.train, self.limit_s, self.device = config, train, limit_s, device
        self.network = build(config).to(device)
        self.judge = Discriminator(config).to(device) if config.kind == "adversarial-tcn" else None
        self._opening = opening.to(device)
        self._optimisers = {"network": _optimiser(self.network, train.rate)}
        if self.judge is not None:
            self._optimisers["judge"] = _optimiser(self.judge, train.rate / 4)
        self.step, self.spent_s = 0, 0.0

    @property
    def _networks(self) -> Networks:
        return {"network": self.network} if self.judge is None else {"network": self.network, "judge": self.judge}

    @property
    def progress(self) -> float:
        """How far training has come, 0 to 1."""
        return min(max(self.step / self.train.steps, self.spent_s / self.limit_s), 1.0)

    def fit(self, windows: Windows) -> Iterator[float]:
        """Train to the end; yields the regression loss of every step."""
        self.network.train()
        while self.progress < 1.0:
            began = time.process_time()
            loss = self._learn(*(torch.from_numpy(a).to(self.device) for a in windows.batch(self.train.batch)))
            self.step += 1
            self.spent_s += time.process_time() - began
            yield loss

    def _learn(self, mfcc: Tensor, true: Tensor) -> float:
        self._schedule()
        made = self.network(mfcc)  # (b, f, 10)
        judging = self.judge is not None and self.progress >= self.train.adversarial_from
        if judging:
            self._judge(true, made.detach())
        weight = losses.frame_weights(true, self._opening, self.train)
        judge = self.judge if judging else None
        self._descend("network", losses.generator_loss(made, true, weight, self.train, judge), self.network)
        return float((made.detach() - true).square().mean())

    def _judge(self, true: Tensor, made: Tensor) -> None:
        assert self.judge is not None
        self._descend("judge", losses.detect(self.judge(true), self.judge(made)), self.judge)

    def _descend(self, name: str, loss: Tensor, network: nn.Module) -> None:
        self._optimisers[name].zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        self._optimisers[name].step()

    def _schedule(self) -> None:
        """Warm up over the first 3 %, then fall as a cosine."""
        done = self.progress
        scale = min(done / 0.03, 1.0, 0.5 * (1 + math.cos(math.pi * done))) if self.step else 0.01
        for name, optimiser in self._optimisers.items():
            optimiser.param_groups[0]["lr"] = max(scale, 1e-3) * self.train.rate / (4 if name == "judge" else 1)

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move."""
        tensors = gathered(self._networks, self._optimisers)
        header = {"engine": "lipsync-checkpoint", "config": asdict(self.config), "step": self.step}
        save_weights(path, tensors, header | {"spent_s": self.spent_s})

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint. Fails with EngineError where it is corrupt."""
        tensors, header = load_weights(path)
        scatter(tensors, self._networks, self._optimisers)
        self.step, self.spent_s = int(header["step"]), float(header["spent_s"])


def _optimiser(network: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=1e-3)
