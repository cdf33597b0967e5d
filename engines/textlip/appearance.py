"""Changes how a mouth looks, identity and pictures alike, so that the identity picture must be heeded.

One computer-made person is filmed; other colours, light, size and place stand in for other people.
Letters: b sentences, k pictures of each.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

AS_FILMED = 0.65
"""Share of sentences left as they were filmed."""


def change(pictures: Tensor, chance: torch.Generator) -> Tensor:
    """pictures (b, k, 3, h, w) in 0..1, each sentence's changed in one way."""
    b = len(pictures)
    touched = (torch.rand(b, generator=chance) > AS_FILMED).float()
    out = _recoloured(pictures, touched, chance)
    if touched.any():
        out = _moved(out, touched, chance)
    flip = (torch.rand(b, generator=chance) < 0.3) & (touched > 0)
    return torch.where(flip.view(b, 1, 1, 1, 1), out.flip(-1), out)


def recolour(pictures: Tensor, chance: torch.Generator) -> Tensor:
    """pictures (n, 3, h, w), each in other colours."""
    return _recoloured(pictures[:, None], torch.ones(len(pictures)), chance)[:, 0]


def _recoloured(pictures: Tensor, touched: Tensor, chance: torch.Generator) -> Tensor:
    """Other gain for each colour, other gamma, other light from left to right."""
    b, width = len(pictures), pictures.shape[-1]
    gain = 1 + touched[:, None] * (torch.rand(b, 3, generator=chance) - 0.5) * 0.5
    gamma = torch.exp(touched * (torch.rand(b, generator=chance) - 0.5) * 0.9)
    slope = touched * (torch.rand(b, generator=chance) - 0.5) * 0.4
    light = 1 + slope[:, None] * torch.linspace(-1, 1, width)
    shaded = pictures * gain.view(b, 1, 3, 1, 1) * light.view(b, 1, 1, 1, width)
    return shaded.clamp(1e-4, 1).pow(gamma.view(b, 1, 1, 1, 1))


def _moved(pictures: Tensor, touched: Tensor, chance: torch.Generator) -> Tensor:
    """Another place and size of the mouth."""
    b, k = pictures.shape[:2]
    across = 1 + touched * (torch.rand(b, generator=chance) - 0.4) * 0.3
    down = across * (1 + touched * (torch.rand(b, generator=chance) - 0.5) * 0.2)
    shift = touched[:, None] * (torch.rand(b, 2, generator=chance) - 0.5) * 0.16
    zero = torch.zeros(b)
    theta = torch.stack([torch.stack([across, zero, shift[:, 0]], 1), torch.stack([zero, down, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, [b, 3, *pictures.shape[-2:]], align_corners=False)
    grid = grid[:, None].expand(-1, k, -1, -1, -1).flatten(0, 1)
    moved = F.grid_sample(pictures.flatten(0, 1), grid, padding_mode="border", align_corners=False)
    return moved.view_as(pictures)
