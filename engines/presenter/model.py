"""The renderer networks: facial map to picture, and the critics that judge pictures beside their maps.

Written from Wang et al. 2018, "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs"
(pix2pixHD), sections 3.1-3.2 and appendix. Maps are in [0, 1], pictures in [-1, 1].
Letters: b batch, c map channels, h w pixels.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.presenter.config import RendererConfig

Origin = tuple[int, int]
"""Top and left of a training crop inside the face box, multiples of 16."""


def build_generator(config: RendererConfig) -> nn.Module:
    """The generator of a preset: forward(map (b, c, h, w), origin) -> picture (b, 3, h, w)."""
    return PaperGenerator(config) if config.preset == "paper" else StudioGenerator(config)


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut, without normalisation: a mouth must not change the forehead."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.second = nn.Conv2d(width, width, 3, 1, 1)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in."""
        return x + self.second(F.relu(self.first(x)))


class StudioGenerator(nn.Module):
    """Lean generator: works at 1/4, 1/8 and 1/16 of the size and remembers the presenter's still face in canvases.

    The two canvases are learned per-place constants of the face frame (features at 1/4, colours at full size), so the
    layers only have to paint what changes. Heads unfold pixels in two steps (sub-pixel convolution, Shi et al. 2016).
    """

    def __init__(self, config: RendererConfig) -> None:
        super().__init__()
        fine, mid, low = config.width, config.width * 2, config.width * 4
        head = max(config.width // 2, 4)
        self.stem = nn.Conv2d(config.channels * 16, fine, 1)
        self.canvas = nn.Parameter(torch.zeros(1, fine, config.size // 4, config.size // 4))
        self.colours = nn.Parameter(torch.zeros(1, 3, config.size, config.size))
        self.to_mid = nn.Conv2d(fine, mid, 3, 2, 1)
        self.to_low = nn.Conv2d(mid, low, 3, 2, 1)
        self.low = nn.Sequential(*[Residual(low) for _ in range(config.blocks)])
        self.from_low = nn.Conv2d(low, mid * 4, 1)
        self.mid = nn.Sequential(*[Residual(mid) for _ in range(config.blocks)])
        self.from_mid = nn.Conv2d(mid, fine * 4, 1)
        self.fine = nn.Sequential(*[Residual(fine) for _ in range(config.fine_blocks)])
        self.to_half = nn.Conv2d(fine, head * 4, 3, 1, 1)
        self.to_full = nn.Conv2d(head, 12, 3, 1, 1)
        with torch.no_grad():
            self.to_full.weight.mul_(0.1)
            self.to_full.bias.zero_()

    def forward(self, maps: Tensor, origin: Origin | None = None) -> Tensor:
        """Paint maps; with an origin the maps are crops that begin there."""
        canvas, colours = self.canvas, self.colours
        if origin is not None:
            (top, left), (h, w) = origin, maps.shape[-2:]
            colours = colours[..., top : top + h, left : left + w]
            canvas = canvas[..., top // 4 : (top + h) // 4, left // 4 : (left + w) // 4]
        fine = F.relu(self.stem(F.pixel_unshuffle(maps, 4)) + canvas)  # (b, fine, h/4, w/4)
        mid = F.relu(self.to_mid(fine))
        low = self.low(F.relu(self.to_low(mid)))
        mid = self.mid(mid + F.pixel_shuffle(self.from_low(low), 2))
        fine = self.fine(fine + F.pixel_shuffle(self.from_mid(mid), 2))
        half = F.relu(F.pixel_shuffle(self.to_half(fine), 2))  # (b, head, h/2, w/2)
        return F.pixel_shuffle(self.to_full(half), 2) + colours


def block(inside: int, outside: int, side: int, stride: int = 1) -> list[nn.Module]:
    """Convolution, instance norm, ReLU, with reflected rims (appendix of the paper)."""
    pad = nn.ReflectionPad2d(side // 2)
    return [pad, nn.Conv2d(inside, outside, side, stride), nn.InstanceNorm2d(outside), nn.ReLU()]


def unblock(inside: int, outside: int) -> list[nn.Module]:
    """Fractionally strided convolution, instance norm, ReLU: u-blocks of the paper."""
    return [nn.ConvTranspose2d(inside, outside, 3, 2, 1, 1), nn.InstanceNorm2d(outside), nn.ReLU()]


class NormResidual(nn.Module):
    """R-block of the paper: two 3x3 convolutions with instance norm around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*block(width, width, 3), *block(width, width, 3)[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in."""
        return x + self.body(x)


class PaperGenerator(nn.Module):
    """pix2pixHD: global generator at half the size, local enhancer at the full size (section 3.1, figure 3)."""

    def __init__(self, config: RendererConfig) -> None:
        super().__init__()
        widths = [config.width * 2**i for i in range(5)]  # 64 .. 1024 at ngf 64
        down = [layer for a, b in pairwise(widths) for layer in block(a, b, 3, 2)]
        up = [layer for a, b in pairwise(widths[::-1]) for layer in unblock(a, b)]
        inner = [NormResidual(widths[-1]) for _ in range(config.blocks)]
        self.whole = nn.Sequential(*block(config.channels, widths[0], 7), *down, *inner, *up)
        half = config.width // 2
        self.enter = nn.Sequential(*block(config.channels, half, 7), *block(half, config.width, 3, 2))
        refine = [NormResidual(config.width) for _ in range(config.fine_blocks)]
        leave = [nn.ReflectionPad2d(3), nn.Conv2d(half, 3, 7), nn.Tanh()]
        self.leave = nn.Sequential(*refine, *unblock(config.width, half), *leave)

    def forward(self, maps: Tensor, origin: Origin | None = None) -> Tensor:
        """Paint maps; crops need no origin here."""
        small = F.avg_pool2d(maps, 3, 2, 1, count_include_pad=False)
        return self.leave(self.enter(maps) + self.whole(small))


class PatchCritic(nn.Module):
    """70x70 PatchGAN whose layers' outputs can be compared (feature matching, section 3.2)."""

    def __init__(self, channels: int, width: int, layers: int = 3) -> None:
        super().__init__()
        widths = [channels + 3] + [min(width * 2**i, width * 8) for i in range(layers + 1)]
        self.steps = nn.ModuleList()
        for i, (a, b) in enumerate(pairwise(widths)):
            norm = [nn.InstanceNorm2d(b)] if i else []
            stride = 2 if i < layers else 1
            self.steps.append(nn.Sequential(nn.Conv2d(a, b, 4, stride, 2), *norm, nn.LeakyReLU(0.2)))
        self.steps.append(nn.Conv2d(widths[-1], 1, 4, 1, 2))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Outputs of every layer; the last is the verdict per patch."""
        outputs = []
        for step in self.steps:
            x = step(x)
            outputs.append(x)
        return outputs


class Critics(nn.Module):
    """The same critic at several scales (section 3.2): halved pictures show the coarse faults."""

    def __init__(self, config: RendererConfig) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            PatchCritic(config.channels, config.critic_width) for _ in range(config.critic_scales)
        )

    def forward(self, maps: Tensor, pictures: Tensor) -> list[list[Tensor]]:
        """Layer outputs per scale of maps (b, c, h, w) beside pictures (b, 3, h, w)."""
        x = torch.cat([maps, pictures], 1)
        outputs = []
        for i, critic in enumerate(self.scales):
            x = x if i == 0 else F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
            outputs.append(critic(x))
        return outputs
