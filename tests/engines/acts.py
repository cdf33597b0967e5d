"""Small engines and jobs that behave well or badly on purpose, importable in a spawned process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job
from engines.api.rooms import Heard, Work


@dataclass(frozen=True)
class Act(Job):
    """deed: count | sentence | bug | die | forever | pictures."""

    deed: str
    size: int = 3


@dataclass(frozen=True)
class Ear(Job):
    """A live job. deed: hear | sentence."""

    live: ClassVar[bool] = True

    deed: str = "hear"


class Listener:
    """Answers every block with what it was told about it."""

    def push(self, heard: Heard) -> Iterator[Partial]:
        """Tell length, place and losses; sound of level 1 breaks it."""
        if heard.block.samples[0] == 1.0:
            raise ZeroDivisionError("one over none")
        yield Partial((len(heard.block.samples), heard.at_s, heard.dropped, heard.dropped_s))


class Actor:
    """Does what an Act says."""

    def listen(self, job: Job) -> Listener:
        """Hear live sound."""
        assert isinstance(job, Ear)
        if job.deed == "sentence":
            raise EngineError("Choose a model that can listen.")
        return Listener()

    def run(self, job: Job) -> Work:
        """Behave."""
        assert isinstance(job, Act)
        if job.deed == "sentence":
            raise EngineError("Give the story a text.")
        if job.deed == "bug":
            raise ZeroDivisionError("one over none")
        if job.deed == "die":
            yield Progress(0, 1, "about to die")
            os.kill(os.getpid(), signal.SIGKILL)
        if job.deed == "pictures":
            for i in range(job.size):
                yield Partial(np.full((64, 64, 3), i, np.uint8))
        count = 0
        while job.deed == "forever" or (job.deed == "count" and count < job.size):
            count += 1
            yield Progress(count, job.size, "counting")
        return count


def actor_for(job: Job) -> Actor:
    """The same actor for every job."""
    return Actor()
