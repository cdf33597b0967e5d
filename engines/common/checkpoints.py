"""What every training keeps in a checkpoint: networks and optimisers as one flat set of tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

Networks = Mapping[str, nn.Module]
Optimisers = Mapping[str, torch.optim.Optimizer]


def gathered(networks: Networks, optimisers: Optimisers) -> dict[str, Tensor]:
    """Their state under NAME.key and optimiser.NAME.number.field, ready for `save_weights`."""
    tensors = {f"{name}.{k}": v for name, network in networks.items() for k, v in network.state_dict().items()}
    for name, optimiser in optimisers.items():
        for i, state in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{name}.{i}.{k}": torch.as_tensor(v) for k, v in state.items()}
    return tensors


def scatter(tensors: Mapping[str, Tensor], networks: Networks, optimisers: Optimisers) -> None:
    """Put back what `gathered` took. Raises RuntimeError where the sizes are those of another network."""
    for name, network in networks.items():
        network.load_state_dict(below(tensors, f"{name}."))
    for name, optimiser in optimisers.items():
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in below(tensors, f"optimiser.{name}.").items():
            number, _, field = key.partition(".")
            state.setdefault(int(number), {})[field] = value
        optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin so, without that beginning."""
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
