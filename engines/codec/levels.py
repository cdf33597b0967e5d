"""Non-uniform levels of the latent: k-means in one dimension, channel by channel, after Liu, Cao, Kim 2020.

Letters: n samples, c channels, k levels.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.codec.config import LEVELS


def first_levels(z: Tensor) -> Tensor:
    """Quantiles of latents (n, c) to start from, drawn towards the tails: (c, k) ascending."""
    share = (torch.arange(LEVELS, dtype=z.dtype) + 0.5) / LEVELS
    return torch.quantile(z, share, 0).T.contiguous() * 1.2


def k_means(z: Tensor, levels: Tensor, rounds: int) -> Tensor:
    """Lloyd's algorithm on latents (n, c) from levels (c, k) ascending; a level nobody is near stays where it is."""
    points = z.T.contiguous()  # (c, n)
    for _ in range(rounds):
        between = (levels[:, 1:] + levels[:, :-1]) / 2
        nearest = torch.searchsorted(between.contiguous(), points)  # (c, n)
        count = torch.zeros_like(levels).scatter_add_(1, nearest, torch.ones_like(points))
        total = torch.zeros_like(levels).scatter_add_(1, nearest, points)
        levels = torch.where(count > 0, total / count.clamp(min=1.0), levels).sort(1).values
    return levels
