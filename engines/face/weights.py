"""The weight file of a face network: the network in half precision, and the mean face of what it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

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


def fuse(stack: nn.Sequential) -> nn.Sequential:
    """The same convolutions with their batch norms taken into them, for work that learns no more."""
    layers: list[nn.Module] = []
    for layer in stack:
        if isinstance(layer, nn.BatchNorm2d):
            conv = layers.pop()
            assert isinstance(conv, nn.Conv2d)
            layer = fuse_conv_bn_eval(conv, layer)
        layers.append(layer)
    return nn.Sequential(*layers)


def load_face(path: Path, *, fused: bool = True) -> Face:
    """Read a weight file. Fails with EngineError where it is missing or corrupt.

    fused: for work only; a network to train further from must not be.
    """
    tensors, header = load_weights(path)
    network = FaceNetwork(FaceConfig.from_header(header["config"]))
    state = {k.removeprefix("network."): v.float() for k, v in tensors.items() if k.startswith("network.")}
    network.load_state_dict(state)
    network.eval().requires_grad_(False)
    if fused:
        network.along_bands, network.along_time = fuse(network.along_bands), fuse(network.along_time)
    return Face(network, tensors["mean_expressions"].numpy(), tensors["mean_turn"].numpy(), header)
