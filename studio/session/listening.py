"""What the listening-test page works on: items, conditions, who listens, the test under way and all ratings so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from engines.api.codec import DEFAULT_ITERATIONS
from engines.api.values import Audio, FloatArray
from studio.listeners import Listeners
from studio.session.mushra import HIDDEN, LONGEST_S, MOST_CONDITIONS, Mushra, Plan, Rating
from studio.session.sending import AMR, BPGAN, OPUS, Setting

OFFERED: tuple[Setting, ...] = (
    *(Setting(BPGAN.key, kbps) for kbps in BPGAN.rates_kbps),
    *(Setting(OPUS.key, kbps) for kbps in (6, 9, 12)),
    *(Setting(AMR.key, kbps) for kbps in (4.75, 12.2)),
)
"""Conditions that can be ticked."""
AT_FIRST = tuple(s for s in OFFERED if s.title in ("BPGAN 1", "BPGAN 2", "BPGAN 4", "Opus 6"))


@dataclass(frozen=True, eq=False)
class Item:
    """A sound to be rated, 16 kHz and no longer than LONGEST_S."""

    title: str
    audio: Audio


@dataclass(frozen=True, eq=False)
class Stimuli:
    """All there is to hear of one item, equally loud and long, at 48 kHz; by_condition holds the anchor too."""

    item: str
    reference: FloatArray
    by_condition: dict[str, FloatArray]


class Stage(Enum):
    """Which page is shown."""

    SETUP = "setup"
    PREPARING = "preparing"
    RATING = "rating"
    RESULTS = "results"


@dataclass(frozen=True)
class State:
    """All of it at one moment. stimuli by item; ratings of all listeners who finished."""

    items: tuple[Item, ...] = ()
    conditions: tuple[Setting, ...] = AT_FIRST
    iterations: int = DEFAULT_ITERATIONS
    listener: str = "Listener 1"
    seed: int = 1
    stage: Stage = Stage.SETUP
    entry: int | None = None
    stimuli: dict[str, Stimuli] | None = None
    test: Mushra | None = None
    ratings: tuple[Rating, ...] = ()

    @property
    def plan(self) -> Plan:
        """What the next listener will be given."""
        titles = tuple(setting.title for setting in self.conditions)
        return Plan(tuple(item.title for item in self.items), titles, self.listener, self.seed)

    @property
    def missing(self) -> str:
        """What has to be done before a test can begin; empty if it can."""
        if not self.items:
            return "Add at least one sound to rate."
        if not self.conditions:
            return "Tick at least one codec."
        if not self.listener.strip():
            return "Say who listens."
        return ""


class ListeningTest:
    """Holds the State; used from one thread."""

    def __init__(self) -> None:
        self.now = State()
        self.changed: Listeners[[State, State]] = Listeners()
        """Called with (old, new)."""

    def add(self, title: str, audio: Audio) -> bool:
        """Add an item of 16 kHz sound under a name of its own; says whether it had to be cut to LONGEST_S."""
        taken = {item.title for item in self.now.items}
        names = (title, *(f"{title} ({i})" for i in range(2, len(taken) + 3)))
        name = next(n for n in names if n not in taken)
        self.put(items=(*self.now.items, Item(name, _cut(audio))), stimuli=None)
        return audio.seconds > LONGEST_S

    def remove(self, title: str) -> None:
        """Take an item off."""
        self.put(items=tuple(item for item in self.now.items if item.title != title), stimuli=None)

    def tick(self, setting: Setting, on: bool) -> None:
        """Put a condition to the test or leave it out; of more than MOST_CONDITIONS the last is left out."""
        wanted = [s for s in OFFERED if (on if s == setting else s in self.now.conditions)]
        self.put(conditions=tuple(wanted[:MOST_CONDITIONS]), stimuli=None)

    def lanes(self) -> tuple[FloatArray, ...]:
        """What the trial at hand lets one hear: the open reference, then the stimuli in their blind order."""
        test, stimuli = self.now.test, self.now.stimuli
        if test is None or stimuli is None:
            return ()
        item = stimuli[test.trial.item]
        sounds = {HIDDEN: item.reference, **item.by_condition}
        return item.reference, *(sounds[condition] for condition in test.trial.order)

    def begin(self, stimuli: dict[str, Stimuli]) -> None:
        """Everything is prepared: the first trial."""
        self.put(stimuli=stimuli, test=Mushra(self.now.plan), stage=Stage.RATING, entry=None)

    def finish(self) -> None:
        """The last trial was left: keep its ratings and show what was found."""
        test = self.now.test
        if test is not None and test.over:
            others = tuple(r for r in self.now.ratings if r.listener != test.plan.listener)
            self.put(ratings=(*others, *test.ratings()), test=None, stage=Stage.RESULTS)

    def abandon(self) -> None:
        """Back to the setup; what this listener rated goes, what others did stays."""
        self.put(test=None, stage=Stage.RESULTS if self.now.ratings else Stage.SETUP)

    def next_listener(self) -> None:
        """Have another one rate the same sounds, in another order."""
        known = {rating.listener for rating in self.now.ratings}
        names = (f"Listener {i}" for i in range(1, len(known) + 2))
        name = next(n for n in names if n not in known)
        self.put(stage=Stage.SETUP, listener=name, seed=self.now.seed + 1)

    def start_over(self) -> None:
        """Forget all ratings."""
        self.put(ratings=(), stage=Stage.SETUP, listener="Listener 1")

    def put(self, **changes: Any) -> None:
        """Change fields of the state."""
        old, self.now = self.now, replace(self.now, **changes)
        self.changed.emit(old, self.now)


def _cut(audio: Audio) -> Audio:
    """At most LONGEST_S, faded out over 20 ms where it was cut."""
    count = round(LONGEST_S * audio.rate_hz)
    if len(audio.samples) <= count:
        return audio
    samples = audio.samples[:count].copy()
    fade = audio.rate_hz // 50
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return Audio(samples, audio.rate_hz)
