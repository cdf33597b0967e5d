"""Finds the 20 points of the mouth in lip pictures: a small regression network, for measuring and for the jaw.

Letters: n pictures (3, 80, 160) in 0..1; points are pixels of the lip picture, x right, y down, dlib's 48..67.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.api.values import ByteArray, FloatArray
from engines.common.weights import WEIGHTS, load_weights, save_weights
from engines.textlip import appearance
from engines.textlip.batch import to_tensor
from engines.textlip.placing import HEIGHT, WIDTH
from engines.textlip.runs import Run

ENGINE = "textlip-points"
PATH = WEIGHTS / f"{ENGINE}.safetensors"
POINTS = 20
_BATCH = 24


class LipPoints(nn.Module):
    """Strided convolutions at half size, then one linear step to the points' places around the mean mouth."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 48)) -> None:
        super().__init__()
        pairs = zip((3, *widths[:-1]), widths, strict=True)
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in pairs])
        self.out = nn.Linear(widths[-1] * math.ceil(HEIGHT / 32) * math.ceil(WIDTH / 32), 2 * POINTS)
        self.register_buffer("mean", torch.zeros(POINTS, 2))

    def forward(self, pictures: Tensor) -> Tensor:
        """pictures (n, 3, 80, 160) -> points (n, 20, 2) in pixels."""
        x = F.avg_pool2d(pictures, 2) * 2 - 1
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.1)
        return self.mean + 8 * self.out(x.flatten(1)).view(-1, POINTS, 2)


def fit(runs: list[Run], seconds: float, seed: int = 0) -> Iterator[LipPoints]:
    """Train for so many seconds of processor work; yields the network after every step, the last one trained."""
    torch.manual_seed(seed)
    rng, chance = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    network = LipPoints()
    network.mean.copy_(torch.from_numpy(np.concatenate([run.mouths for run in runs]).mean(0)))
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    began = time.process_time()
    while (spent := (time.process_time() - began) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = 1e-3 * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * spent)))
        pictures, true = _draw(runs, rng)
        coloured = appearance.recolour(to_tensor(pictures), chance)
        loss = (network(coloured) - torch.from_numpy(true)).abs().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        yield network


def _draw(runs: list[Run], rng: np.random.Generator) -> tuple[ByteArray, FloatArray]:
    """A batch of pictures and their points, each moved a little."""
    pictures, points = [], []
    for run in (runs[i] for i in rng.integers(len(runs), size=_BATCH)):
        at = int(rng.integers(len(run.pictures)))
        shift = rng.integers(-5, 6, 2)
        pictures.append(np.roll(run.pictures[at], shift[::-1], (0, 1)))
        points.append(run.mouths[at] + shift)
    return np.stack(pictures), np.stack(points).astype(np.float32)


def keep(path: Path, network: LipPoints, about: dict[str, object]) -> None:
    """Write the network in half precision."""
    save_weights(
        path, {name: value.half() for name, value in network.state_dict().items()}, {"engine": ENGINE, **about}
    )


def open_points(path: Path = PATH) -> LipPoints:
    """Read the network. Raises EngineError for a missing or corrupt file."""
    tensors, _ = load_weights(path)
    network = LipPoints()
    network.load_state_dict({name: value.float() for name, value in tensors.items()})
    return network.eval()


def find(network: LipPoints, pictures: ByteArray) -> FloatArray:
    """Mouth points (f, 20, 2) in lip pictures (f, 80, 160, 3)."""
    with torch.inference_mode():
        parts = [network(to_tensor(part)) for part in np.array_split(pictures, len(pictures) // 64 + 1)]
        return torch.cat(parts).numpy()
