"""The compact network: magnitude and an estimate of the spectra in, phase steps with their certainty out.

Letters: b batch, t frames, f bins, p patches of bins, c channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.common.stft import Grid
from engines.phase.config import CompactConfig
from engines.phase.gradients import log_of, log_slopes, steps_from_magnitude

FEATURES = 9
ANSWERS = 4
_FLOOR = 1e-4
"""Magnitudes below this share of the level are not told apart."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Phase steps of centred spectra as complex numbers (b, t, f): the angle is the step, the modulus its weight.

    along_t: from the frame before; along_f: from the bin below. From the network the modulus is the concentration of a
    von Mises distribution.
    """

    along_t: Tensor
    along_f: Tensor


def steps_of(spectra: Tensor) -> Steps:
    """The steps within centred spectra (b, t, f), weighted by both magnitudes; the first ones are one."""
    along_t, along_f = torch.ones_like(spectra), torch.ones_like(spectra)
    along_t[:, 1:] = spectra[:, 1:] * spectra[:, :-1].conj()
    along_f[..., 1:] = spectra[..., 1:] * spectra[..., :-1].conj()
    return Steps(along_t, along_f)


def unit(spectra: Tensor) -> Tensor:
    """Moduli set to one; zeros stay zero."""
    return spectra / (spectra.abs() + 1e-20)


class Block(nn.Module):
    """x + mix(prelu(across(x))): a dense convolution over frames and patches, then channels alone."""

    def __init__(self, config: CompactConfig) -> None:
        super().__init__()
        (kt, kp), width = config.kernel, config.width
        self.across = nn.Conv2d(width, width, (kt, kp), padding=(kt // 2, kp // 2))
        self.act = nn.PReLU(width)
        self.mix = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.mix.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(b, width, t, p) -> the same."""
        mixed: Tensor = x + self.mix(self.act(self.across(x)))
        return mixed


class CompactNetwork(nn.Module):
    """Turns each step of an estimate by what it has learned, and weighs it."""

    def __init__(self, config: CompactConfig, grid: Grid) -> None:
        super().__init__()
        self.config, self.grid = config, grid
        (kt, kp), width = config.kernel, config.width
        self.stem = nn.Conv2d(FEATURES * config.patch, width, (kt, kp), padding=(kt // 2, kp // 2))
        self.blocks = nn.Sequential(*[Block(config) for _ in range(config.blocks)])
        self.act = nn.PReLU(width)
        self.head = nn.Conv2d(width, ANSWERS * config.patch, 1)
        nn.init.normal_(self.head.weight, std=1e-3)
        self.to(memory_format=torch.channels_last)

    def forward(self, estimate: Tensor, belonging: Tensor) -> Steps:
        """Centred spectra of the right magnitude and their projection on sounds, (b, t, f) at any level -> Steps."""
        level = self.level(estimate)
        now = steps_of(unit(estimate))
        x = self.fold(self.features(estimate / level, belonging / level, now))  # (b, 9 * patch, t, p)
        re_t, im_t, re_f, im_f = self.unfold(self.head(self.act(self.blocks(self.stem(x))))).unbind(-1)  # (b, t, f)
        return Steps(now.along_t * torch.complex(re_t + 1.0, im_t), now.along_f * torch.complex(re_f + 1.0, im_f))

    def level(self, spectra: Tensor) -> Tensor:
        """Root mean square of the frames around each frame, (b, t, 1), never zero."""
        energy = (spectra.real.square() + spectra.imag.square()).mean(-1).unsqueeze(1)  # (b, 1, t)
        span = self.config.level_frames
        mean = functional.avg_pool1d(energy, span, 1, span // 2, count_include_pad=False)
        return mean.sqrt().transpose(1, 2) + 1e-7

    def features(self, estimate: Tensor, belonging: Tensor, now: Steps) -> Tensor:
        """(b, t, f) -> (b, t, f, 9) of about unit size, none of which a constant turn of the phase changes.

        Logarithm, its slopes, steps of theory against those of the estimate, projection against the estimate.
        """
        magnitude = estimate.abs()
        logs = log_of(magnitude, _FLOOR)
        theory_t, theory_f = (torch.polar(torch.ones_like(s), s) for s in steps_from_magnitude(logs, self.grid))
        doubt_t, doubt_f = theory_t * now.along_t.conj(), theory_f * now.along_f.conj()
        strain = belonging * estimate.conj() / (magnitude.square() + _FLOOR)
        parts = torch.cat([torch.view_as_real(z) for z in (doubt_t, doubt_f, strain.clone())], -1)  # (b, t, f, 6)
        return torch.cat((torch.stack((logs / 3.0 + 0.7, *log_slopes(logs)), -1), parts.clamp(-3.0, 3.0)), -1)

    def fold(self, x: Tensor) -> Tensor:
        """(b, t, f, c) -> (b, patch * c, t, p), in channels-last memory, which processors convolve faster."""
        batch, frames, bins, channels = x.shape
        patch = self.config.patch
        x = functional.pad(x, (0, 0, 0, -bins % patch))
        return x.reshape(batch, frames, -1, patch * channels).permute(0, 3, 1, 2)

    def unfold(self, x: Tensor) -> Tensor:
        """(b, patch * c, t, p) -> (b, t, f, c)"""
        batch, _, frames, _ = x.shape
        x = x.permute(0, 2, 3, 1).reshape(batch, frames, -1, ANSWERS)
        return x[:, :, : self.grid.bins]
