"""Text-to-lip networks on disk: where the shipped ones lie, and how one is kept and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from engines.api.events import EngineError
from engines.common.weights import WEIGHTS, load_weights, save_weights
from engines.textlip.brush import Brush
from engines.textlip.carrying import CarryingDecoder
from engines.textlip.config import TextlipConfig
from engines.textlip.model import LipNetwork
from engines.textlip.networks import build

ENGINE = "textlip"


def weights_path(kind: str, preset: str = "studio") -> Path:
    """Where the weights of a kind and preset lie: ParaLip under the engine's own name, a rival under its."""
    name = ENGINE if kind == "paralip" else f"{ENGINE}-{kind}"
    return WEIGHTS / f"{name}-{preset}.safetensors"


def keep(path: Path, network: LipNetwork, about: dict[str, Any]) -> None:
    """Write a network in half precision with its config and what it was trained on."""
    header = {"engine": ENGINE, "config": network.config.to_header(), **about}
    save_weights(path, {name: value.half() for name, value in network.state_dict().items()}, header)


def open_network(path: Path) -> LipNetwork:
    """Read a network, ready to paint. Raises EngineError for a missing, corrupt or foreign file."""
    tensors, header = load_weights(path)
    if header.get("engine") != ENGINE:
        raise EngineError(f"The weight file {path} is not a text-to-lip network: restore it from the distribution.")
    try:
        network = build(TextlipConfig.from_header(header["config"]))
        network.load_state_dict({name: value.float() for name, value in tensors.items()})
    except (TypeError, KeyError, RuntimeError) as error:
        raise EngineError(f"The weight file {path} is of another version: restore it or train again.") from error
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    network.eval().to(torch.float32)
    if isinstance(network.painter, CarryingDecoder):
        network.brush = Brush(network.painter, parallel=network.config.kind == "paralip")
    return network
