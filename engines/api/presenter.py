"""Jobs and values of making a presenter from a person's own footage, consent first."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engines.api.events import EngineError
from engines.api.jobs import Job
from engines.api.values import ByteArray


@dataclass(frozen=True)
class Consent:
    """Who agreed to what, when, and in which words. Complete when no field is empty."""

    who: str = ""
    scope: str = ""
    date: str = ""
    statement: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that say nothing yet."""
        return tuple(field.name for field in fields(self) if not str(getattr(self, field.name)).strip())

    def demand(self) -> None:
        """Raise EngineError where the record is incomplete or its date is no date."""
        if self.missing:
            raise EngineError(
                f"The consent record lacks {', '.join(self.missing)}: write down who agreed, to what and when, first."
            )
        from datetime import date

        try:
            date.fromisoformat(self.date.strip())
        except ValueError as error:
            raise EngineError(f"The consent date {self.date!r} is no date: write it as 2026-03-31.") from error


@dataclass(frozen=True)
class ImportJob(Job):
    """Examine footage and make it ready for training. Yields Progress, returns ImportReport.

    videos: paths; name: the presenter's; short: allow less than three minutes; predictor: a dlib .dat file of 68 points
    that replaces the network ("": none); home: folder of presenters ("": the user's own).
    """

    videos: tuple[str, ...]
    name: str
    consent: Consent
    title: str = ""
    short: bool = False
    predictor: str = ""
    home: str = ""


@dataclass(frozen=True)
class TrainPresenterJob(Job):
    """Train the imported presenter's renderer. Yields Progress and Partial(TrainingLook), returns the folder's path.

    minutes: time budget, earlier runs counted in; what was trained is kept when the job is cancelled (that is a pause)
    and goes on with the next job of the same name; fresh: begin anew. device: auto, cpu or cuda.
    """

    name: str
    minutes: float = 60.0
    device: str = "auto"
    fresh: bool = False
    home: str = ""


@dataclass(frozen=True)
class CheckPresenterJob(Job):
    """Look an import or a presenter over again: returns PresenterCheck. Raises EngineError naming what is wrong."""

    name: str
    home: str = ""


@dataclass(frozen=True)
class ImportsJob(Job):
    """List the imports, on which training can begin or go on: returns a tuple of PresenterCheck, by name."""

    home: str = ""


@dataclass(frozen=True)
class Stretch:
    """A part of a video that training leaves out, and why."""

    video: str
    start_s: float
    end_s: float
    fault: str


@dataclass(frozen=True)
class VideoFacts:
    """What one video is. face_px: height of the face in its pixels; loudness_db: of its sound, dB of full scale."""

    video: str
    seconds: float
    width: int
    height: int
    fps: float
    steady: bool
    face_px: int
    loudness_db: float


@dataclass(frozen=True)
class ImportReport:
    """What an import found. frames: at 25 a second; skipped: by fault; remarks: whole sentences for the user."""

    name: str
    title: str
    folder: str
    videos: tuple[VideoFacts, ...]
    frames: int
    usable: int
    pictures: int
    keyed: bool
    skipped: tuple[tuple[str, int], ...]
    stretches: tuple[Stretch, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class PresenterCheck:
    """How far a presenter is. stage: imported, training or ready; words: one line per fact."""

    name: str
    title: str
    stage: str
    folder: str
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TrainingLook:
    """What training makes by now. sheet: (h, w, 3) truth, result and map side by side; minutes: trained so far."""

    sheet: ByteArray
    step: int
    minutes: float
