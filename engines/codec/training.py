"""How encoder and generator learn: reconstruction, then a discriminator too; latents are quantised throughout.

Letters: b batch, t frames, m bands, c channels.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.codec.config import CONTEXT, GRID, MARGIN, STEPS, ModelConfig, ModelTraining
from engines.codec.levels import first_levels, k_means
from engines.codec.losses import distance
from engines.codec.model import PATCH, Autoencoder, Discriminator
from engines.phase.course import Course, Row

_NOISE = 0.097
"""Standard deviation of the error of 16 levels on a Gaussian of variance one: Max 1960."""
_LEVELS_EVERY = 50


class ModelCourse(Course):
    """An autoencoder in training; `average` is the copy that ships."""

    def __init__(self, config: ModelConfig, how: ModelTraining, limit_s: float = math.inf, device: str = "cpu") -> None:
        super().__init__(GRID, how.steps, limit_s, device)
        torch.manual_seed(how.seed)
        self.config, self.how = config, how
        self.model, self.average = Autoencoder(config).to(device), Autoencoder(config).to(device)
        self.critic = Discriminator(config).to(device)
        made = [*self.model.encoder.parameters(), *self.model.generator.parameters()]
        self._maker = torch.optim.AdamW(made, how.rate, betas=(0.9, 0.98), weight_decay=1e-3)
        self._judge = torch.optim.AdamW(self.critic.parameters(), 5e-4, betas=(0.5, 0.9))

    @property
    def networks(self) -> dict[str, nn.Module]:
        """Everything a checkpoint keeps."""
        return {"model": self.model, "average": self.average, "critic": self.critic}

    @property
    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        """Of both sides."""
        return {"maker": self._maker, "judge": self._judge}

    @property
    def batch(self) -> tuple[int, int]:
        """Segments in a step."""
        return self.how.batch, 0

    def begin(self, mel: Tensor) -> None:
        """Start both linear paths as the principal components of segments (b, t, m)."""
        mean = mel.mean((0, 1))
        patches = (mel - mean).unflatten(1, (-1, PATCH)).flatten(2).flatten(0, 1)
        values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
        count = self.config.channels
        values, vectors = values[-count:].flip(0), vectors[:, -count:].flip(1)
        for model in (self.model, self.average):
            model.encoder.mean.copy_(mean)
            model.generator.mean.copy_(mean)
            model.encoder.direct.weight.data.copy_(vectors.T)
            model.generator.direct.weight.data.copy_(vectors * values.sqrt())
            model.encoder.whiten.running_var.copy_(values)
            model.levels.copy_(first_levels((patches @ vectors) / values.sqrt()))

    def learn(self, sound: Tensor) -> Row:
        """One step on mel segments with their context (b, t, m)."""
        if self.step == 0:
            self.begin(sound)
        z = self.model.encoder(sound)
        used = self._used(len(sound))
        made = self.model.generator(self._quantised(z) * self._mask(used), used)
        true = sound[:, CONTEXT - MARGIN : -(CONTEXT - MARGIN)]
        each = distance(made, true, self.how.coarse)
        loss, row = each.mean(), {"loss": each.mean().item()}
        row["at_2"] = each[used == self._counts[2]].mean().item() if (used == self._counts[2]).any() else row["loss"]
        if self.progress >= self.how.adversary_from:
            extra, more = self._contest(made, true)
            loss, row = loss + extra, row | more
        self._improve(loss)
        if self.step % _LEVELS_EVERY == 0:
            self._settle_levels(z.detach().flatten(0, 1))
        self._follow()
        return row

    @property
    def _counts(self) -> list[int]:
        return [c for _, c in self.config.rates]

    def _used(self, count: int) -> Tensor:
        """Channels each segment of a batch may use, (b,)."""
        draws = torch.multinomial(torch.tensor(self.how.draws), count, replacement=True)
        return torch.tensor(self._counts)[draws].to(self.device)

    def _mask(self, used: Tensor) -> Tensor:
        """(b,) -> (b, 1, c) of ones and zeros."""
        return (torch.arange(self.config.channels, device=self.device) < used[:, None]).float()[:, None]

    def _quantised(self, z: Tensor) -> Tensor:
        """Latents (b, STEPS, c) as the generator will get them: most quantised straight through, some noisy."""
        rounded = self.model.values_of(self.model.codes_of(z))
        noisy = torch.randn_like(z) * _NOISE
        hard = torch.rand(len(z), 1, 1, device=z.device) < self.how.hard
        return z + torch.where(hard, rounded - z, noisy).detach()

    def _contest(self, made: Tensor, true: Tensor) -> tuple[Tensor, Row]:
        """Least-squares GAN: teach the discriminator, and what the generator owes it, features included."""
        fake, real = self.critic(made.detach())[0], self.critic(true)[0]
        judged = fake.square().mean() + (real - 1.0).square().mean()
        self._judge.zero_grad(set_to_none=True)
        judged.backward()
        self._judge.step()
        self.critic.requires_grad_(False)
        verdict, hidden = self.critic(made)
        _, wanted = self.critic(true)
        self.critic.requires_grad_(True)
        features = sum(functional.l1_loss(a, b) / b.abs().mean() for a, b in zip(hidden, wanted, strict=True))
        cost = self.how.adversary * (verdict - 1.0).square().mean() + self.how.matching * features
        return cost, {"judge": judged.item(), "adversary": cost.item()}

    def _improve(self, loss: Tensor) -> None:
        self._maker.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for g in self._maker.param_groups for p in g["params"]], 1.0)
        self._maker.param_groups[0]["lr"] = self.how.rate * self.pace()
        self._maker.step()

    def _settle_levels(self, z: Tensor) -> None:
        """Move the levels towards where latents (n, c) lie now."""
        wanted = k_means(z, self.model.levels, 2)
        self.model.levels.lerp_(wanted, 0.2)
        self.average.levels.copy_(self.model.levels)

    def _follow(self) -> None:
        """Let the average follow, closely at first."""
        share = 1.0 - min(self.how.averaging, (self.step + 1) / (self.step + 20))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.model.parameters(), strict=True):
                slow.lerp_(fast, share)
            for slow, fast in zip(self.average.buffers(), self.model.buffers(), strict=True):
                slow.copy_(fast)

    def shipped(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors and header of the weight file."""
        return self.average.state_dict(), {"config": self.config.to_header()}


assert STEPS * PATCH == 128
