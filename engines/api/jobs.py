"""Jobs: frozen requests that hold every input, seed included, so they can be repeated, queued and sent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from engines.api.looks import LowerThird
from engines.api.values import Audio, Phone, Speech

DRIVERS = ("audio", "text")
"""What may move the lips of a clip."""


@dataclass(frozen=True)
class Job:
    """Anything a room can run. live: whether it is fed through Ticket.push until it is cancelled."""

    live: ClassVar[bool] = False


@dataclass(frozen=True)
class Pronunciation:
    """Say `term` as if it were written `respelling`; the story text stays as it is."""

    term: str
    respelling: str


@dataclass(frozen=True)
class SpeakJob(Job):
    """Speak text. Yields Partial(Speech) per sentence, returns the whole Speech.

    voice: a VoiceInfo.key; rate_wpm: words per minute (80..450); pitch: 0..100, 50 is the voice's own;
    voices_folder: where Piper voices lie, empty for the user's data folder.
    """

    text: str
    voice: str = "en-gb"
    rate_wpm: int = 165
    pitch: int = 50
    pronunciations: tuple[Pronunciation, ...] = ()
    voices_folder: str = ""


@dataclass(frozen=True)
class VoicesJob(Job):
    """List voices: returns tuple[VoiceInfo, ...]. folder: where Piper voices lie, empty for the user's data folder."""

    folder: str = ""


@dataclass(frozen=True, eq=False)
class LabelJob(Job):
    """Find the phones of recorded speech: aligned to text where given, recognised where not. Returns Speech."""

    audio: Audio
    text: str = ""


@dataclass(frozen=True, eq=False)
class PerformJob(Job):
    """Animate speech by the performance rules: returns Performance. seed drives blinks, gaze and head motion."""

    speech: Speech
    fps: Fraction = Fraction(25)
    seed: int = 0
    expressiveness: float = 1.0


@dataclass(frozen=True, eq=False)
class ClipJob(Job):
    """Render a clip: sound -> mouth -> facial map -> picture -> composite.

    Yields Partial(Frames) in chunks, returns ClipSummary. presenter: folder name under assets/presenters or a path;
    background: a set (engines.api.looks.SETS), "green", "alpha" or the path of a picture; width x height in pixels;
    driver: "audio" moves the lips by the sound, "text" paints them from phones, the sound's own with their times;
    start_s, end_s: the part of the sound to draw (end_s None: all), for scrubbing; frames keep their clip numbers;
    beside: what is compared with the face, a name of engines.api.looks.BESIDE ("": nothing, the clip itself).
    """

    audio: Audio
    presenter: str = "default"
    fps: Fraction = Fraction(25)
    width: int = 1920
    height: int = 1080
    background: str = "studio"
    seed: int = 0
    start_s: float = 0.0
    end_s: float | None = None
    lower_third: LowerThird | None = None
    driver: str = "audio"
    phones: tuple[Phone, ...] = ()
    beside: str = ""


@dataclass(frozen=True)
class PresentersJob(Job):
    """List presenters: returns tuple[PresenterInfo, ...]. home: folder of the user's own ("": the usual one)."""

    home: str = ""


@dataclass(frozen=True, eq=False)
class PhaseJob(Job):
    """Forget the phase of a sound's spectrogram and rebuild the sound. Returns Reconstruction.

    Yields Progress, and Partial(Reconstruction) now and then while the sound is short enough to be one section.
    method: zero, griffin-lim, fast-griffin-lim, phase-gradient, admm, phase-gradient-admm or gan; preset: compact or
    paper (gan only); iterations: None for the method's own; size, hop: samples of a frame and between frames; window:
    blackman, hann or hamming; mel_bands: 0 to keep the magnitude, else it too is rebuilt, from so many mel bands;
    start: an earlier reconstruction to go on from (going on counts as one iteration); device: auto, cpu or cuda.
    """

    audio: Audio
    method: str = "gan"
    preset: str = "compact"
    iterations: int | None = None
    size: int = 1024
    hop: int = 512
    window: str = "blackman"
    mel_bands: int = 0
    seed: int = 0
    start: Audio | None = None
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class CompareJob(Job):
    """Measure how near a rebuilt sound is to the original, of the same rate and length. Returns Likeness."""

    original: Audio
    rebuilt: Audio


@dataclass(frozen=True)
class BenchJob(Job):
    """Measure an engine. Yields Partial(dict) per row (bench, case, metric, value, unit, n), returns their number.

    name: speech, lipsync, renderer, phase, face or codec; data: a folder of recordings, "" for ../shared/data beside
    the project.
    """

    name: str
    data: str = ""


@dataclass(frozen=True)
class TrainJob(Job):
    """Train an engine's weights. Yields Progress, returns the path of the weight file.

    engine: lipsync, presenter, phase or face; data: recordings or footage, "" for the default; minutes: time budget;
    network: one of the engine's networks or presets, "" for its own choice.
    """

    engine: str
    data: str = ""
    minutes: float = 60.0
    device: str = "auto"
    resume: bool = False
    network: str = ""


@dataclass(frozen=True)
class FootageJob(Job):
    """Render a corpus of the presenter speaking into a folder; resumes what is there. Returns the picture count."""

    out: str
    data: str = ""
    frames: int = 1600
    unseen_seconds: float = 20.0
    workers: int = 2
    tier: str = "film"


@dataclass(frozen=True)
class DoctorJob(Job):
    """Examine the engines: weights, devices, libraries. Returns tuple[Finding, ...]."""
