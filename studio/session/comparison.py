"""What is compared: a sound, the setting of the spectrograms, and a lane for every method that rebuilt it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from engines.api.jobs import PhaseJob
from engines.api.values import Audio, Likeness
from studio.listeners import Listeners
from studio.session.abx import BlindTest

ORIGINAL, DIFFERENCE = "original", "difference"
"""Keys of the two lanes no method makes."""
LONGEST_S = 900.0
"""Longer sound is for the command line: every lane keeps all of it in memory."""
RATES_HZ = (16_000, 22_050, 24_000, 44_100, 48_000)
WINDOWS = ("blackman", "hann", "hamming")
SIZES = (256, 512, 1024, 2048, 4096)


class Problem(Enum):
    """What is lost of the spectrogram; lanes of one are never shown beside lanes of the other."""

    PHASE = "Phase lost"
    MEL = "Mel lost"


@dataclass(frozen=True)
class Method:
    """A row of the list of methods. iterations: how many unless asked otherwise; 0 where there is nothing to choose."""

    key: str
    title: str
    name: str
    preset: str = "compact"
    iterations: int = 0


METHODS: tuple[Method, ...] = (
    Method("zero", "Zero phase", "zero"),
    Method("griffin-lim", "Griffin-Lim", "griffin-lim", iterations=100),
    Method("fast-griffin-lim", "Fast Griffin-Lim", "fast-griffin-lim", iterations=100),
    Method("admm", "ADMM", "admm", iterations=100),
    Method("phase-gradient", "Phase gradient", "phase-gradient"),
    Method("phase-gradient-admm", "Phase gradient + ADMM", "phase-gradient-admm", iterations=100),
    Method("gan-compact", "Compact network", "gan"),
    Method("gan-paper", "GAN of the paper", "gan", "paper"),
)
BY_KEY = {method.key: method for method in METHODS}


@dataclass(frozen=True)
class Setting:
    """The spectrograms all lanes are made from; mel_bands count only where the magnitude is lost too."""

    rate_hz: int = 16_000
    window: str = "blackman"
    size: int = 1024
    hop: int = 512
    mel_bands: int = 80
    seed: int = 0


@dataclass(frozen=True)
class Choice:
    """A method and its number of iterations (0: its own)."""

    key: str
    iterations: int = 0

    @property
    def title(self) -> str:
        """As lanes and files are named."""
        title = BY_KEY[self.key].title
        return f"{title}, {self.iterations}" if self.iterations else title


@dataclass(frozen=True, eq=False)
class Source:
    """The sound compared, as it came (48 kHz) and at the rate of the setting."""

    title: str
    audio: Audio
    original: Audio


@dataclass(frozen=True)
class Fit:
    """What brings a rebuilt sound to the original: a sign, and samples it comes too late."""

    sign: int = 1
    late: int = 0

    @property
    def words(self) -> str:
        """What was done, for the lane; empty where nothing was."""
        moved = f"moved by {-self.late:+d} samples" if self.late else ""
        return ", ".join(filter(None, ("sign turned" if self.sign < 0 else "", moved)))


class LaneState(Enum):
    """Where a lane stands."""

    WAITING = "Waiting"
    RUNNING = "Rebuilding"
    MEASURING = "Measuring"
    DONE = "Done"
    STOPPED = "Stopped"
    FAILED = "Failed"


UNDER_WAY = (LaneState.WAITING, LaneState.RUNNING, LaneState.MEASURING)


@dataclass(frozen=True, eq=False)
class Lane:
    """One method's sound. made: as the method left it; audio: fitted to the original; done: 0 to 1 of the work."""

    choice: Choice
    state: LaneState = LaneState.WAITING
    done: float = 0.0
    iterations: int = 0
    made: Audio | None = None
    audio: Audio | None = None
    fit: Fit = Fit()
    work_s: float = 0.0
    peak_mib: float | None = None
    likeness: Likeness | None = None
    message: str = ""

    @property
    def key(self) -> str:
        """The key of its method."""
        return self.choice.key

    @property
    def busy(self) -> bool:
        """Whether work on it is under way or waits."""
        return self.state in UNDER_WAY

    @property
    def can_go_on(self) -> bool:
        """Whether more iterations could start from what is there."""
        return not self.busy and self.made is not None and self.choice.iterations > 0

    @property
    def left(self) -> int:
        """Iterations to go on with: those still missing, or as many again."""
        missing = self.choice.iterations - self.iterations
        return missing if missing > 0 else self.choice.iterations


class Comparison:
    """The lanes of both problems; used from one thread."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self.setting = Setting()
        self.problem = Problem.PHASE
        self.tests: tuple[tuple[Problem, BlindTest], ...] = ()
        """Blind tests gone through to the end with this sound."""
        self._lanes: dict[Problem, dict[str, Lane]] = {problem: {} for problem in Problem}
        self.source_changed: Listeners[[]] = Listeners()
        """Called when the sound or the rate it is compared at is another one; all lanes are gone then."""
        self.lanes_changed: Listeners[[]] = Listeners()
        """Called when other lanes are shown."""
        self.lane_changed: Listeners[[Problem, Lane]] = Listeners()
        """Called when one lane is another."""

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Lanes of the problem shown, in the order of METHODS."""
        return self.lanes_of(self.problem)

    def lanes_of(self, problem: Problem) -> tuple[Lane, ...]:
        """Lanes of a problem, in the order of METHODS."""
        lanes = self._lanes[problem]
        return tuple(lanes[method.key] for method in METHODS if method.key in lanes)

    def lane(self, key: str, problem: Problem | None = None) -> Lane | None:
        """One lane, if there is one."""
        return self._lanes[problem or self.problem].get(key)

    def audio(self, key: str) -> Audio | None:
        """The sound of a lane of the problem shown, or of the original."""
        if key == ORIGINAL:
            return None if self.source is None else self.source.original
        lane = self.lane(key)
        return None if lane is None else lane.audio

    def use(self, source: Source) -> None:
        """Compare another sound."""
        self.source = source
        self._forget()

    def set_setting(self, setting: Setting) -> None:
        """Other spectrograms: lanes made from the old ones are no longer comparable and go."""
        before, self.setting = self.setting, setting
        if replace(setting, mel_bands=before.mel_bands) != before:
            self._forget()
        elif setting != before:
            self._lanes[Problem.MEL].clear()
            self.lanes_changed.emit()

    def set_problem(self, problem: Problem) -> None:
        """Show the lanes of the other problem."""
        if problem is not self.problem:
            self.problem = problem
            self.lanes_changed.emit()

    def begin(self, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        """Lay a lane for each choice and none besides; returns those whose sound is not there yet."""
        lanes, wanted = self._lanes[self.problem], {choice.key: choice for choice in choices}
        for key in lanes.keys() - wanted.keys():
            del lanes[key]
        new = tuple(choice for choice in wanted.values() if not _there(lanes.get(choice.key), choice))
        lanes.update({choice.key: Lane(choice) for choice in new})
        self.lanes_changed.emit()
        return new

    def put(self, problem: Problem, lane: Lane) -> None:
        """Another state of a lane; one that is no longer laid is passed over."""
        if lane.key in self._lanes[problem]:
            self._lanes[problem][lane.key] = lane
            self.lane_changed.emit(problem, lane)

    def job(self, choice: Choice, problem: Problem, start: Audio | None = None, iterations: int = 0) -> PhaseJob:
        """The job of a lane; start, iterations: to go on from an earlier sound."""
        assert self.source is not None
        method, setting = BY_KEY[choice.key], self.setting
        return PhaseJob(
            self.source.original,
            method.name,
            method.preset,
            (iterations or choice.iterations) or None,
            setting.size,
            setting.hop,
            setting.window,
            setting.mel_bands if problem is Problem.MEL else 0,
            setting.seed,
            start,
        )

    def keep_test(self, test: BlindTest) -> None:
        """Put a finished blind test on record."""
        self.tests = (*self.tests, (self.problem, test))

    def _forget(self) -> None:
        self.tests = ()
        for lanes in self._lanes.values():
            lanes.clear()
        self.source_changed.emit()
        self.lanes_changed.emit()


def _there(lane: Lane | None, choice: Choice) -> bool:
    """Whether a lane is what is asked for, or will be."""
    return lane is not None and lane.choice == choice and (lane.busy or lane.state is LaneState.DONE)
