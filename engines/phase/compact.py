"""The compact preset as a method: theory, a few projections, the network's steps put together, more projections."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.common.stft import Grid
from engines.common.weights import load_weights
from engines.phase.config import CompactConfig, weights_path
from engines.phase.gradients import centring
from engines.phase.integration import integrate, weigh
from engines.phase.methods import Method
from engines.phase.model import CompactNetwork
from engines.phase.projections import Iteration, Settling, Target
from engines.phase.warming import warm_estimate

ITERATIONS = 100
_LOUD = 1.0
"""Power of the magnitudes in the weight of a step, besides the network's own certainty; tuned on the tuning voices."""


def load_compact(device: str = "cpu") -> CompactNetwork:
    """The shipped network. Fails with EngineError where its file is missing or corrupt."""
    tensors, header = load_weights(weights_path("compact"))
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in header["config"].items()}
    network = CompactNetwork(CompactConfig(**values), Grid(**header["grid"]))
    network.load_state_dict({key: value.float() for key, value in tensors.items()})
    return network.eval().to(device)


def compact_start(network: CompactNetwork, target: Target) -> Tensor:
    """Spectra (b, t, f) whose phase follows the network's steps."""
    estimate, belonging = warm_estimate(target, network.config.warm)
    with torch.inference_mode():
        steps = network(estimate, belonging)
    signs = centring(target.grid, str(estimate.device))
    along_t, along_f = weigh(steps.along_t, steps.along_f, target.magnitude, _LOUD)
    return target.magnitude * integrate(along_t, along_f, target.settled * signs) * signs


def compact_method(network: CompactNetwork) -> Method:
    """The preset as a Method."""

    def start(target: Target, seed: int) -> Tensor:
        return compact_start(network, target)

    def improve(target: Target, start: Tensor, steps: int) -> Iteration:
        return Settling(target, start, steps)

    return Method(start, improve, ITERATIONS)
