"""The codec's weight files: large matrices in eight bits, a scale for each row; the rest in half precision.

Levels and tables are kept whole: they decide what codes mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.codec.config import ModelConfig, VocoderConfig
from engines.codec.model import Autoencoder
from engines.codec.tables import Tables
from engines.codec.vocoder import Vocoder

_SCALE = "/scale"
_LARGE = 4096
_KEPT = ("levels", "running_mean", "running_var")


def packed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state dict as it is written."""
    made: dict[str, Tensor] = {}
    for key, value in state.items():
        if value.ndim == 2 and value.numel() >= _LARGE and not key.endswith(_KEPT):
            scale = (value.abs().amax(1, keepdim=True) / 127.0).clamp(min=1e-8)
            made[key], made[key + _SCALE] = torch.round(value / scale).to(torch.int8), scale.float()
        else:
            made[key] = value.half() if value.is_floating_point() and not key.endswith(_KEPT) else value
    return made


def unpacked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What was packed, in single precision."""
    whole = {k: v for k, v in tensors.items() if not k.endswith(_SCALE)}
    scaled = {k: v.float() * tensors[k + _SCALE] if k + _SCALE in tensors else v for k, v in whole.items()}
    return {k: v.float() if v.is_floating_point() else v for k, v in scaled.items()}


def table_tensors(tables: Tables) -> dict[str, Tensor]:
    """Tables as tensors of a weight file."""
    frequencies = torch.from_numpy(tables.frequencies.astype(np.int16))
    return {"tables.weights": torch.from_numpy(tables.weights), "tables.frequencies": frequencies}


def model_of(tensors: dict[str, Tensor], header: dict[str, Any]) -> tuple[Autoencoder, Tables]:
    """Autoencoder and tables from a weight file."""
    model = Autoencoder(ModelConfig.from_header(header["config"]))
    model.load_state_dict(unpacked({k: v for k, v in tensors.items() if not k.startswith("tables.")}))
    frequencies = tensors["tables.frequencies"].numpy().astype(np.uint16)
    return model.eval().requires_grad_(False), Tables(tensors["tables.weights"].numpy(), frequencies)


def vocoder_of(tensors: dict[str, Tensor], header: dict[str, Any]) -> Vocoder:
    """The vocoder from its weight file."""
    vocoder = Vocoder(VocoderConfig(**header["config"]))
    vocoder.load_state_dict(unpacked(tensors))
    return vocoder.eval().requires_grad_(False)
