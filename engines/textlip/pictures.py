"""The networks that see and paint: identity encoder, picture decoder, discriminator.

Letters: b sentences, n pictures of each, c hidden, w channels; sizes from full (80, 160) down to a sixteenth (5, 10).
The paper's Table 6 and 7 give strided convolutions with skip connections at every level; widths are the config's.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.textlip.config import TextlipConfig
from engines.textlip.placing import HEIGHT, WIDTH

SEED = 16
"""Channels of the smallest picture that a motion row opens into."""


class IdentityEncoder(nn.Module):
    """A lip picture to features at every level and one row that says whose mouth it is."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        widths = config.channels
        self.first = nn.Conv2d(3, widths[0], 3, padding=1)
        pairs = pairwise(widths)
        self.downs = nn.ModuleList([nn.Conv2d(a, b, 4, 2, 1) for a, b in pairs])
        self.row = nn.Linear(widths[-1], config.hidden)

    def forward(self, picture: Tensor) -> tuple[list[Tensor], Tensor]:
        """picture (b, 3, 80, 160) in 0..1 -> features from full size to a sixteenth, and a row (b, c)."""
        x = F.leaky_relu(self.first(picture * 2 - 1), 0.1)
        levels = [x]
        for down in self.downs:
            x = F.leaky_relu(down(x), 0.1)
            levels.append(x)
        return levels, self.row(x.mean((2, 3)))


class PictureDecoder(nn.Module):
    """Motion rows to lip pictures, all of them at once and each by the same weights.

    The identity's features join at every level; as they are the same for all pictures of a sentence, what a convolution
    makes of them is computed once per sentence and added. The two last convolutions work at half size and open into
    full size (sub-pixel convolution, Shi et al. 2016) with the share that the identity's texture has in each pixel.
    """

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        widths = config.channels
        self.open = nn.Linear(config.hidden, SEED * (HEIGHT // 16) * (WIDTH // 16))
        self.start = nn.Conv2d(SEED, widths[4], 3, padding=1)
        pairs = zip(widths[:1:-1], widths[-2:0:-1], strict=True)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in pairs])
        self.skips = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for width in widths[1:]])
        self.last = nn.ModuleList([nn.Conv2d(widths[1], w, 3, padding=1) for w in (widths[1], 4 * 4)])
        self.texture = nn.Conv2d(widths[0] + 3, 3, 3, padding=1)

    def remember(self, picture: Tensor, levels: list[Tensor]) -> list[Tensor]:
        """What each level makes of the identity (b, width, h, w), from full size down; computed once per sentence."""
        texture = self.texture(torch.cat([picture * 2 - 1, levels[0]], 1))
        return [texture, *(skip(level) for skip, level in zip(self.skips, levels[1:], strict=True))]

    def forward(self, rows: Tensor, memory: list[Tensor]) -> Tensor:
        """rows (b, n, c) with the memory of b sentences -> pictures (b, n, 3, 80, 160) in 0..1."""
        x = F.leaky_relu(self.open(rows), 0.1).view(-1, SEED, HEIGHT // 16, WIDTH // 16)
        x = F.leaky_relu(joined(self.start(x), memory[4]), 0.1)
        for i, up in enumerate(self.ups):
            x = F.leaky_relu(joined(up(x), memory[3 - i]), 0.1)
        x = self.last[1](F.leaky_relu(self.last[0](x), 0.1))
        colour, share = F.pixel_shuffle(x, 2).split((3, 1), 1)  # (b n, ., 80, 160)
        kept = torch.sigmoid(share).unflatten(0, (len(memory[0]), -1)) * memory[0][:, None]
        return torch.sigmoid(colour + kept.flatten(0, 1)).unflatten(0, rows.shape[:2])


def joined(x: Tensor, memory: Tensor) -> Tensor:
    """x (b n, w, ...) plus the memory (b, w, ...) of its sentence."""
    return (x.unflatten(0, (len(memory), -1)) + memory[:, None]).flatten(0, 1)


class Glance(nn.Module):
    """What an autoregressive rival sees of the picture before: a quarter of its size, three strided convolutions."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        g = config.glance
        self.convs = nn.ModuleList([nn.Conv2d(3, g, 4, 2, 1), nn.Conv2d(g, 2 * g, 4, 2, 1)])
        self.row = nn.Linear(2 * g * (HEIGHT // 16) * (WIDTH // 16), config.hidden)

    def forward(self, quarters: Tensor) -> Tensor:
        """quarters (n, 3, 20, 40) in 0..1 -> rows (n, c)."""
        x = quarters * 2 - 1
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.1)
        return self.row(x.flatten(1))


class Discriminator(nn.Module):
    """Patches of a lip picture: filmed or painted? Strided convolutions (Liu et al., Table 7), least squares."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        w = config.channels
        self.convs = nn.ModuleList(
            [nn.Conv2d(3, w[1], 4, 2, 1), nn.Conv2d(w[1], w[2], 4, 2, 1), nn.Conv2d(w[2], w[3], 4, 2, 1)]
        )
        self.out = nn.Conv2d(w[3], 1, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """pictures (n, 3, 80, 160) in 0..1 -> scores (n, 1, 10, 20)."""
        x = pictures * 2 - 1
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.2)
        return self.out(x)
