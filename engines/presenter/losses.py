"""Knows what a good picture is: close in colour, in gradients and in structure to the truth, most of all at the mouth.

Letters: b batch, h w pixels; pictures in [-1, 1]; weights (b, 1, h, w) say how much each pixel counts.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def weighted(error: Tensor, weights: Tensor) -> Tensor:
    """Mean of an error (b, c, h, w) where the weights count."""
    return (error * weights).sum() / (weights.sum() * error.shape[1] + 1e-6)


def colour_loss(made: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute difference."""
    return weighted((made - truth).abs(), weights)


def gradient_loss(made: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring-pixel steps at full and half size: keeps edges sharp."""
    total = made.new_zeros(())
    for _ in range(2):
        error = made - truth
        across, along = error.diff(dim=3).abs(), error.diff(dim=2).abs()
        total = total + weighted(across, weights[..., 1:]) + weighted(along, weights[..., 1:, :])
        made, truth, weights = (F.avg_pool2d(x, 2) for x in (made, truth, weights))
    return total


def structure_map(made: Tensor, truth: Tensor, side: int = 7, stride: int = 2) -> Tensor:
    """SSIM (b, c, h', w') in box windows, one every `stride` pixels (Wang et al. 2004; L = 2 for -1..1)."""
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, side, stride)

    m, t = mean(made), mean(truth)
    mm, tt, mt = mean(made * made) - m * m, mean(truth * truth) - t * t, mean(made * truth) - m * t
    return (2 * m * t + c1) * (2 * mt + c2) / ((m * m + t * t + c1) * (mm.clamp_min(0) + tt.clamp_min(0) + c2))


def structure_loss(made: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """1 - SSIM of the brightness, weighted."""
    grey = truth.new_tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)
    made, truth = ((x * grey).sum(1, keepdim=True) for x in (made, truth))
    return weighted(1 - structure_map(made, truth), F.avg_pool2d(weights, 7, 2))


def detail_loss(made: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Difference of how much fine detail there is around each place, wherever exactly it lies: pores must not blur.

    Mean strength of the brightness's Laplacian in 8x8 windows.
    """
    grey = truth.new_tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)
    kernel = truth.new_tensor(((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))).view(1, 1, 3, 3)
    strength = [F.avg_pool2d(F.conv2d((x * grey).sum(1, keepdim=True), kernel).abs(), 8, 4) for x in (made, truth)]
    return weighted((strength[0] - strength[1]).abs(), F.avg_pool2d(weights[..., 1:-1, 1:-1], 8, 4))


def matching_loss(made: list[list[Tensor]], true: list[list[Tensor]]) -> Tensor:
    """Feature matching: mean distance of the critics' layer outputs (Wang et al. 2018, equation 4)."""
    pairs = [(m, t) for ms, ts in zip(made, true, strict=True) for m, t in zip(ms[:-1], ts[:-1], strict=True)]
    return torch.stack([F.l1_loss(m, t.detach()) for m, t in pairs]).mean()


def verdict_loss(outputs: list[list[Tensor]], wanted: float) -> Tensor:
    """LSGAN: squared distance of every patch's verdict from the wanted one."""
    return torch.stack([(scale[-1] - wanted).square().mean() for scale in outputs]).mean()
