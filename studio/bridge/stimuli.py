"""Makes what a listening test lets people hear: every item through every codec, the anchor, all equally loud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from engines.api.codec import Decoded, DecodeJob, Encoded, EncodeJob
from engines.api.events import Cancelled, Done, Failed, Progress
from engines.api.values import Audio
from studio.audio.errors import AudioFileError
from studio.audio.files import SoundFile, read_audio
from studio.audio.rates import resample
from studio.audio.switching import prepare
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.bridge.tasks import Task, Tasks
from studio.session.jobs import Jobs
from studio.session.listening import Item, ListeningTest, Stage, Stimuli
from studio.session.mushra import ANCHOR, LONGEST_S
from studio.session.notices import Notices
from studio.session.sending import BPGAN, FORMATS, Setting

SPEECH_HZ = 16_000


@dataclass(frozen=True, eq=False)
class _Step:
    """One item through one codec."""

    item: Item
    setting: Setting


class StimuliMaker(QObject):
    """Adds items to a ListeningTest and prepares it, one step after the other under one line of the Jobs panel."""

    def __init__(self, test: ListeningTest, rooms: RoomBridge, tasks: Tasks, jobs: Jobs, notices: Notices) -> None:
        super().__init__()
        self.test = test
        self._rooms, self._tasks, self._jobs, self._notices = rooms, tasks, jobs, notices
        self._steps: list[_Step] = []
        self._sounds: dict[tuple[str, str], Audio] = {}
        self._job: RoomJob | None = None
        self._task: Task | None = None

    def open(self, path: Path) -> None:
        """Add a sound file."""
        self._add(path.stem, lambda: read_audio(path))

    def take(self, title: str, audio: Audio) -> None:
        """Add a sound that is there already."""
        self._add(title, lambda: SoundFile(audio))

    def prepare(self) -> None:
        """Make all stimuli, then begin the test; if they are there already it begins at once."""
        now = self.test.now
        if now.stimuli is not None:
            self.test.begin(now.stimuli)
            return
        self._steps = [_Step(item, setting) for item in now.items for setting in now.conditions]
        self._sounds.clear()
        self.test.put(stage=Stage.PREPARING, entry=self._jobs.add("Prepare the listening test", self.cancel))
        self._next()

    def cancel(self) -> None:
        """Stop; nothing of it is kept."""
        if self._job is not None:
            self._job.cancel()
        elif self._task is not None:
            self._task.drop()
            self._ended(Cancelled())

    def close(self) -> None:
        """Stop what runs, unheard."""
        if self._job is not None:
            self._job.abandon()
        if self._task is not None:
            self._task.drop()

    def _add(self, title: str, read: Callable[[], SoundFile]) -> None:
        def work() -> tuple[SoundFile, Audio]:
            sound = read()
            return sound, resample(sound.audio, SPEECH_HZ)

        def took(result: tuple[SoundFile, Audio]) -> None:
            for remark in result[0].remarks:
                self._notices.info(remark)
            if self.test.add(title, result[1]):
                self._notices.info(f"{title}: its first {LONGEST_S:.0f} s are rated, longer sounds tire the ear.")

        task = self._tasks.run(work, took)
        task.failed.connect(lambda error, details: self._notices.error(*_told(error, details)))

    def _next(self) -> None:
        total = len(self.test.now.items) * len(self.test.now.conditions)
        if not self._steps:
            self._report(Progress(total, total, "Matching loudness"))
            self._run(self._all_stimuli(), self._ready)
            return
        step = self._steps[0]
        stage = f"{step.setting.title}, {step.item.title}"
        self._report(Progress(total - len(self._steps), total, "Encoding " + stage))
        if step.setting.format == BPGAN.key:
            self._encode(step)
        else:
            self._run(lambda: _exchanged(step), self._made)

    def _encode(self, step: _Step) -> None:
        def decode(encoded: Encoded) -> None:
            decoding = self._submit(DecodeJob(encoded.packet))
            decoding.finished.connect(heard)

        def heard(decoded: Decoded) -> None:
            self._made(decoded.audio)

        job = EncodeJob(step.item.audio, step.setting.kbps, self.test.now.iterations)
        self._submit(job).finished.connect(decode)

    def _made(self, audio: Audio) -> None:
        step = self._steps.pop(0)
        self._sounds[step.item.title, step.setting.title] = audio
        self._next()

    def _all_stimuli(self) -> Callable[[], dict[str, Stimuli]]:
        now, sounds = self.test.now, dict(self._sounds)
        titles = [setting.title for setting in now.conditions]
        return lambda: {
            item.title: _stimuli(item, {title: sounds[item.title, title] for title in titles}) for item in now.items
        }

    def _ready(self, stimuli: dict[str, Stimuli]) -> None:
        entry = self.test.now.entry
        self._job = self._task = None
        if entry is not None:
            self._jobs.report(entry, Done(None))
        self.test.begin(stimuli)

    def _submit(self, job: Any) -> RoomJob:
        running = self._job = self._rooms.submit(job, lambda _: None)
        running.failed.connect(lambda message, details: self._ended(Failed(message, details)))
        running.cancelled.connect(lambda: self._ended(Cancelled()))
        return running

    def _run(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        self._job = None
        self._task = self._tasks.run(work, then)
        self._task.failed.connect(lambda error, details: self._ended(Failed(*_told(error, details))))

    def _report(self, event: Progress) -> None:
        if self.test.now.entry is not None:
            self._jobs.report(self.test.now.entry, event)

    def _ended(self, event: Failed | Cancelled) -> None:
        entry, self._job, self._task = self.test.now.entry, None, None
        if entry is not None:
            self._jobs.report(entry, event)
        if isinstance(event, Failed):
            self._notices.error(event.message, event.details)
        self.test.put(stage=Stage.SETUP, entry=None)


def _exchanged(step: _Step) -> Audio:
    """Worker thread: there and back through an exchange codec."""
    from studio.audio.exchange import pack, unpack  # brings PyAV

    packing = FORMATS[step.setting.format]
    return unpack(pack(step.item.audio, packing, step.setting.kbps), packing, step.item.audio)


def _stimuli(item: Item, sounds: dict[str, Audio]) -> Stimuli:
    """Worker thread: add the anchor and make all as loud as the reference."""
    from studio.audio.anchor import low_pass_anchor

    named = {**sounds, ANCHOR: low_pass_anchor(item.audio)}
    lanes = prepare([item.audio, *named.values()])
    return Stimuli(item.title, lanes.sounds[0], dict(zip(named, lanes.sounds[1:], strict=True)))


def _told(error: object, details: str) -> tuple[str, str]:
    known = isinstance(error, AudioFileError)
    return str(error) if known else f"Something in the studio broke: {error}.", "" if known else details
