"""The weight file of a face network: the network in half precision, and the mean face of what it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.api.values import FloatArray
from engines.common.weights import load_weights, save_weights
from engines.face.config import FaceConfig
from engines.face.model import FaceNetwork

ENGINE = "face"


@dataclass(frozen=True, eq=False)
class Face:
    """A network ready to work. mean_expressions: (46,), mean_turn: (3,) of its training speech; header: of its file."""

    network: FaceNetwork
    mean_expressions: FloatArray
    mean_turn: FloatArray
    header: dict[str, Any]


def save_face(path: Path, network: FaceNetwork, means: tuple[FloatArray, FloatArray], header: dict[str, Any]) -> None:
    """Write a weight file in one move; running statistics stay whole."""
    state = network.state_dict()
    tensors = {f"network.{k}": v if "running" in k or v.dim() == 0 else v.half() for k, v in state.items()}
    for name, mean in zip(("mean_expressions", "mean_turn"), means, strict=True):
        tensors[name] = torch.from_numpy(np.ascontiguousarray(mean, np.float32))
    save_weights(path, tensors, header | {"engine": ENGINE, "config": network.config.to_header()})


def load_face(path: Path) -> Face:
    """Read a weight file. Fails with EngineError where it is missing or corrupt."""
    tensors, header = load_weights(path)
    network = FaceNetwork(FaceConfig.from_header(header["config"]))
    state = {k.removeprefix("network."): v.float() for k, v in tensors.items() if k.startswith("network.")}
    network.load_state_dict(state)
    network.eval().requires_grad_(False)
    return Face(network, tensors["mean_expressions"].numpy(), tensors["mean_turn"].numpy(), header)
