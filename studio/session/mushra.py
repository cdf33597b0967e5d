"""A listening test by ITU-R BS.1534-3 (MUSHRA): who rates what, in which blind order, and what was rated so far."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.listeners import Listeners

HIDDEN, ANCHOR = "Hidden reference", "Anchor 3.5 kHz"
"""Conditions every trial holds besides those under test (section 5.1)."""
INTERVALS = ("Bad", "Poor", "Fair", "Good", "Excellent")
"""Names of the five equal parts of the scale from 0 to 100 (section 5.4)."""
MOST_CONDITIONS = 10
"""With hidden reference and anchor twelve stimuli, the most a trial should hold."""
LONGEST_S = 12.0
"""Longer items tire the ear; they are cut (section 6: about 10 s, at most 12 s)."""


@dataclass(frozen=True)
class Plan:
    """What a test is made of. items: titles of the sounds; conditions: under test, without reference and anchor."""

    items: tuple[str, ...]
    conditions: tuple[str, ...]
    listener: str = "Listener 1"
    seed: int = 0


@dataclass(frozen=True)
class Trial:
    """One item. order: condition behind each slider; scores: 0 to 100, None until rated; heard: which were played."""

    item: str
    order: tuple[str, ...]
    scores: tuple[int | None, ...]
    heard: frozenset[int] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether every stimulus was played and rated."""
        return None not in self.scores and len(self.heard) == len(self.order)


@dataclass(frozen=True)
class Rating:
    """One score with all that is known of it. trial: its place in the listener's own order, from 1."""

    listener: str
    seed: int
    trial: int
    slider: str
    item: str
    condition: str
    score: int


class Mushra:
    """One listener's way through a plan; items and stimuli come in an order the seed and the listener's name decide."""

    def __init__(self, plan: Plan) -> None:
        if not plan.items or not plan.conditions:
            raise ValueError("A listening test needs at least one item and one condition.")
        self.plan = plan
        self.number = 0
        """Which trial is at hand, from 0."""
        self.changed: Listeners[[]] = Listeners()
        """Called when the trial at hand is another one or something was rated."""
        chance = random.Random(f"{plan.seed}/{plan.listener}")
        items = chance.sample(plan.items, len(plan.items))
        self._trials = [_blind(item, plan.conditions, chance) for item in items]
        self._over = False

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All trials in the listener's order."""
        return tuple(self._trials)

    @property
    def trial(self) -> Trial:
        """The trial at hand."""
        return self._trials[self.number]

    @property
    def over(self) -> bool:
        """Whether the last trial was left complete: from here on nothing is rated any more and all may be told."""
        return self._over

    def hear(self, stimulus: int) -> None:
        """A stimulus of the trial at hand was played."""
        if stimulus not in self.trial.heard:
            self._put(replace(self.trial, heard=self.trial.heard | {stimulus}))

    def rate(self, stimulus: int, score: int) -> None:
        """Give a stimulus of the trial at hand a score; beyond 0..100 the nearest end counts."""
        scores = list(self.trial.scores)
        scores[stimulus] = min(max(score, 0), 100)
        self._put(replace(self.trial, scores=tuple(scores)))

    @property
    def can_go_on(self) -> bool:
        """Whether the trial at hand is complete."""
        return self.trial.complete and not self._over

    def go_on(self) -> None:
        """To the next trial, or after the last one to the end; an incomplete trial is not left."""
        if not self.can_go_on:
            return
        if self.number + 1 < len(self._trials):
            self.number += 1
        else:
            self._over = True
        self.changed.emit()

    def go_back(self) -> None:
        """To the trial before, to hear and rate it again."""
        if self.number > 0 and not self._over:
            self.number -= 1
            self.changed.emit()

    def ratings(self) -> tuple[Rating, ...]:
        """All scores given, in the listener's order."""
        return tuple(
            Rating(self.plan.listener, self.plan.seed, i + 1, letter(k), trial.item, condition, score)
            for i, trial in enumerate(self._trials)
            for k, (condition, score) in enumerate(zip(trial.order, trial.scores, strict=True))
            if score is not None
        )

    def _put(self, trial: Trial) -> None:
        if not self._over:
            self._trials[self.number] = trial
            self.changed.emit()


def letter(stimulus: int) -> str:
    """What a listener sees in place of a condition's name: A, B, C and so on."""
    return chr(ord("A") + stimulus)


def interval(score: int) -> str:
    """The word of the scale a score lies in; a border belongs to the better word."""
    return INTERVALS[min(score // 20, 4)]


def _blind(item: str, conditions: Sequence[str], chance: random.Random) -> Trial:
    order = tuple(chance.sample((HIDDEN, ANCHOR, *conditions), len(conditions) + 2))
    return Trial(item, order, (None,) * len(order))
