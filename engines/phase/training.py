"""How the compact network learns: the true phase steps should be likely under its prediction."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from engines.common.stft import Grid, stft
from engines.phase.config import CompactConfig, CompactTraining
from engines.phase.course import Course, Row
from engines.phase.gradients import centring
from engines.phase.looks import example
from engines.phase.losses import agreement, surprise
from engines.phase.model import CompactNetwork, Steps, steps_of


class CompactCourse(Course):
    """A compact network in training; `average` is the copy that ships."""

    def __init__(
        self, config: CompactConfig, how: CompactTraining, grid: Grid, limit_s: float = math.inf, device: str = "cpu"
    ) -> None:
        super().__init__(grid, how.steps, limit_s, device)
        torch.manual_seed(how.seed)
        self.config, self.how = config, how
        self.network = CompactNetwork(config, grid).to(device)
        self.average = CompactNetwork(config, grid).to(device)
        self.average.load_state_dict(self.network.state_dict())
        self._optimiser = torch.optim.AdamW(self.network.parameters(), how.rate, betas=(0.9, 0.98), weight_decay=1e-3)

    @property
    def networks(self) -> dict[str, nn.Module]:
        """The network and its average."""
        return {"network": self.network, "average": self.average}

    @property
    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        """One."""
        return {"network": self._optimiser}

    @property
    def batch(self) -> tuple[int, int]:
        """Pieces of sound in a step, and samples in each."""
        return self.how.batch, self.grid.samples(self.how.frames)

    def learn(self, sound: Tensor) -> Row:
        """One step on sounds (b, n)."""
        spectra = stft(sound, self.grid)
        # Every other step shows what its own first answer leads to, once that is worth something.
        again = self.average if self.config.looks > 1 and self.step % 2 and self.step >= self.how.alone else None
        seen = example(spectra, self.grid, self.config.warm, again)
        made, true = self.network(seen.estimate, seen.belonging), self.true_steps(spectra)
        loss = surprise(made, true, self.how.loud)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.param_groups[0]["lr"] = self.how.rate * self.pace()
        self._optimiser.step()
        self._follow()
        return {"loss": loss.item(), **agreements(made, true, self.how.loud)}

    def true_steps(self, spectra: Tensor) -> Steps:
        """Steps of true plain spectra, every frame's level made about one."""
        centred = spectra * centring(self.grid, self.device)
        return steps_of(centred / self.network.level(centred))

    def shipped(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors in half precision and header of the weight file."""
        tensors = {key: value.half() for key, value in self.average.state_dict().items()}
        return tensors, {"config": self.config.to_header(), "grid": grid_header(self.grid)}

    def _follow(self) -> None:
        """Let the average follow, closely at first."""
        share = 1.0 - min(self.how.averaging, (self.step + 1) / (self.step + 20))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(fast, share)


def grid_header(grid: Grid) -> dict[str, Any]:
    """The grid as JSON-able values that make it again."""
    return {key: value for key, value in asdict(grid).items() if key != "bins"}


def agreements(made: Steps, true: Steps, loud: float) -> Row:
    """Mean cosines along time and along frequency."""
    with torch.no_grad():
        along_t = agreement(made.along_t[:, 1:], true.along_t[:, 1:], loud)
        return {"along_t": along_t, "along_f": agreement(made.along_f[..., 1:], true.along_f[..., 1:], loud)}
