"""Values that travel between engines and the studio: sound, phones, curves, pictures.

All values are frozen; arrays inside them are never written to after construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
ByteArray = NDArray[np.uint8]

SILENCE = "_"
"""The phone symbol of a pause."""


@dataclass(frozen=True, eq=False)
class Audio:
    """Mono sound.

    samples: (n,) float32 in [-1, 1]; rate_hz: samples per second.
    """

    samples: FloatArray
    rate_hz: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True)
class Phone:
    """One speech sound: IPA symbol (or SILENCE), its true times, and the stress of its syllable (0, 1 or 2)."""

    symbol: str
    start_s: float
    end_s: float
    stress: int = 0


@dataclass(frozen=True)
class Word:
    """One written word of the story and when it is heard. offset: first character in the story text, -1 if unknown."""

    text: str
    start_s: float
    end_s: float
    offset: int = -1


@dataclass(frozen=True, eq=False)
class Speech:
    """Sound with what is known of its content: phones in time order without gaps, words, the text spoken."""

    audio: Audio
    phones: tuple[Phone, ...] = ()
    words: tuple[Word, ...] = ()
    text: str = ""


@dataclass(frozen=True, eq=False)
class Performance:
    """Facial motion: one row per frame.

    weights: (f, 52) float32 in [0, 1], columns in the order of arkit.NAMES;
    rotation: (f, 3) float32 radians, pitch (nod, down positive), yaw (towards the presenter's left positive), roll;
    fps: exact frame rate. Frame i is the face at time i / fps.
    """

    weights: FloatArray
    rotation: FloatArray
    fps: Fraction


@dataclass(frozen=True, eq=False)
class MouthShapes:
    """Predicted mouth: (f, 20, 2) float32 normalised mouth points (dlib 48..67) at fps.

    Units: the presenter's mouth units (see engines.lipsync.card); x right and y down in the picture.
    """

    points: FloatArray
    fps: Fraction


@dataclass(frozen=True, eq=False)
class Frames:
    """Consecutive pictures of a clip: (f, h, w, 3 or 4) uint8 RGB(A), first frame number, exact rate."""

    pictures: ByteArray
    first: int
    fps: Fraction


@dataclass(frozen=True)
class ClipSummary:
    """What a finished clip holds: frame count, exact rate, picture size, sound length, seconds of work by stage."""

    frames: int
    fps: Fraction
    width: int
    height: int
    sound_s: float
    work_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A sound rebuilt from magnitudes: as long and loud as the original; iterations done; seconds of work.

    peak_mib: most memory the engine's process held meanwhile, libraries and weights included; None where unknown.
    """

    audio: Audio
    iterations: int
    work_s: float
    peak_mib: float | None = None


@dataclass(frozen=True)
class Likeness:
    """How near a rebuilt sound is to the original; None where a measure says nothing of such a sound (silence, say).

    PESQ is narrow and wide band (ITU-T P.862.1, P.862.2); ESTOI 0 to 1; spectral convergence and log-spectral distance
    in dB, lower is better.
    """

    pesq_wb: float | None
    pesq_nb: float | None
    estoi: float | None
    spectral_convergence_db: float | None
    log_spectral_distance_db: float | None


@dataclass(frozen=True)
class VoiceInfo:
    """A voice the speech engine can speak with. key is what SpeakJob.voice takes."""

    key: str
    title: str
    language: str
    engine: str


@dataclass(frozen=True)
class PresenterInfo:
    """A presenter on disk: folder name, title, whether its consent record is complete, face size in pixels."""

    key: str
    title: str
    consented: bool
    size: int


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was examined, whether it is well, what was found or what to do."""

    subject: str
    well: bool
    words: str


def frame_count(seconds: float, fps: Fraction) -> int:
    """Pictures of a clip whose sound lasts that long: round(seconds x fps), at least one."""
    return max(1, round(seconds * fps))
