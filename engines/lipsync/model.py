"""The networks that hear cepstra and shape a mouth, and the discriminator that judges its motion.

Letters: b batch, t feature frames (100 Hz), f mouth shapes (25 fps, f = t // 4), c channels. Convolutions over time are
written as two-dimensional ones of height 1, channels last: three times as fast to train on a processor.
Source: Zheng, Zhu, Song, Ji, "A Neural Lip-Sync Framework for Synthesizing Photorealistic Virtual News Anchors"
(2020), section III-A. The residual level is that of Bai, Kolter, Koltun, arXiv:1803.01271, section 3.3, non-causal.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from engines.common.mfcc import COEFFICIENTS
from engines.lipsync.config import STEP, LipsyncConfig


def _conv(inward: int, out: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    pad = dilation * (kernel - 1) // 2
    return nn.Conv2d(inward, out, (1, kernel), (1, stride), (0, pad), (1, dilation))


def _as_picture(x: Tensor) -> Tensor:
    """(b, c, t) to (b, c, 1, t), channels last in memory."""
    return x.unsqueeze(2).contiguous(memory_format=torch.channels_last)


class Level(nn.Module):
    """One dilated convolution that sees as far ahead as back, added to its input."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float, norm: bool = True) -> None:
        super().__init__()
        self.conv = _conv(width, width, kernel, dilation=dilation)
        self.norm = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, 1, f) to (b, c, 1, f)."""
        out: Tensor = x + self.dropout(torch.relu(self.norm(self.conv(x))))
        return out


class TemporalNetwork(nn.Module):
    """The paper's generator: four convolutions from 100 to 25 frames a second, a non-causal TCN, two dense layers."""

    def __init__(self, config: LipsyncConfig) -> None:
        super().__init__()
        widths = (COEFFICIENTS, *config.stem, config.filters)
        parts: list[nn.Module] = []
        for i, (stride, kernel) in enumerate(((1, 5), (2, 5), (2, 5), (1, 3))):
            parts += [_conv(widths[i], widths[i + 1], kernel, stride), nn.BatchNorm2d(widths[i + 1]), nn.ReLU()]
        self.stem = nn.Sequential(*parts)
        levels = [Level(config.filters, config.kernel, d, config.dropout) for d in config.dilations]
        self.levels = nn.Sequential(*levels)
        dense = _conv(config.filters, config.dense, 1), nn.ReLU(), _conv(config.dense, config.coefficients, 1)
        self.head = nn.Sequential(*dense)

    def forward(self, mfcc: Tensor) -> Tensor:
        """Normalised cepstra (b, 13, t) to PCA coefficients (b, f, 10); shape i belongs to feature frame 4 i."""
        x = self.stem(_as_picture(mfcc))  # (b, filters, 1, f)
        x = self.levels(x)  # (b, filters, 1, f)
        out: Tensor = self.head(x).squeeze(2).transpose(1, 2)  # (b, f, 10)
        return out


class RecurrentNetwork(nn.Module):
    """The rivals: an LSTM that answers `delay` frames late (Suwajanakorn et al. 2017), or one in both directions."""

    def __init__(self, config: LipsyncConfig) -> None:
        super().__init__()
        both = config.kind == "bilstm"
        self.delay = 0 if both else config.delay
        self.cells = nn.LSTM(COEFFICIENTS, config.hidden, config.layers, batch_first=True, bidirectional=both)
        width = config.hidden * (2 if both else 1)
        dense = nn.Linear(width, config.dense), nn.ReLU(), nn.Linear(config.dense, config.coefficients)
        self.head = nn.Sequential(*dense)

    def forward(self, mfcc: Tensor) -> Tensor:
        """Normalised cepstra (b, 13, t) to PCA coefficients (b, f, 10); the last frame is repeated for the delay."""
        late = mfcc[:, :, -1:].expand(-1, -1, self.delay)
        x = torch.cat([mfcc, late], dim=2).transpose(1, 2)  # (b, t + delay, 13)
        states, _ = self.cells(x)
        out: Tensor = self.head(states[:, self.delay :: STEP])  # (b, f, 10)
        return out


class Discriminator(nn.Module):
    """Tells true from made mouth motion, frame by frame, with a TCN of its own."""

    def __init__(self, config: LipsyncConfig) -> None:
        super().__init__()
        width = max(config.filters // 4, 8)
        self.first = nn.Sequential(_conv(config.coefficients, width, 3), nn.LeakyReLU(0.2))
        self.levels = nn.ModuleList([Level(width, config.kernel, d, 0.0, norm=False) for d in config.dilations])
        self.score = _conv(width, 1, 1)

    def forward(self, shapes: Tensor) -> Tensor:
        """PCA coefficients (b, f, 10) to one score per frame (b, f), high for true motion."""
        out: Tensor = self.score(self.features(shapes)[-1])[:, 0, 0]
        return out

    def features(self, shapes: Tensor) -> list[Tensor]:
        """What it hears of the motion (b, c, 1, f) at every level, for feature matching."""
        found = [self.first(_as_picture(shapes.transpose(1, 2)))]
        for level in self.levels:
            found.append(level(found[-1]))
        return found


def build(config: LipsyncConfig) -> nn.Module:
    """The network a config names."""
    return RecurrentNetwork(config) if config.kind in ("lstm", "bilstm") else TemporalNetwork(config)


def fused(network: nn.Module) -> nn.Module:
    """The same network for use only: normalisations folded into the convolutions before them. Changes its argument."""
    network.eval().requires_grad_(False)
    if isinstance(network, TemporalNetwork):
        for i in range(0, len(network.stem), 3):
            network.stem[i] = fuse_conv_bn_eval(network.stem[i], network.stem[i + 1])
            network.stem[i + 1] = nn.Identity()
        for level in network.levels:
            level.conv, level.norm = fuse_conv_bn_eval(level.conv, level.norm), nn.Identity()
        network.to(memory_format=torch.channels_last)
    return network
