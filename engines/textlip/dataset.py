"""Draws batches: runs with the pictures to be painted in this step, and sayings for the durations.

Letters: b runs, k pictures painted, f pictures of the longest run, s sayings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engines.textlip import appearance
from engines.textlip.batch import Spelled, spell, to_tensor
from engines.textlip.config import TextlipConfig, TrainConfig
from engines.textlip.runs import Run, read_run
from engines.textlip.sayings import Saying

SAYINGS = 8
"""Sayings whose durations are learnt in one step."""


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's work: text, identity (b, 3, h, w), quarters (b, f, 3, h/4, w/4), shown (b, k), true (b, k, 3, h, w)."""

    spelled: Spelled
    frames: int
    identity: Tensor
    quarters: Tensor
    shown: Tensor
    true: Tensor
    said: Spelled | None


class Runs:
    """The training runs of a folder; new ones are read as they appear."""

    def __init__(self, folder: Path, splits: tuple[str, ...] = ("train",)) -> None:
        self.folder, self.splits = folder, splits
        self.runs: list[Run] = []
        self.quarters: list[Tensor] = []
        self._seen: set[str] = set()
        self.read()

    def read(self) -> int:
        """Read what is new; returns the number of runs."""
        for path in sorted(self.folder.glob("*.npz")):
            if path.name not in self._seen:
                self._seen.add(path.name)
                run = read_run(path)
                if run.split in self.splits:
                    self.runs.append(run)
                    self.quarters.append(shrink(run))
        return len(self.runs)


def shrink(run: Run) -> Tensor:
    """A run's pictures at a quarter of their size, (f, 3, 20, 40)."""
    f, h, w = run.pictures.shape[:3]
    small = run.pictures.reshape(f, h // 4, 4, w // 4, 4, 3).mean((2, 4), dtype=np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(small.transpose(0, 3, 1, 2)))


class Drawer:
    """Draws batches by chance of a seed; step: where a training goes on, so that it does not see the same again."""

    def __init__(self, runs: Runs, sayings: list[Saying], config: TextlipConfig, train: TrainConfig, step: int = 0) -> None:
        self.runs, self.config, self.train = runs, config, train
        self._sayings = [saying.evened for saying in sayings if saying.split == "train"]
        self._rng = np.random.default_rng([train.seed, step])
        self._chance = torch.Generator().manual_seed(train.seed + step)

    def draw(self) -> Batch:
        """The next batch."""
        picked = self._rng.choice(len(self.runs.runs), self.train.batch, replace=len(self.runs.runs) < self.train.batch)
        runs = [self.runs.runs[i] for i in picked]
        frames = max(len(run.pictures) for run in runs)
        shown = np.stack([self._shown(run) for run in runs])
        true = torch.stack([to_tensor(run.pictures[row]) for run, row in zip(runs, shown, strict=True)])
        both = torch.cat([to_tensor(self._faces(runs))[:, None], true], 1)
        quarters = torch.zeros(len(runs), frames, 3, *self.runs.quarters[0].shape[-2:])
        for row, i in enumerate(picked):
            quarters[row, : len(self.runs.quarters[i])] = self.runs.quarters[i]
        if self.config.kind == "paralip":  # a rival sees its last picture too: all would have to be changed alike
            both = appearance.change(both, self._chance)
        spelled = spell([run.phones for run in runs], self.config)
        return Batch(spelled, frames, both[:, 0], quarters, torch.from_numpy(shown), both[:, 1:], self._said())

    def _shown(self, run: Run) -> np.ndarray:
        return np.sort(self._rng.choice(len(run.pictures), self.train.shown, replace=len(run.pictures) < self.train.shown))

    def _faces(self, runs: list[Run]) -> np.ndarray:
        """An identity picture for each run: of another run half the time, as nobody's first picture is always shut."""
        others = self._rng.integers(len(self.runs.runs), size=len(runs))
        own = self._rng.random(len(runs)) < 0.5
        chosen = [run if mine else self.runs.runs[o] for run, mine, o in zip(runs, own, others, strict=True)]
        return np.stack([run.pictures[0] for run in chosen])

    def _said(self) -> Spelled | None:
        if self.config.kind != "paralip" or not self._sayings:
            return None
        picked = self._rng.choice(len(self._sayings), SAYINGS)
        return spell([self._sayings[i].phones for i in picked], self.config)
