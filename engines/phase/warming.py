"""The first estimate the compact network is given: phase by theory, then a few projections."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.common.stft import Grid
from engines.phase.gradients import centring
from engines.phase.integration import phase_by_theory
from engines.phase.projections import Settling, Target


def warm_estimate(target: Target, steps: int) -> tuple[Tensor, Tensor]:
    """Centred spectra (b, t, f) of the right magnitude, and their projection on sounds."""
    start = target.magnitude * phase_by_theory(target.magnitude, target.grid, target.settled)
    iteration = Settling(target, start, steps)
    for _ in range(steps):
        iteration.step()
    spectra = iteration.spectra()
    signs = centring(target.grid, str(spectra.device))
    return spectra * signs, target.belong(spectra) * signs


def example(true: Tensor, grid: Grid, warm: int) -> tuple[Tensor, Tensor]:
    """What the network sees of true plain spectra (b, t, f): the estimate made from their magnitude, its projection."""
    with torch.no_grad():
        return warm_estimate(Target(true.abs() + 1e-9, grid), warm)
