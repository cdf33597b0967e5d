"""A blind A/B/X test: which of two sounds is X, trial by trial, and how likely so many right answers are by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from scipy.special import bdtrc

from studio.listeners import Listeners

Side = Literal["A", "B"]
LENGTHS = (6, 10, 16, 20)
"""Numbers of trials offered. The number is fixed beforehand: stopping when it looks good would spoil the odds."""
LEVEL = 0.05
"""Odds by chance below which a difference counts as heard."""


@dataclass(frozen=True)
class Trial:
    """One answer. x: what X was; said: what the listener took it for; seconds: time spent on the trial."""

    number: int
    x: Side
    said: Side
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the answer was right."""
        return self.x == self.said


class BlindTest:
    """Trials in order. first, second: keys of the lanes A and B; a seed makes the order of X known, None does not."""

    def __init__(self, first: str, second: str, length: int, seed: int | None = None) -> None:
        if first == second:
            raise ValueError("A and B are the same sound")
        self.first, self.second, self.length = first, second, length
        self.trials: tuple[Trial, ...] = ()
        self.changed: Listeners[[]] = Listeners()
        """Called after each answer."""
        self._chance = random.Random(seed)
        self._x: Side = self._draw()

    @property
    def over(self) -> bool:
        """Whether all trials are answered; nothing may be told before."""
        return len(self.trials) >= self.length

    def lane(self, button: Literal["A", "B", "X"]) -> str:
        """The key of the lane behind a button."""
        return self.first if (self._x if button == "X" else button) == "A" else self.second

    def answer(self, said: Side, seconds: float) -> None:
        """Take X for A or B and go on to the next trial; after the last one it does nothing."""
        if self.over:
            return
        self.trials = (*self.trials, Trial(len(self.trials) + 1, self._x, said, seconds))
        self._x = self._draw()
        self.changed.emit()

    @property
    def right(self) -> int:
        """Right answers so far."""
        return sum(trial.right for trial in self.trials)

    @property
    def odds(self) -> float:
        """Probability of at least so many right answers by guessing."""
        return by_guessing(self.right, len(self.trials))

    @property
    def heard(self) -> bool:
        """Whether a difference was heard: the odds are at most LEVEL."""
        return self.odds <= LEVEL

    def _draw(self) -> Side:
        return "A" if self._chance.random() < 0.5 else "B"


def by_guessing(right: int, trials: int) -> float:
    """Probability of at least `right` of `trials` by guessing: the exact one-sided binomial test at one half."""
    return 1.0 if right <= 0 else float(bdtrc(right - 1, trials, 0.5))


def needed(trials: int) -> int:
    """The fewest right answers that count as a difference heard."""
    return next(right for right in range(trials + 1) if by_guessing(right, trials) <= LEVEL)
