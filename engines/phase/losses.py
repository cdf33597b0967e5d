"""Losses of the phase networks."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.phase.model import Steps


def surprise(made: Steps, true: Steps, loud: float) -> Tensor:
    """How unlikely true steps are under the predicted von Mises distributions, mean over cells by their loudness.

    made: angle is the mean, modulus the concentration; true: modulus is the product of both magnitudes.
    """
    along_t = _surprise(made.along_t[:, 1:], true.along_t[:, 1:], loud)
    return along_t + _surprise(made.along_f[..., 1:], true.along_f[..., 1:], loud)


def _surprise(made: Tensor, true: Tensor, loud: float) -> Tensor:
    size = true.abs()
    weight, sure = size**loud, made.abs()
    # log I0(k) = log(i0e(k)) + k, which does not overflow.
    cost = torch.log(torch.special.i0e(sure)) + sure - (made * true.conj()).real / (size + 1e-12)
    return (cost * weight).sum() / (weight.sum() + 1e-12)


def agreement(made: Tensor, true: Tensor, loud: float) -> float:
    """Mean cosine between predicted and true steps, cells weighted by loudness: 1 is perfect, 0 is chance."""
    size = true.abs()
    cosine = (made * true.conj()).real / (made.abs() * size + 1e-12)
    return float((cosine * size**loud).sum() / ((size**loud).sum() + 1e-12))
