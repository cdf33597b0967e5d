"""What a painted picture and a predicted duration should be like (Liu et al. 2022, section 3.4).

Letters: n pictures of (3, 80, 160) in 0..1; b sentences, p phones.
"""

from __future__ import annotations

import torch
from torch import Tensor

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2


def similarity(made: Tensor, true: Tensor) -> Tensor:
    """Structural similarity (n,), mean over places and colours (Wang et al. 2004, eq. 13), a Gaussian window of 11."""
    across, down = (smoother(size, made) for size in (made.shape[-1], made.shape[-2]))

    def smooth(x: Tensor) -> Tensor:
        return down @ (x @ across.T)

    a, b = made.flatten(0, 1), true.flatten(0, 1)  # (3 n, h, w)
    mean_a, mean_b, square, cross = smooth(torch.cat([a, b, a * a + b * b, a * b])).chunk(4)
    both, apart = mean_a * mean_b, mean_a**2 + mean_b**2
    value = (2 * both + C1) * (2 * (cross - both) + C2) / ((apart + C1) * (square - apart + C2))
    return value.mean((1, 2)).view(-1, made.shape[1]).mean(1)


def smoother(size: int, like: Tensor) -> Tensor:
    """A Gaussian window as a matrix (size - 10, size): two products with such matrices smooth a picture."""
    at = torch.arange(WINDOW, dtype=like.dtype, device=like.device) - WINDOW // 2
    bell = torch.exp(-(at**2) / (2 * SIGMA**2))
    rows = size - WINDOW + 1
    out = like.new_zeros(rows, size)
    places = torch.arange(rows, device=like.device)[:, None] + torch.arange(WINDOW, device=like.device)
    return out.scatter(1, places, (bell / bell.sum()).expand(rows, -1))


def duration_loss(predicted: Tensor, true: Tensor, there: Tensor) -> Tensor:
    """L1 of each phone's pictures, and of the whole sentence's, per phone (Liu et al., eq. 3): one number."""
    count = there.sum(1).clamp(min=1)
    token = ((predicted - true).abs() * there).sum(1) / count
    sequence = ((predicted - true) * there).sum(1).abs() / count
    return (token + sequence).mean()


def mouth_loss(found: Tensor, true: Tensor, there: Tensor, scale: float) -> Tensor:
    """Mean distance along x and y of mouth points (b, f, 20, 2) in units of `scale` pixels, where they are there."""
    error = (found - true).abs().mean((2, 3)) / scale
    return (error * there).sum() / there.sum().clamp(min=1)


def fool(scores: Tensor) -> Tensor:
    """Least squares of the painter (Mao et al. 2017): its pictures should pass as filmed."""
    return (scores - 1).square().mean()


def detect(filmed: Tensor, painted: Tensor) -> Tensor:
    """Least squares of the discriminator."""
    return (filmed - 1).square().mean() + painted.square().mean()
