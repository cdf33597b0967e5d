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
from engines.textlip.model import quarter
from engines.textlip.runs import Run, read_run
from engines.textlip.sayings import Saying

SAYINGS = 3
"""Sayings whose durations and mouths are learnt in one step."""
LIGHT = 0.03
"""How far the light of a rival's own pictures may be off."""


@dataclass(frozen=True, eq=False)
class Batch:
    """One step's runs: text, identity (b, 3, h, w), before (b, f, 3, h/4, w/4), shown (b, k), true (b, k, 3, h, w).

    before: the picture before each at a quarter of its size; mouths (b, f, 20, 2), and which are there (b, f).
    """

    spelled: Spelled
    frames: int
    identity: Tensor
    before: Tensor
    shown: Tensor
    true: Tensor
    mouths: Tensor
    there: Tensor


@dataclass(frozen=True, eq=False)
class Told:
    """One step's sayings: text at its own times, durations in pictures (s, p) at the reference pace, mouths too."""

    spelled: Spelled
    durations: Tensor
    mouths: Tensor
    there: Tensor


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

    def __init__(
        self, runs: Runs, sayings: list[Saying], config: TextlipConfig, train: TrainConfig, step: int = 0
    ) -> None:
        self.runs, self.config, self.train = runs, config, train
        self._sayings = [saying for saying in sayings if saying.split == "train"]
        self._rng = np.random.default_rng([train.seed, step])
        self._chance = torch.Generator().manual_seed(train.seed + step)

    def draw(self) -> Batch:
        """The next batch."""
        picked = self._rng.choice(len(self.runs.runs), self.train.batch, replace=len(self.runs.runs) < self.train.batch)
        runs = [self.runs.runs[i] for i in picked]
        shown = np.stack([self._shown(run) for run in runs])
        true = torch.stack([to_tensor(run.pictures[row]) for run, row in zip(runs, shown, strict=True)])
        both = torch.cat([to_tensor(self._faces(runs))[:, None], true], 1)
        if self.config.kind == "paralip":  # a rival sees its last picture too: all would have to be changed alike
            both = appearance.change(both, self._chance)
        mouths, there = padded([run.mouths for run in runs])
        quarters, _ = padded([self.runs.quarters[i].numpy() for i in picked])
        before = torch.cat([quarter(both[:, :1]), quarters[:, :-1]], 1)
        if self.config.kind != "paralip":
            before = spoilt(before, self._chance)
        spelled = spell([run.phones for run in runs], self.config)
        numbers = torch.from_numpy(shown)
        return Batch(spelled, there.shape[1], both[:, 0], before, numbers, both[:, 1:], mouths, there)

    def tell(self) -> Told | None:
        """The next sayings; None for a rival, which cannot learn without pictures."""
        if self.config.kind != "paralip" or not self._sayings:
            return None
        picked = [self._sayings[i] for i in self._rng.choice(len(self._sayings), SAYINGS)]
        mouths, there = padded([saying.mouths for saying in picked])
        evened = spell([saying.evened for saying in picked], self.config)
        spelled = spell([saying.phones for saying in picked], self.config)
        return Told(spelled, evened.ends - evened.starts, mouths, there)

    def _shown(self, run: Run) -> np.ndarray:
        count = len(run.pictures)
        return np.sort(self._rng.choice(count, self.train.shown, replace=count < self.train.shown))

    def _faces(self, runs: list[Run]) -> np.ndarray:
        """An identity picture for each run: of another run half the time, as nobody's first picture is always shut."""
        others = self._rng.integers(len(self.runs.runs), size=len(runs))
        own = self._rng.random(len(runs)) < 0.5
        chosen = [run if mine else self.runs.runs[o] for run, mine, o in zip(runs, own, others, strict=True)]
        return np.stack([run.pictures[0] for run in chosen])


def spoilt(before: Tensor, chance: torch.Generator) -> Tensor:
    """Pictures before (b, f, 3, h, w) as a rival's own might be: other light, and some from another moment.

    Each run has its own share of them, so that the network learns to trust the text where its pictures lead astray.
    """
    b, f = before.shape[:2]
    strayed = torch.rand(b, f, generator=chance) < torch.rand(b, 1, generator=chance)
    elsewhere = before[:, torch.randint(f, (f,), generator=chance)]
    light = LIGHT * torch.randn(b, 1, 3, 1, 1, generator=chance)
    return torch.where(strayed[..., None, None, None], elsewhere, before) + light


def padded(rows: list[np.ndarray]) -> tuple[Tensor, Tensor]:
    """Arrays (f, ...) of different lengths as one tensor (b, f, ...), and which rows are there (b, f)."""
    longest = max(len(row) for row in rows)
    out = np.zeros((len(rows), longest, *rows[0].shape[1:]), np.float32)
    there = np.zeros((len(rows), longest), bool)
    for i, row in enumerate(rows):
        out[i, : len(row)], there[i, : len(row)] = row, True
    return torch.from_numpy(out), torch.from_numpy(there)
