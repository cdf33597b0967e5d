"""Fills the lanes of a comparison: reads the sound, has every method rebuild it, fits and measures what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engines.api.events import Cancelled, Done, Event, Failed, Progress
from engines.api.jobs import CompareJob
from engines.api.values import Audio, Likeness, Reconstruction
from studio.audio.contrast import fit, fitted
from studio.audio.errors import AudioFileError
from studio.audio.files import read_audio
from studio.audio.rates import resample
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.bridge.tasks import Task, Tasks
from studio.session.comparison import LONGEST_S, Choice, Comparison, Fit, Lane, LaneState, Problem, Setting, Source
from studio.session.jobs import Jobs
from studio.session.notices import Notices

SOURCE = "comparison source"
Place = tuple[Problem, str]
"""Where a lane lies: its problem and the key of its method."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A reconstruction, and its sound brought to the original's sign and time."""

    result: Reconstruction
    audio: Audio
    fit: Fit


@dataclass(eq=False)
class _Run:
    """The work on one lane. entry: its line of the Jobs panel; iterations, spent_s: what its start had already."""

    entry: int
    iterations: int
    spent_s: float
    job: RoomJob | None = None


class Comparing(QObject):
    """The workshop behind the comparison panel; signals come on the GUI thread."""

    reading = Signal(bool)
    """A sound is being read, or no longer."""

    def __init__(self, comparison: Comparison, rooms: RoomBridge, tasks: Tasks, jobs: Jobs, notices: Notices) -> None:
        super().__init__()
        self.comparison = comparison
        self._rooms, self._tasks, self._jobs, self._notices = rooms, tasks, jobs, notices
        self._runs: dict[Place, _Run] = {}

    def open(self, path: Path) -> None:
        """Compare a sound file."""
        rate_hz = self.comparison.setting.rate_hz

        def work() -> tuple[Source, tuple[str, ...]]:
            sound = read_audio(path)
            return source_of(path.name, sound.audio, rate_hz), sound.remarks

        def use(read: tuple[Source, tuple[str, ...]]) -> None:
            for sentence in read[1]:
                self._notices.info(sentence)
            self._use(read[0])

        self._read(self._tasks.run(work, use, channel=SOURCE))

    def take(self, title: str, audio: Audio) -> None:
        """Compare a sound of the studio."""
        rate_hz = self.comparison.setting.rate_hz
        self._read(self._tasks.run(lambda: source_of(title, audio, rate_hz), self._use, channel=SOURCE))

    def configure(self, setting: Setting) -> None:
        """Other spectrograms; what is under way for the old ones stops."""
        before = self.comparison.setting
        if setting == before:
            return
        self._stop(Problem if replace(setting, mel_bands=before.mel_bands) != before else (Problem.MEL,))
        self.comparison.set_setting(setting)
        source = self.comparison.source
        if source is not None and setting.rate_hz != before.rate_hz:
            self.take(source.title, source.audio)

    def run(self, choices: Iterable[Choice]) -> None:
        """Rebuild the sound by these methods; lanes that are there already stay."""
        problem, chosen = self.comparison.problem, tuple(choices)
        for lane in self.comparison.lanes:
            if lane.busy and lane.choice not in chosen:
                self.cancel(lane.key)
        for choice in self.comparison.begin(chosen):
            self._start(choice, problem)

    def go_on(self, key: str) -> None:
        """More iterations from where a lane stands."""
        lane, problem = self.comparison.lane(key), self.comparison.problem
        if lane is not None and lane.can_go_on:
            self._start(lane.choice, problem, lane)

    def cancel(self, key: str) -> None:
        """Stop the work on a lane of the problem shown; what it has so far stays."""
        run = self._runs.get((self.comparison.problem, key))
        if run is not None:
            self._jobs.cancel(run.entry)

    def close(self) -> None:
        """Stop everything."""
        self._stop(Problem)

    def _stop(self, problems: Iterable[Problem]) -> None:
        chosen = tuple(problems)
        for (problem, _), run in tuple(self._runs.items()):
            if problem in chosen:
                self._jobs.cancel(run.entry)

    def _read(self, task: Task) -> None:
        self.reading.emit(True)
        task.failed.connect(lambda error, details: self._notices.error(*_told(error, details)))
        task.ended.connect(lambda: self.reading.emit(False))

    def _use(self, source: Source) -> None:
        self._stop(Problem)
        self.comparison.use(source)

    def _start(self, choice: Choice, problem: Problem, lane: Lane | None = None) -> None:
        """Begin a lane, or go on with one."""
        source = self.comparison.source
        assert source is not None
        start = None if lane is None else lane.made
        steps = choice.iterations if lane is None else lane.left
        had = (0, 0.0) if lane is None else (lane.iterations, lane.work_s)
        place = problem, choice.key
        title = f"{choice.title} · {problem.value.lower()} · {source.title}"
        run = self._runs[place] = _Run(self._jobs.add(title, lambda: _cancel(run)), *had)
        self.comparison.put(problem, replace(lane or Lane(choice), state=LaneState.WAITING, done=0.0, message=""))
        original = source.original
        job = self._rooms.submit(
            self.comparison.job(choice, problem, start, steps), lambda result: fit_to(original, result)
        )
        run.job = job
        job.progressed.connect(lambda event: self._progressed(place, run, event))
        job.arrived.connect(lambda value: self._arrived(place, run, value))
        job.finished.connect(lambda result: self._made(place, run, original, result))
        self._ends_badly(job, place, run)

    def _progressed(self, place: Place, run: _Run, event: Progress) -> None:
        self._jobs.report(run.entry, event)
        self._put(place, run, state=LaneState.RUNNING, done=event.done / event.total)

    def _arrived(self, place: Place, run: _Run, value: Fitted) -> None:
        """The sound as it is so far."""
        self._put(place, run, **_outcome(value, run))

    def _made(self, place: Place, run: _Run, original: Audio, result: Reconstruction) -> None:
        """The method is done: fit its sound on a worker thread, then measure it."""
        self._jobs.report(run.entry, Progress(0, 0, "Measuring"))
        self._put(place, run, state=LaneState.MEASURING, done=1.0)
        self._tasks.run(lambda: fit_to(original, result), lambda value: self._measure(place, run, original, value))

    def _measure(self, place: Place, run: _Run, original: Audio, value: Fitted) -> None:
        self._put(place, run, **_outcome(value, run))
        run.job = job = self._rooms.submit(CompareJob(original, value.result.audio))
        job.finished.connect(lambda likeness: self._measured(place, run, likeness))
        self._ends_badly(job, place, run)

    def _measured(self, place: Place, run: _Run, likeness: Likeness) -> None:
        self._put(place, run, state=LaneState.DONE, likeness=likeness)
        self._end(place, run, Done(likeness))

    def _ends_badly(self, job: RoomJob, place: Place, run: _Run) -> None:
        job.failed.connect(lambda message, details: self._failed(place, run, message, details))
        job.cancelled.connect(lambda: self._cancelled(place, run))

    def _failed(self, place: Place, run: _Run, message: str, details: str) -> None:
        self._put(place, run, state=LaneState.FAILED, message=message)
        if details:
            self._notices.error(message, details)
        self._end(place, run, Failed(message, details))

    def _cancelled(self, place: Place, run: _Run) -> None:
        self._put(place, run, state=LaneState.STOPPED)
        self._end(place, run, Cancelled())

    def _put(self, place: Place, run: _Run, **changes: object) -> None:
        """Change a lane, unless it is another run's by now."""
        problem, key = place
        lane = self.comparison.lane(key, problem)
        if lane is not None and self._runs.get(place) is run:
            self.comparison.put(problem, replace(lane, **changes))  # type: ignore[arg-type]

    def _end(self, place: Place, run: _Run, ending: Event) -> None:
        self._jobs.report(run.entry, ending)
        if self._runs.get(place) is run:
            del self._runs[place]


def source_of(title: str, audio: Audio, rate_hz: int) -> Source:
    """A sound ready to be compared at a rate. Raises AudioFileError where it is too long."""
    if audio.seconds > LONGEST_S:
        raise AudioFileError(
            f"{title} is longer than {LONGEST_S / 60:.0f} minutes: cut it, or use the command anchor-studio phase."
        )
    return Source(title, audio, resample(audio, rate_hz))


def fit_to(original: Audio, result: Reconstruction) -> Fitted:
    """Bring a rebuilt sound to the original's sign and time, at most 16 ms either way."""
    samples = result.audio.samples
    sign, late = fit(original.samples, samples, original.rate_hz * 16 // 1000)
    moved = samples if (sign, late) == (1, 0) else fitted(samples, sign, late)
    return Fitted(result, Audio(moved, original.rate_hz), Fit(sign, late))


def _outcome(value: Fitted, run: _Run) -> dict[str, object]:
    """What a lane takes over of a reconstruction."""
    result = value.result
    return {
        "made": result.audio,
        "audio": value.audio,
        "fit": value.fit,
        "iterations": run.iterations + result.iterations,
        "work_s": run.spent_s + result.work_s,
        "peak_mib": result.peak_mib,
        "likeness": None,
    }


def _cancel(run: _Run) -> None:
    if run.job is not None:
        run.job.cancel()


def _told(error: object, details: str) -> tuple[str, str]:
    if isinstance(error, AudioFileError):
        return str(error), ""
    return f"The sound could not be read: {error}.", details
