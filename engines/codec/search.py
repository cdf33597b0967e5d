"""Encoding as a search: the quantised latent whose generated mel lies nearest, by ADMM from the encoder's guess.

Source: Liu, Cao, Kim, "Unified signal compression using generative adversarial networks" (2020), after Boyd et al.,
"Distributed optimization and statistical learning via the alternating direction method of multipliers" (2011):

    minimise f(z) with z = u, u quantised:  L = f(z) + mu / 2 |z - u + eta|^2
    z <- one step of Adam down L;   u <- Q(z + eta);   eta <- eta + z - u

f is the loss of a segment times its elements. Letters: s segments, t steps, c channels, m bands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.codec.config import CONTEXT, MARGIN, SearchConfig
from engines.codec.losses import distance
from engines.codec.model import Autoencoder

_COARSE = 0.6


@dataclass(frozen=True, eq=False)
class Best:
    """The best quantised latents so far: codes (s, t, c) int64, losses (s,)."""

    iteration: int
    codes: Tensor
    loss: Tensor


def searched(model: Autoencoder, mel: Tensor, channels: int, iterations: int, how: SearchConfig) -> Iterator[Best]:
    """Yields Best for iteration 0, the encoder's, and after each iteration; losses never rise.

    mel: segments with context (s, CONTEXT + FRAMES + CONTEXT, m). Segments do not depend on each other.
    """
    true = mel[:, CONTEXT - MARGIN : -(CONTEXT - MARGIN)]
    with torch.no_grad():
        z = model.encoder(mel)[..., :channels].clone()
    best = _better(model, None, z, true, 0)
    yield best
    u, eta = model.values_of(best.codes), torch.zeros_like(z)
    descent = _Descent(z, how.rate, iterations)
    for i in range(1, iterations + 1):
        pull = how.pull * (z - u + eta)
        z = descent.step(z, _slope(model, z, true) + pull)
        codes = model.codes_of(z + eta)
        u = model.values_of(codes)
        eta = eta + z - u
        best = _better(model, best, u, true, i)
        yield best


class _Descent:
    """Adam on latents, its rate falling to a fifth."""

    def __init__(self, z: Tensor, rate: float, iterations: int) -> None:
        self._mean, self._square = torch.zeros_like(z), torch.zeros_like(z)
        self._rate, self._iterations, self._step = rate, iterations, 0

    def step(self, z: Tensor, slope: Tensor) -> Tensor:
        """The next latents."""
        self._step += 1
        self._mean.mul_(0.9).add_(slope, alpha=0.1)
        self._square.mul_(0.99).addcmul_(slope, slope, value=0.01)
        mean = self._mean / (1 - 0.9**self._step)
        size = (self._square / (1 - 0.99**self._step)).sqrt() + 1e-8
        return z - self._rate * (1.0 - 0.8 * self._step / self._iterations) * mean / size


def _slope(model: Autoencoder, z: Tensor, true: Tensor) -> Tensor:
    """Gradient of f at z, (s, t, c)."""
    with torch.enable_grad():
        free = z.detach().requires_grad_(True)
        f = distance(model.generate(free), true, _COARSE).sum() * (z.shape[1] * z.shape[2])
        (slope,) = torch.autograd.grad(f, free)
    return slope


def _better(model: Autoencoder, best: Best | None, z: Tensor, true: Tensor, iteration: int) -> Best:
    """The better of two latents, segment by segment, both as they would be written."""
    codes = model.codes_of(z)
    with torch.no_grad():
        loss = distance(model.generate(model.values_of(codes)), true, _COARSE)
    if best is None:
        return Best(iteration, codes, loss)
    won = loss < best.loss
    return Best(iteration, torch.where(won[:, None, None], codes, best.codes), torch.where(won, loss, best.loss))
