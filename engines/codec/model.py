"""The codec's networks: encoder, generator, discriminator, and the levels of the latent between them.

Letters: b batch, t steps or frames, c channels, m bands, k levels. All in memory order (b, t, c): a convolution along
time is then one matrix product, which processors do best.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.codec.config import BANDS, CONTEXT, FRAMES, LEVELS, MARGIN, STEPS, ModelConfig

PATCH = FRAMES // STEPS
"""Frames of a step."""
_FINE = 4
"""Parts of a step the generator tells apart before it makes frames."""


class Convolution(nn.Module):
    """Three neighbours in time to one: (b, t, c) -> (b, t, out), silence beyond the ends."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.weights = nn.Linear(3 * channels, out)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve."""
        x = functional.pad(x, (0, 0, 1, 1))
        return self.weights(torch.cat((x[:, :-2], x[:, 1:-1], x[:, 2:]), -1))


class Block(nn.Module):
    """A residual block: neighbours in time, then channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.near, self.mix = nn.LayerNorm(width), Convolution(width, width), nn.Linear(width, width)
        nn.init.zeros_(self.mix.weight)
        nn.init.zeros_(self.mix.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(b, t, width) -> the same."""
        return x + self.mix(functional.gelu(self.near(self.norm(x))))


class Whitening(nn.BatchNorm1d):
    """Zero mean and unit variance for each channel of (n, c), by what was seen so far.

    In training too, so that a batch's chance does not add noise to the codes; slopes are those of batch statistics.
    Source: S. Ioffe, "Batch renormalization" (2017).
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, momentum=0.02, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c) -> (n, c)."""
        mean, size = self.running_mean, torch.sqrt(self.running_var + self.eps)
        if not self.training:
            return (x - mean) / size
        z = super().forward(x)
        with torch.no_grad():
            batch_mean, batch_size = x.mean(0), torch.sqrt(x.var(0, unbiased=False) + self.eps)
            scale, shift = batch_size / size, (batch_mean - mean) / size
        return z * scale + shift


class Encoder(nn.Module):
    """Mel segments with their context to latents of zero mean and unit variance.

    `direct` is a linear path (at first the principal components of patches), the network corrects it.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BANDS))
        self.direct = nn.Linear(PATCH * BANDS, config.channels, bias=False)
        self.stem = nn.Linear(PATCH * BANDS, config.listen)
        self.blocks = nn.Sequential(*(Block(config.listen) for _ in range(config.blocks[0])))
        self.head = nn.Linear(config.listen, config.channels)
        self.whiten = Whitening(config.channels)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """(b, CONTEXT + FRAMES + CONTEXT, m) -> (b, STEPS, c)."""
        patches = (mel - self.mean).unflatten(1, (-1, PATCH)).flatten(2)  # (b, STEPS + 2, PATCH * m)
        z = self.direct(patches) + self.head(self.blocks(self.stem(patches)))
        z = z[:, CONTEXT // PATCH : CONTEXT // PATCH + STEPS]
        return self.whiten(z.flatten(0, 1)).unflatten(0, (-1, STEPS))


class Generator(nn.Module):
    """Latents to mel segments with MARGIN frames before and after: every segment by itself."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.channels = config.channels
        self.register_buffer("mean", torch.zeros(BANDS))
        self.direct = nn.Linear(config.channels, PATCH * BANDS, bias=False)
        self.stem = Convolution(config.channels + 1, config.speak)
        self.blocks = nn.Sequential(*(Block(config.speak) for _ in range(config.blocks[1])))
        self.split = nn.Linear(config.speak, _FINE * config.fine)
        self.fine = nn.Sequential(*(Block(config.fine) for _ in range(config.blocks[2])))
        self.head = nn.Linear(config.fine, PATCH // _FINE * BANDS)
        self.last = Block(BANDS)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, z: Tensor, used: Tensor) -> Tensor:
        """z (b, STEPS, c), zero from channel `used` (b,) on -> (b, MARGIN + FRAMES + MARGIN, m)."""
        share = (used / self.channels)[:, None, None].expand(-1, z.shape[1], 1)
        z = functional.pad(torch.cat((z, share), -1), (0, 0, 1, 1))  # (b, STEPS + 2, c + 1)
        x = self.split(self.blocks(self.stem(z))).unflatten(-1, (_FINE, -1)).flatten(1, 2)
        mel = self.head(self.fine(x)).unflatten(-1, (-1, BANDS)).flatten(1, 2)  # (b, 8 + FRAMES + 8, m)
        mel = mel + self.direct(z[..., :-1]).unflatten(-1, (PATCH, BANDS)).flatten(1, 2)
        return (self.last(mel) + self.mean)[:, PATCH - MARGIN : PATCH + FRAMES + MARGIN]


class Discriminator(nn.Module):
    """Tells true mel segments from made ones, patch by patch; its hidden layers serve the feature loss."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        widths = (1, config.critic, 2 * config.critic, 4 * config.critic)
        self.layers = nn.ModuleList(
            nn.Conv2d(a, b, (3, 5), (1, 2) if a == 1 else 2, (1, 2)) for a, b in pairwise(widths)
        )
        self.head = nn.Conv2d(widths[-1], 1, 3, padding=1)

    def forward(self, mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(b, t, m) -> verdicts (b, 1, ...) and hidden layers."""
        x, hidden = mel[:, None] * 0.3, []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            hidden.append(x)
        return self.head(x), hidden


class Autoencoder(nn.Module):
    """Encoder, generator and the levels of each latent channel, (c, k) ascending."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.generator = Encoder(config), Generator(config)
        self.register_buffer("levels", torch.linspace(-2.4, 2.4, LEVELS).repeat(config.channels, 1))

    def codes_of(self, z: Tensor) -> Tensor:
        """The nearest level of each element: (b, t, c) -> (b, t, c) int64, for any c up to the config's."""
        levels = self.levels[: z.shape[-1]]
        between = (levels[:, 1:] + levels[:, :-1]) / 2
        return (z[..., None] > between).sum(-1)

    def values_of(self, codes: Tensor) -> Tensor:
        """The levels of codes: (b, t, c) int64 -> (b, t, c)."""
        return self.levels[torch.arange(codes.shape[-1], device=codes.device), codes]

    def generate(self, z: Tensor) -> Tensor:
        """Latents of any number of channels (b, STEPS, c) -> (b, MARGIN + FRAMES + MARGIN, m)."""
        used = z.new_full((len(z),), z.shape[-1])
        return self.generator(functional.pad(z, (0, self.config.channels - z.shape[-1])), used)
