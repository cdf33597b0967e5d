"""Jobs and values of the avatar desk: sound becomes face curves, from a file or from a microphone as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from engines.api.jobs import Job
from engines.api.values import Audio, FloatArray

MODELS: tuple[str, ...] = ("rules", "static", "lstm", "gru")
"""What can animate: the performance rules (they need the phones, so no live sound), and the three networks."""
LIVE_MODELS: tuple[str, ...] = MODELS[1:]

EMOTIONS: tuple[str, ...] = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
"""The emotions of RAVDESS in the order of its file names, 01 to 08."""

LIVE_FPS = Fraction(25)
"""Poses a second of a LiveJob."""


@dataclass(frozen=True, eq=False)
class AnimateJob(Job):
    """Animate a recording. Yields Progress, returns Performance.

    model: one of MODELS; emotion: one of EMOTIONS, laid over the brows, eyes, cheeks and corners of the mouth with
    strength 0 (none) to 2; seed: drives blinks and gaze (and, with rules, the sway of the head); text: what is said,
    for the exact phones of the rules; the networks need none. layers: blinks and gaze; without, only what was heard.
    """

    audio: Audio
    model: str = "lstm"
    fps: Fraction = Fraction(25)
    emotion: str = "neutral"
    strength: float = 1.0
    seed: int = 0
    text: str = ""
    layers: bool = True


@dataclass(frozen=True)
class LiveJob(Job):
    """Animate live sound: every Ticket.push(Audio) is answered by Partial(Pose) for each video frame it completes.

    Blocks may have any length and rate; a change of rate starts the sound's memory afresh, its clock goes on. Ends only
    by cancel (Cancelled) or Failed. model: one of LIVE_MODELS; emotion, strength, seed, layers as in AnimateJob.
    """

    live: ClassVar[bool] = True

    model: str = "lstm"
    emotion: str = "neutral"
    strength: float = 1.0
    seed: int = 0
    layers: bool = True


@dataclass(frozen=True, eq=False)
class Pose:
    """The face at one instant of live sound.

    at_s: the instant, in seconds of the sound pushed since the engine listened (delay_s before the newest sound);
    rotation: (3,) and weights: (52,) as in Performance; level_db: loudness of the last 40 ms in dB of full scale;
    speaking: whether the gate is open. pushed_s: time.monotonic() when the block that completed the frame was pushed;
    waited_s: from then until the engine took it; compute_s: seconds of work on this frame; delay_s: how far the network
    lets sound run ahead of the face. dropped, dropped_s: blocks, and seconds of sound, lost to lateness so far.
    """

    at_s: float
    rotation: FloatArray
    weights: FloatArray
    level_db: float
    speaking: bool
    pushed_s: float
    waited_s: float
    compute_s: float
    delay_s: float
    dropped: int
    dropped_s: float
