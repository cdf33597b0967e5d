"""Small engines and jobs that behave well or badly on purpose, importable in a spawned process."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

import numpy as np

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job
from engines.api.rooms import Engine, Work


@dataclass(frozen=True)
class Act(Job):
    """deed: count | sentence | bug | die | forever | pictures."""

    deed: str
    size: int = 3


class Actor:
    """Does what an Act says."""

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


def actor_for(job: Job) -> Engine:
    """The same actor for every job."""
    return Actor()
