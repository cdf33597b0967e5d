"""What both phase trainings share: a course of steps that stops at any of them, goes on later and tells its losses.

A checkpoint is one safetensors file: every network, every optimiser, the step and the seconds spent.
"""

from __future__ import annotations

import json
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from engines.api.values import FloatArray
from engines.common.checkpoints import gathered, scatter
from engines.common.stft import Grid
from engines.common.weights import load_weights, save_weights

Row = dict[str, float]


class Source(Protocol):
    """What training pieces come from."""

    def batch(self, count: int, samples: int) -> FloatArray:
        """So many pieces of so many samples, the pieces along the first axis."""
        ...


class Course(ABC):
    """A training under way. limit_s: seconds of work it may take in all; steps: the most it takes."""

    def __init__(self, grid: Grid, steps: int, limit_s: float, device: str) -> None:
        self.grid, self.steps, self.limit_s, self.device = grid, steps, limit_s, device
        self.step, self.spent_s = 0, 0.0

    @property
    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """Everything a checkpoint keeps."""

    @property
    @abstractmethod
    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        """By the network they drive."""

    @property
    @abstractmethod
    def batch(self) -> tuple[int, int]:
        """Pieces of sound in a step, and samples in each."""

    @abstractmethod
    def learn(self, sound: Tensor) -> Row:
        """One step on sounds (b, n); returns its losses."""

    @property
    def progress(self) -> float:
        """How far training has come, 0 to 1."""
        return 1.0 if self.spent_s >= self.limit_s else max(self.step / self.steps, self.spent_s / self.limit_s)

    def fit(self, pieces: Source) -> Iterator[Row]:
        """Train to the end; yields the losses of every step."""
        while self.step < self.steps and self.spent_s < self.limit_s:
            began = time.monotonic()
            row = self.learn(torch.from_numpy(pieces.batch(*self.batch)).to(self.device))
            self.step += 1
            self.spent_s += time.monotonic() - began
            yield {"step": self.step, "spent_s": round(self.spent_s, 1), **row}

    def pace(self) -> float:
        """Share of the full rate: a short rise, then down as a cosine to a hundredth."""
        return min((self.step + 1) / 100, 0.505 + 0.495 * math.cos(math.pi * self.progress))

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move."""
        tensors = gathered(self.networks, self.optimisers)
        save_weights(path, tensors, {"engine": "phase-checkpoint", "step": self.step, "spent_s": self.spent_s})

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint. Fails with EngineError where it is corrupt."""
        tensors, header = load_weights(path)
        scatter(tensors, self.networks, self.optimisers)
        self.step, self.spent_s = int(header["step"]), float(header["spent_s"])


def append_row(path: Path, row: Row) -> None:
    """Add one JSON line to a loss curve."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({k: round(v, 5) for k, v in row.items()}) + "\n")
