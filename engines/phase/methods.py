"""The methods by name: how each makes its first estimate and improves it.

Letters: b batch, t frames, f bins.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.common.stft import Grid
from engines.phase.gradients import centring
from engines.phase.integration import phase_by_theory
from engines.phase.projections import FastGriffinLim, GriffinLim, Iteration, Settling, Target
from engines.phase.sections import Share, Solve

Start = Callable[[Target, int], Tensor]
"""(target, seed of this section) -> spectra (b, t, f) to begin with."""
Improve = Callable[[Target, Tensor, int], Iteration]
"""(target, start, steps) -> the iteration."""


Begun = Callable[[int, int], Tensor]
"""(first frame, count of frames) -> spectra (1, t, f) of an earlier run."""


@dataclass(frozen=True)
class Method:
    """start: the first estimate; improve: what its iterations do; iterations: how many unless asked otherwise."""

    start: Start
    improve: Improve
    iterations: int


def random_phase(target: Target, seed: int) -> Tensor:
    """Uniform phase from a generator of its own, the same on every machine."""
    chance = torch.Generator().manual_seed(seed)
    turns = torch.rand(target.magnitude.shape, generator=chance).to(target.magnitude.device)
    return torch.polar(target.magnitude, 2 * torch.pi * turns)


def zero_phase(target: Target, seed: int) -> Tensor:
    """Every frame symmetric about its centre."""
    return target.magnitude * centring(target.grid, str(target.magnitude.device)).to(torch.complex64)


def theory_phase(target: Target, seed: int) -> Tensor:
    """Phase from the slopes of the magnitude, in one pass."""
    return target.magnitude * phase_by_theory(target.magnitude, target.grid, target.settled)


def alternate(target: Target, start: Tensor, steps: int) -> Iteration:
    """Plain alternating projections."""
    return GriffinLim(target, start)


def accelerate(target: Target, start: Tensor, steps: int) -> Iteration:
    """With momentum 0.99."""
    return FastGriffinLim(target, start)


METHODS: dict[str, Method] = {
    "zero": Method(zero_phase, alternate, 0),
    "griffin-lim": Method(random_phase, alternate, 100),
    "fast-griffin-lim": Method(random_phase, accelerate, 100),
    "phase-gradient": Method(theory_phase, alternate, 0),
    "admm": Method(random_phase, Settling, 100),
    "phase-gradient-admm": Method(theory_phase, Settling, 100),
}
"""Methods that need no weights."""


def solve_section(method: Method, steps: int, grid: Grid, seed: int, begun: Begun | None = None) -> Solve:
    """The method as a `Solve`; begun: an earlier run to go on from.

    Going on counts as one step: projecting the earlier sound is its first half, taking its phase the other.
    """

    def solve(magnitude: Tensor, settled: Tensor, first: int) -> Generator[Share, None, Tensor]:
        target = Target(magnitude, grid, settled)
        yield Share(0.0)
        start = method.start(target, seed + first) if begun is None else begun(first, magnitude.shape[1])
        left = steps if begun is None else max(steps - 1, 0)
        iteration = method.improve(target, start, left)
        for i in range(left):
            iteration.step()
            yield Share((i + 1) / left, iteration.spectra)
        return iteration.spectra()

    return solve
