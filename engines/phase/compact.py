"""The compact preset as a method: theory, a few projections, the network's steps put together, more projections."""

from __future__ import annotations

from torch import Tensor

from engines.common.stft import Grid
from engines.common.weights import load_weights
from engines.phase.config import CompactConfig, weights_path
from engines.phase.looks import answer, first_look, look
from engines.phase.methods import Method
from engines.phase.model import CompactNetwork
from engines.phase.projections import Iteration, Settling, Target

ITERATIONS = 40
GIVE = 0.06
"""Three times the give of the other methods: as good after 40 steps as they are after 100 (tuning voices)."""


def load_compact(device: str = "cpu") -> CompactNetwork:
    """The shipped network. Fails with EngineError where its file is missing or corrupt."""
    tensors, header = load_weights(weights_path("compact"))
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in header["config"].items()}
    network = CompactNetwork(CompactConfig(**values), Grid(**header["grid"]))
    network.load_state_dict({key: value.float() for key, value in tensors.items()})
    return network.eval().to(device)


def compact_start(network: CompactNetwork, target: Target) -> Tensor:
    """Spectra (b, t, f) whose phase follows the steps the network sees at its last look."""
    seen = first_look(target, network.config.warm)
    for _ in range(network.config.looks - 1):
        seen = look(target, answer(network, target, seen), network.config.warm)
    return answer(network, target, seen)


def compact_method(network: CompactNetwork) -> Method:
    """The preset as a Method."""

    def start(target: Target, seed: int) -> Tensor:
        return compact_start(network, target)

    def improve(target: Target, start: Tensor, steps: int) -> Iteration:
        return Settling(target, start, steps, GIVE)

    return Method(start, improve, ITERATIONS)
