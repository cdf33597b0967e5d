"""How the paper's GAN learns: least-squares adversarial losses and feature matching on waveforms.

Source: Oyamada et al. 2018, eqs. 8 to 10, sections 4.1 and 5. Letters: b batch, n samples, t frames, f bins.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from engines.common.stft import Grid, istft, stft
from engines.phase.config import PaperConfig, PaperTraining
from engines.phase.course import Course, Row
from engines.phase.methods import random_phase
from engines.phase.paper import Critic, Generator, first_guess
from engines.phase.projections import Target
from engines.phase.training import grid_header

_SETTLE = 20
"""Steps whose batches together set the deviation of each frequency, which then stays."""


class PaperCourse(Course):
    """Generator and critic in training."""

    def __init__(
        self, config: PaperConfig, how: PaperTraining, grid: Grid, limit_s: float = math.inf, device: str = "cpu"
    ) -> None:
        super().__init__(grid, how.steps, limit_s, device)
        torch.manual_seed(how.seed)
        self.config, self.how = config, how
        self.generator, self.critic = Generator(config, grid).to(device), Critic(config, grid).to(device)
        self._optimisers = {
            name: torch.optim.RMSprop(network.parameters(), how.rate) for name, network in self.networks.items()
        }

    @property
    def networks(self) -> dict[str, nn.Module]:
        """Generator and critic."""
        return {"generator": self.generator, "critic": self.critic}

    @property
    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        """One each."""
        return dict(self._optimisers)

    @property
    def batch(self) -> tuple[int, int]:
        """Segments of a second in a step, and samples in each (a whole number of hops)."""
        return self.how.batch, round(self.how.segment_s * self.grid.rate_hz) // self.grid.hop * self.grid.hop

    def learn(self, sound: Tensor) -> Row:
        """One step of the critic and one of the generator on sounds (b, n)."""
        spectra = stft(sound, self.grid)
        self._measure(spectra)
        magnitude = spectra.abs()
        with torch.no_grad():
            # A new random phase at every visit is the paper's initial-phase augmentation (5.2).
            target = Target(magnitude, self.grid)
            guess = first_guess(target, random_phase(target, self.how.seed + self.step), self.config.iterations)
        made = istft(self.generator(guess), self.grid, sound.shape[1])
        judged = self._judge(sound, made.detach(), magnitude)
        return {"critic": judged, **self._improve(sound, made, magnitude)}

    def _judge(self, true: Tensor, made: Tensor, magnitude: Tensor) -> float:
        """Eq. 8: the critic learns to say one to true and zero to made."""
        loss = (self.critic(true, magnitude)[0] - 1).square().mean() + self.critic(made, magnitude)[0].square().mean()
        self._descend("critic", loss)
        return loss.item()

    def _improve(self, true: Tensor, made: Tensor, magnitude: Tensor) -> Row:
        """Eqs. 9 and 10: the generator is to be taken for true, and to look alike in every hidden layer."""
        score, features = self.critic(made, magnitude)
        with torch.no_grad():
            _, wanted = self.critic(true, magnitude)
        fooling = (score - 1).square().mean()
        matching = torch.stack([(a - b).abs().mean() for a, b in zip(features, wanted, strict=True)]).mean()
        self._descend("generator", fooling + self.how.matching * matching)
        return {"fooling": fooling.item(), "matching": matching.item()}

    def _descend(self, name: str, loss: Tensor) -> None:
        self._optimisers[name].zero_grad(set_to_none=True)
        loss.backward()
        self._optimisers[name].step()

    def _measure(self, spectra: Tensor) -> None:
        """Normalisation at each frequency (5.1), from the first batches."""
        if self.step >= _SETTLE:
            return
        now = (spectra.abs().square().mean((0, 1)) / 2).sqrt() + 1e-4
        kept = self.generator.deviation
        kept.copy_(now if self.step == 0 else kept + (now - kept) / (self.step + 1))

    def shipped(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors in half precision (running statistics whole) and header of the weight file."""
        state = self.generator.state_dict()
        tensors = {k: v if "running" in k or not v.is_floating_point() else v.half() for k, v in state.items()}
        return tensors, {"config": self.config.to_header(), "grid": grid_header(self.grid)}
