"""One live job: blocks of sound of any rate and length go in, a pose comes out for every 40 ms they complete."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch

from engines.api.events import Partial
from engines.api.face import LiveJob, Pose
from engines.api.rooms import Heard
from engines.face.animator import Animator, Manner
from engines.face.config import DELAY_S, FPS
from engines.face.idle import Idle
from engines.face.sound import Ear, Moment
from engines.face.weights import Face

_WARM_UP = 5
_WARM_UP_HZ = 16_000


class LiveFace:
    """One live job: hears blocks, gives poses."""

    def __init__(self, face: Face, job: LiveJob) -> None:
        torch.set_num_threads(
            1
        )  # one face is too little work to share, and sharing costs time when the machine is busy
        self._face, self._job = face, job
        self._idle = Idle(job.seed) if job.layers else None
        self._ear: Ear | None = None
        self._rate_hz, self._faces, self._base_s, self._next_s = 0, 0, 0.0, 0.0
        for moment in Ear(_WARM_UP_HZ).push(np.zeros(_WARM_UP_HZ * _WARM_UP // FPS, np.float32)):
            self._animator_for(moment)

    def push(self, heard: Heard) -> Iterator[Partial]:
        """Hear a block; yields Partial(Pose) for each face it completes."""
        began_s = time.monotonic()
        self._attend(heard)
        assert self._ear is not None
        samples = np.nan_to_num(np.clip(heard.block.samples, -1.0, 1.0))
        for moment in self._ear.push(samples):
            pose = self._pose(moment, heard, began_s)
            yield Partial(pose)
            began_s = time.monotonic()

    def _attend(self, heard: Heard) -> None:
        """Begin afresh where the rate changes; where sound was lost, let the clock jump and the memory stay."""
        if self._ear is None or heard.block.rate_hz != self._rate_hz:
            self._ear, self._rate_hz = Ear(heard.block.rate_hz, self._face.network.config.top_hz), heard.block.rate_hz
            self._animator = self._new_animator()
            self._faces, self._base_s = 0, heard.at_s
        else:
            self._base_s += heard.at_s - self._next_s
        self._next_s = heard.at_s + heard.block.seconds

    def _pose(self, moment: Moment, heard: Heard, began_s: float) -> Pose:
        self._faces += 1
        at_s = self._base_s + self._faces / FPS - DELAY_S
        weights, rotation = self._animator.push(moment)
        if self._idle is not None:
            weights, rotation = self._idle.lay(weights, rotation, at_s)
        return Pose(
            at_s=at_s,
            rotation=rotation,
            weights=weights,
            level_db=moment.energy_db,
            speaking=moment.loudness.opening > 0.0,
            pushed_s=heard.pushed_s,
            waited_s=began_s - heard.pushed_s,
            compute_s=time.monotonic() - began_s,
            delay_s=DELAY_S,
            dropped=heard.dropped,
            dropped_s=heard.dropped_s,
        )

    def _new_animator(self) -> Animator:
        return Animator(self._face, Manner(self._job.emotion, self._job.strength))

    def _animator_for(self, moment: Moment) -> None:
        """Run everything once, so that the first face is as quick as the others."""
        self._new_animator().push(moment)
