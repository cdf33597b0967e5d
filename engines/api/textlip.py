"""The job of painting lips straight from text, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engines.api.jobs import Job, Pronunciation, SpeakJob
from engines.api.values import ByteArray, Phone

LIP_SIZE = (160, 80)
"""Width and height of a lip picture."""
LIP_FPS = Fraction(25)
LIP_MODELS = ("paralip", "transformer", "duallip")


@dataclass(frozen=True)
class LipsJob(Job):
    """Paint the lips that say a text, before any sound exists. Yields Partial(LipPictures), returns LipTrack.

    text: what is said, at rate_wpm words a minute; or phones with their true times in seconds, which are followed as
    they are. model: one of LIP_MODELS; identity: a presenter, or a picture or video file of a face or a lip picture;
    language: of the text; longest_s: seconds painted at most, for a glance while typing (0: all).
    """

    text: str = ""
    phones: tuple[Phone, ...] = ()
    model: str = "paralip"
    identity: str = "default"
    rate_wpm: int = 165
    language: str = "en-gb"
    pronunciations: tuple[Pronunciation, ...] = ()
    longest_s: float = 0.0


@dataclass(frozen=True)
class PacedSpeakJob(SpeakJob):
    """Speak text, as SpeakJob, at the rate at which it lasts as long as the lips predicted from it."""


@dataclass(frozen=True, eq=False)
class LipPictures:
    """Consecutive lip pictures (f, 80, 160, 3) uint8 at LIP_FPS, and the number of the first."""

    pictures: ByteArray
    first: int


@dataclass(frozen=True, eq=False)
class LipTrack:
    """What was painted: pictures in all, phones with the times they were painted at, seconds of work.

    first_s: seconds from the start of the work to the first picture.
    """

    frames: int
    phones: tuple[Phone, ...]
    work_s: float
    first_s: float

    @property
    def seconds(self) -> float:
        """Length of what is said."""
        return self.phones[-1].end_s if self.phones else 0.0


@dataclass(frozen=True)
class DurationsJob(Job):
    """Predict how long a text lasts, without painting: returns tuple[Phone, ...] with times in seconds."""

    text: str
    rate_wpm: int = 165
    language: str = "en-gb"
    pronunciations: tuple[Pronunciation, ...] = ()
