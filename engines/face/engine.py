"""Runs AnimateJob and LiveJob: sound becomes face curves, by the networks or by the performance rules."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engines.api.arkit import NAMES
from engines.api.events import EngineError, Progress
from engines.api.face import EMOTIONS, LIVE_MODELS, MODELS, AnimateJob, LiveJob
from engines.api.jobs import Job, PerformJob
from engines.api.rooms import Hearing, Work
from engines.api.values import Audio, FloatArray, Performance, frame_count
from engines.face.config import FPS, weights_path
from engines.face.idle import Idle
from engines.face.sound import moments
from engines.performance.emotions import STRONGEST, Excitement, express

if TYPE_CHECKING:
    from engines.face.weights import Face

_LONGEST_S = 4 * 3600.0


class FaceEngine:
    """Loads each network on first use. Frame i of an animation is the face at i / fps."""

    def __init__(self, faces: dict[str, Face] | None = None) -> None:
        """faces: networks by model name, for tests; others are loaded from their weight files."""
        self._faces = dict(faces or {})

    def run(self, job: Job) -> Work:
        """Animate a recording: yields Progress, returns Performance."""
        assert isinstance(job, AnimateJob)
        _check(job.model, MODELS, job.emotion, job.strength)
        _check_sound(job)
        return self._by_rules(job) if job.model == "rules" else self._by_network(job)

    def listen(self, job: Job) -> Hearing:
        """Make ready for live sound."""
        from engines.face.live import LiveFace

        assert isinstance(job, LiveJob)
        _check(job.model, LIVE_MODELS, job.emotion, job.strength)
        return LiveFace(self._face(job.model), job)

    def _face(self, model: str) -> Face:
        from engines.face.weights import load_face  # brings torch, which the rules do without

        if model not in self._faces:
            self._faces[model] = load_face(weights_path(model))
        return self._faces[model]

    def _by_network(self, job: AnimateJob) -> Work:
        from engines.face.animator import Manner, animate

        yield Progress(0, 1, "Listening")
        frames = face_count(job.audio.seconds)
        weights, rotation, done = [], [], 0
        for made, turned in animate(self._face(job.model), job.audio, frames, Manner(job.emotion, job.strength)):
            weights.append(made)
            rotation.append(turned)
            done += len(made)
            yield Progress(done, frames, "Moving the face")
        return worn(np.concatenate(weights), np.concatenate(rotation), job)

    def _by_rules(self, job: AnimateJob) -> Work:
        from engines.performance.engine import PerformanceEngine
        from engines.speech.align import label

        yield Progress(0, 3, "Finding the phones")
        speech = label(job.audio, job.text)
        yield Progress(1, 3, "Moving the face")
        made: Performance = yield from PerformanceEngine().run(PerformJob(speech, job.fps, job.seed))
        weights = made.weights if job.layers else without_habits(made.weights)
        excitement = excitement_at(job.audio, frame_times(len(weights), job.fps))
        return Performance(express(weights, job.emotion, excitement, job.strength), made.rotation, job.fps)


def worn(weights: FloatArray, rotation: FloatArray, job: AnimateJob) -> Performance:
    """Faces at 25 a second (f, 52), (f, 3) as a Performance at the job's rate, idle habits over them if asked."""
    frames = frame_count(job.audio.seconds, job.fps)
    times_s = frame_times(frames, job.fps)
    at_s = np.arange(len(weights)) / FPS
    from scipy.interpolate import PchipInterpolator

    if job.fps == FPS:
        weights, rotation = weights[:frames], rotation[:frames]
    else:  # a curve that stays between its points: what is shut stays shut, what is still stays still
        weights = PchipInterpolator(at_s, weights)(times_s).clip(0, 1)
        rotation = PchipInterpolator(at_s, rotation)(times_s)
    weights, rotation = weights.astype(np.float32), rotation.astype(np.float32)
    if job.layers:
        idle = Idle(job.seed)
        laid = [idle.lay(w, r, float(t)) for w, r, t in zip(weights, rotation, times_s, strict=True)]
        weights, rotation = np.stack([w for w, _ in laid]), np.stack([r for _, r in laid])
    return Performance(weights, rotation, job.fps)


def excitement_at(audio: Audio, times_s: np.ndarray) -> FloatArray:
    """How excited a voice is at some times (t,)."""
    voice = Excitement()
    heard = moments(audio, face_count(audio.seconds))
    values = [voice.push(m.energy_db, m.pitch_hz, m.loudness.opening >= 1.0) for m in heard]
    return np.interp(times_s, np.arange(len(values)) / FPS, values).astype(np.float32)


def face_count(seconds: float) -> int:
    """Faces at 25 a second that reach to the end of a sound, at least two so that they can be joined by a curve."""
    return max(2, int(np.ceil(seconds * FPS)) + 1)


def frame_times(frames: int, fps: Fraction) -> np.ndarray:
    """Times of frames in seconds, each from the exact rate."""
    return np.arange(frames) * float(fps.denominator) / float(fps.numerator)


def without_habits(weights: FloatArray) -> FloatArray:
    """The same faces (f, 52) with eyes open and straight ahead."""
    habits = [name.startswith(("eyeBlink", "eyeLook")) for name in NAMES]
    return np.where(habits, 0.0, weights).astype(np.float32)


def _check(model: str, models: tuple[str, ...], emotion: str, strength: float) -> None:
    if model not in models:
        raise EngineError(f"There is no model named {model!r} here; choose from {', '.join(models)}.")
    if emotion not in EMOTIONS:
        raise EngineError(f"There is no emotion named {emotion!r}; choose from {', '.join(EMOTIONS)}.")
    if not 0.0 <= strength <= STRONGEST:
        raise EngineError(f"The strength of an emotion goes from 0 to {STRONGEST:g}: choose a number in between.")


def _check_sound(job: AnimateJob) -> None:
    audio: Audio = job.audio
    if not len(audio.samples):
        raise EngineError("There is no sound to animate: speak the story, record, or import a sound first.")
    if audio.seconds > _LONGEST_S:
        raise EngineError("This sound is longer than four hours: split it and animate the parts.")
    if not 1 <= job.fps <= 240:
        raise EngineError(f"A frame rate of {float(job.fps):g} cannot be animated: choose 1 to 240 frames per second.")
