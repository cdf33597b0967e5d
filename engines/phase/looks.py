"""What the compact network looks at: an estimate and its projection; and how its answer becomes the next estimate.

Letters: b batch, t frames, f bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engines.common.stft import Grid
from engines.phase.gradients import centring
from engines.phase.integration import integrate, phase_by_theory, weigh
from engines.phase.model import CompactNetwork, Steps
from engines.phase.projections import Settling, Target

_LOUD = 1.0
"""Power of the magnitudes in the weight of a step, besides the network's own certainty; tuned on the tuning voices."""


@dataclass(frozen=True, eq=False)
class Look:
    """Centred spectra (b, t, f) of the right magnitude, and their projection on sounds."""

    estimate: Tensor
    belonging: Tensor


def look(target: Target, start: Tensor, steps: int) -> Look:
    """Plain spectra (b, t, f) after so many projections."""
    iteration = Settling(target, start, steps)
    for _ in range(steps):
        iteration.step()
    spectra = iteration.spectra()
    signs = centring(target.grid, str(spectra.device))
    return Look(spectra * signs, target.belong(spectra) * signs)


def first_look(target: Target, steps: int) -> Look:
    """From the phase of theory."""
    return look(target, target.magnitude * phase_by_theory(target.magnitude, target.grid, target.settled), steps)


def answer(network: CompactNetwork, target: Target, seen: Look) -> Tensor:
    """Plain spectra (b, t, f) whose phase follows the steps the network sees."""
    with torch.inference_mode():
        return put_together(network(seen.estimate, seen.belonging), target)


def put_together(steps: Steps, target: Target) -> Tensor:
    """Plain spectra (b, t, f) whose phase follows steps."""
    signs = centring(target.grid, str(target.magnitude.device))
    along_t, along_f = weigh(steps.along_t, steps.along_f, target.magnitude, _LOUD)
    return target.magnitude * integrate(along_t, along_f, target.settled * signs) * signs


def example(true: Tensor, grid: Grid, warm: int, network: CompactNetwork | None = None) -> Look:
    """What the network is shown of true plain spectra (b, t, f): only their magnitude has been used.

    network: whose first answer the second look starts from; None for the first look.
    """
    with torch.no_grad():
        target = Target(true.abs() + 1e-9, grid)
        seen = first_look(target, warm)
        return seen if network is None else look(target, answer(network, target, seen).clone(), warm)
