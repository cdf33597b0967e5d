"""The landmark network: a grey crop to 68 points, directly.

Letters: b crops, s side, w channels. Plain convolutions, since depthwise ones are slow in training on a processor.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from engines.landmarks.config import POINTS, LandmarkConfig


class Block(nn.Module):
    """A residual 3x3 convolution."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """(b, w, s, s) -> the same."""
        return x + torch.relu(self.norm(self.conv(x)))


class LandmarkNetwork(nn.Module):
    """Convolutions, then rows; answers how far each point is from where it is in the mean face."""

    def __init__(self, config: LandmarkConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        for i, (a, b) in enumerate(pairwise((1, *config.widths))):
            layers += [nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
            layers += [Block(b)] if i else []
        layers += [nn.Conv2d(config.widths[-1], config.squeeze, 1), nn.ReLU(), nn.Flatten()]
        self.body = nn.Sequential(*layers)
        side = -(-config.size // 2 ** len(config.widths))
        self.rows = nn.Sequential(
            nn.Linear(config.squeeze * side * side, config.hidden), nn.ReLU(), nn.Linear(config.hidden, POINTS * 2)
        )
        self.register_buffer("mean", torch.zeros(POINTS, 2))

    def forward(self, crops: Tensor) -> Tensor:
        """crops (b, 1, s, s), each of zero mean and unit deviation -> points (b, 68, 2) in shares of the side."""
        mean: Tensor = self.get_buffer("mean")
        return mean + 0.1 * self.rows(self.body(crops)).view(-1, POINTS, 2)
