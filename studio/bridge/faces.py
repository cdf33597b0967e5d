"""The avatar's motion along the timeline: outputs of the models under the layers of their stories, asked for a pose."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.api.arkit import INDEX, NAMES
from engines.api.values import FloatArray, Performance, Speech, frame_count
from studio.bridge.outputs import Outputs, Wanted, can_animate
from studio.bridge.passages import Passage
from studio.bridge.programme import LIVE, Programme
from studio.bridge.tasks import Tasks
from studio.document.history import Document
from studio.document.layers import audible, tuned
from studio.document.tuning import Tuning
from studio.session.look import AvatarLook, Look
from studio.session.transport import Span


@dataclass(frozen=True, eq=False)
class Pose:
    """A face at one moment: (52,) weights, (3,) head rotation in radians."""

    weights: FloatArray
    rotation: FloatArray


REST = Pose(np.zeros(len(NAMES), np.float32), np.zeros(3, np.float32))
"""The face that says nothing."""


class PoseSource(Protocol):
    """Whatever moves the face instead of the timeline, such as a live microphone."""

    def pose_at(self, at_s: float) -> Pose:
        """The face now."""
        ...

    def shown(self, seconds: float) -> None:
        """A picture of it is on screen, so long after it was asked for."""
        ...


class Faces(QObject):
    """The face at any time of the timeline, tuned on a worker thread; while it is being tuned the old layers stay."""

    changed = Signal()

    def __init__(
        self, document: Document, programme: Programme, outputs: Outputs, tasks: Tasks, look: AvatarLook
    ) -> None:
        super().__init__()
        self.outputs, self.failed = outputs, outputs.failed
        self._document, self._programme, self._tasks, self._look = document, programme, tasks, look
        self._tuned: dict[tuple[Wanted, str], tuple[Tuning, Performance]] = {}
        self._under_way: dict[tuple[Wanted, str], Tuning] = {}
        self._source: PoseSource | None = None
        programme.laid.connect(self._perform)
        outputs.arrived.connect(lambda _: self._tune())
        document.changed.connect(lambda old, new: self._perform())
        look.changed.connect(self._look_changed)

    # what is asked of it

    def pose_at(self, at_s: float) -> Pose:
        """The face at a time of the timeline, or that of the source followed; of soloed channels if any are."""
        if self._source is not None:
            return self._source.pose_at(at_s)
        return self._shown(at_s, "")

    def second_at(self, at_s: float) -> Pose:
        """The face as the second model moves it, under the same layers."""
        return self._shown(at_s, self._look.now.second)

    def has(self, passage: Passage) -> bool:
        """Whether the motion of a passage is there."""
        return self.tuned_of(passage) is not None

    def raw_of(self, passage: Passage) -> Performance | None:
        """What the story's model put out."""
        return self.outputs.get(self._wanted(passage))

    def tuned_of(self, passage: Passage, model: str = "") -> Performance | None:
        """The output under the story's layers, all channels; model: another one than the story's."""
        known = self._tuned.get((self._wanted(passage, model), passage.item.story))
        return None if known is None else known[1]

    def remark_at(self, at_s: float) -> str:
        """Why the face rests although there is sound, in a few words; empty if all is well."""
        passage = self._programme.passage_at(at_s)
        if self._source is not None or passage is None or passage.speech is None or self.has(passage):
            return ""
        if not can_animate(passage.speech, self._tuning(passage).model):
            return "The rules need the words of this sound: choose a network"
        return "Animating…" if self.outputs.making(self._wanted(passage)) else ""

    def motion(self, span: Span, fps: Fraction) -> Performance:
        """The face of every frame of a stretch of the timeline, as an export wants it: nothing is soloed."""
        count = frame_count(span.end_s - span.start_s, fps)
        poses = [self._at(span.start_s + float(i / fps), "") for i in range(count)]
        return Performance(np.stack([p.weights for p in poses]), np.stack([p.rotation for p in poses]), fps)

    # another source

    def follow(self, source: PoseSource | None) -> None:
        """Show the poses of a source instead of the timeline's; None: the timeline again."""
        self._source = source
        self.changed.emit()

    @property
    def live(self) -> bool:
        """Whether a source is followed."""
        return self._source is not None

    def refresh_live(self) -> None:
        """The source has another pose."""
        self.changed.emit()

    def shown(self, seconds: float) -> None:
        """A picture is on screen, so long after it was asked for."""
        if self._source is not None:
            self._source.shown(seconds)

    # how it comes about

    def _shown(self, at_s: float, model: str) -> Pose:
        pose, tuning = self._at(at_s, model), self._tuning_at(at_s)
        if not tuning.soloed:
            return pose
        heard = audible(tuning)
        return Pose(pose.weights * heard[: len(NAMES)], pose.rotation * heard[len(NAMES) :])

    def _at(self, at_s: float, model: str) -> Pose:
        passage = self._programme.passage_at(at_s)
        performance = self.tuned_of(passage, model) if passage is not None else None
        if passage is None or performance is None:
            return REST
        return blended(performance, at_s - passage.shift_s)

    def _tuning_at(self, at_s: float) -> Tuning:
        passage = self._programme.passage_at(at_s)
        return Tuning() if passage is None else self._tuning(passage)

    def _tuning(self, passage: Passage) -> Tuning:
        story = self._document.project.story(passage.item.story)
        return Tuning() if story is None else story.tuning

    def _wanted(self, passage: Passage, model: str = "") -> Wanted:
        seed = self._document.project.clip.seed
        return Wanted(passage.item.take.digest, model or self._tuning(passage).model, seed)

    def _look_changed(self, old: Look, new: Look) -> None:
        if old.second != new.second:
            self._perform()
        self.changed.emit()

    def _needed(self) -> list[tuple[Wanted, Passage, Speech]]:
        found = []
        for passage in self._programme.passages:
            speech = passage.speech
            if speech is None or passage.item.take.digest.startswith(LIVE):
                continue
            for model in {self._tuning(passage).model, self._look.now.second} - {""}:
                if can_animate(speech, model):
                    found.append((self._wanted(passage, model), passage, speech))
        return found

    def _perform(self) -> None:
        self.outputs.keep_to({wanted: speech for wanted, _, speech in self._needed()})
        self._tune()

    def _tune(self) -> None:
        """Lay the layers over every output whose layers are not those of now."""
        needed = {(wanted, passage.item.story): self._tuning(passage) for wanted, passage, _ in self._needed()}
        for old in self._tuned.keys() - needed.keys():
            del self._tuned[old]
        for key, tuning in needed.items():
            raw, known = self.outputs.get(key[0]), self._tuned.get(key)
            now = self._under_way.get(key, known[0] if known is not None else None)
            if raw is not None and now != tuning:
                self._lay(key, raw, tuning)

    def _lay(self, key: tuple[Wanted, str], raw: Performance, tuning: Tuning) -> None:
        self._under_way[key] = tuning

        def work() -> Performance | None:
            """Latest wins: what was asked for and is no longer wanted is not done at all."""
            return tuned(raw, tuning, key[0].take) if self._under_way.get(key) is tuning else None

        def keep(performance: Performance | None) -> None:
            if performance is not None and self._under_way.get(key) is tuning:
                del self._under_way[key]
                self._tuned[key] = (tuning, performance)
                self.changed.emit()

        self._tasks.run(work, keep, channel=f"tune {key}", lane="tune")


def blended(performance: Performance, at_s: float) -> Pose:
    """The pose between the two frames around a time; the first or last frame outside."""
    place = min(max(at_s * float(performance.fps), 0.0), len(performance.weights) - 1.0)
    first, share = int(place), np.float32(place % 1.0)
    then = min(first + 1, len(performance.weights) - 1)
    weights = performance.weights[first] * (1 - share) + performance.weights[then] * share
    rotation = performance.rotation[first] * (1 - share) + performance.rotation[then] * share
    return Pose(weights, rotation)


def posed(channel: str) -> Pose:
    """The face at rest but for one shape at full strength."""
    weights = REST.weights.copy()
    if channel in INDEX:
        weights[INDEX[channel]] = 1.0
    return Pose(weights, REST.rotation)
