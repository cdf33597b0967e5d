"""The quick picture decoder: it carries the identity's own skin along and paints the opening mouth alone.

A departure from the paper, whose decoder paints every pixel and whose skip connections stay where they are.
Letters: b sentences, n pictures of each, c hidden; strokes: channels from a sixteenth (5, 10) up to half size.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.textlip.config import TextlipConfig
from engines.textlip.pictures import SEED, joined
from engines.textlip.placing import HEIGHT, WIDTH

MOUTH = slice(16, 56), slice(32, 128)
"""Rows and columns of a lip picture in which lips part and teeth show: nothing else is painted."""
BESIDE = [MOUTH[1].start, WIDTH - MOUTH[1].stop, MOUTH[0].start, HEIGHT - MOUTH[0].stop]
"""Pixels left, right, above and below of the mouth."""
FARTHEST = 0.1
"""What a flow of 1 moves skin by, as a share of half the picture."""
CELLS = HEIGHT // 4, WIDTH // 8
"""Rows and columns of a flow: lips move up and down more than aside."""


class CarryingDecoder(nn.Module):
    """Motion rows to lip pictures, all of them at once and each by the same weights.

    A flow found at an eighth of the size moves the identity's pixels; over the mouth a colour and the share that each
    pixel has of it are painted at half size and opened into full size (sub-pixel convolution, Shi et al. 2016). The
    identity's features join at every level; what a convolution makes of them is the same for all pictures of a
    sentence, so it is computed once and added.
    """

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        w, levels = config.strokes, config.channels[:0:-1]
        self.open = nn.Linear(config.hidden, SEED * (HEIGHT // 16) * (WIDTH // 16))
        self.start = nn.Conv2d(SEED, w[0], 3, padding=1)
        self.ups = nn.ModuleList([nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in pairwise(w)])
        self.skips = nn.ModuleList([nn.Conv2d(a, b, 3, padding=1) for a, b in zip(levels, w, strict=True)])
        self.last = nn.Conv2d(w[3], 4 * 4, 3, padding=1)
        self.flow = nn.Conv2d(w[1], 2 * 2, 3, padding=1)
        nn.init.zeros_(self.flow.weight)
        nn.init.zeros_(self.flow.bias)
        at_rest = F.affine_grid(torch.eye(2, 3)[None], [1, 3, HEIGHT, WIDTH], align_corners=False)
        self.register_buffer("places", at_rest, persistent=False)  # (1, h, w, 2)
        self.register_buffer("down", FARTHEST * stretcher(CELLS[0], HEIGHT), persistent=False)
        self.register_buffer("across", stretcher(CELLS[1], WIDTH).T.contiguous(), persistent=False)

    def remember(self, picture: Tensor, levels: list[Tensor]) -> list[Tensor]:
        """What each level makes of the identity (b, width, h, w), from full size down, the finest two at the mouth."""
        shown = [levels[4], levels[3], at_mouth(levels[2], 4), at_mouth(levels[1], 2)]
        made = [skip(level) for skip, level in zip(self.skips, shown, strict=True)]
        return [picture, *made[::-1]]

    def forward(self, rows: Tensor, memory: list[Tensor]) -> Tensor:
        """rows (b, n, c) with the memory of b sentences -> pictures (b, n, 3, 80, 160) in 0..1."""
        return self.fill(self.seed(rows), memory).unflatten(0, rows.shape[:2])

    def seed(self, rows: Tensor) -> Tensor:
        """The smallest pictures (b n, SEED, 5, 10) that rows (b, n, c) open into."""
        return F.leaky_relu(self.open(rows), 0.1).view(-1, SEED, HEIGHT // 16, WIDTH // 16)

    def fill(self, seeds: Tensor, memory: list[Tensor]) -> Tensor:
        """Seeds with the memory of b sentences -> pictures (b n, 3, 80, 160)."""
        x = F.leaky_relu(joined(self.start(seeds), memory[4]), 0.1)
        x = F.leaky_relu(joined(self.ups[0](x), memory[3]), 0.1)
        kept = self.carry(memory[0], x)
        x = at_mouth(x, 8)
        for up, level in zip(self.ups[1:], (memory[2], memory[1]), strict=True):
            x = F.leaky_relu(joined(up(x), level), 0.1)
        painted = F.pad(F.pixel_shuffle(torch.sigmoid(self.last(x)), 2), BESIDE)  # (b n, 4, 80, 160)
        colour, share = painted.split((3, 1), 1)
        return torch.lerp(kept, colour, share)

    def carry(self, picture: Tensor, x: Tensor) -> Tensor:
        """The identity's picture (b, 3, 80, 160) as the skin lies in each of its pictures (b n, 3, 80, 160)."""
        flow = self.flow(x).unflatten(1, (2, 2)).permute(0, 2, 3, 1, 4).flatten(2, 3)  # (b n, 2, *CELLS)
        flow = self.down @ (flow @ self.across)  # (b n, 2, h, w)
        each = picture[:, None].expand(-1, len(x) // len(picture), -1, -1, -1).flatten(0, 1)
        places = self.places + flow.permute(0, 2, 3, 1)
        return F.grid_sample(each, places, padding_mode="border", align_corners=False)


def at_mouth(x: Tensor, size: int) -> Tensor:
    """What of x (..., h / size, w / size) lies at the mouth."""
    rows, columns = (slice(part.start // size, part.stop // size) for part in MOUTH)
    return x[..., rows, columns]


def stretcher(cells: int, size: int) -> Tensor:
    """As many values as `size`, linearly in between, as a matrix (size, cells): two of them stretch a flow."""
    steps = torch.eye(cells)[None]
    return F.interpolate(steps, size=size, mode="linear", align_corners=False)[0].T.contiguous()
