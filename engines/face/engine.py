"""Runs AnimateJob and LiveJob: sound becomes face curves, by the networks or by the performance rules."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import torch
from scipy.interpolate import PchipInterpolator

from engines.api.events import EngineError, Partial, Progress
from engines.api.face import EMOTIONS, LIVE_MODELS, MODELS, AnimateJob, LiveJob, Pose
from engines.api.jobs import Job, PerformJob
from engines.api.rooms import Heard, Work
from engines.api.values import Audio, FloatArray, Performance, frame_count
from engines.face.animator import Animator, Manner, animate, face_count
from engines.face.config import DELAY_S, FPS, weights_path
from engines.face.idle import Idle
from engines.face.sound import Ear, Moment, moments
from engines.face.weights import Face, load_face
from engines.performance.emotions import STRONGEST, Excitement, express

_LONGEST_S = 4 * 3600.0
_WARM_UP = 5


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

    def listen(self, job: Job) -> LiveFace:
        """Make ready for live sound."""
        assert isinstance(job, LiveJob)
        _check(job.model, LIVE_MODELS, job.emotion, job.strength)
        return LiveFace(self._face(job.model), job)

    def _face(self, model: str) -> Face:
        if model not in self._faces:
            self._faces[model] = load_face(weights_path(model))
        return self._faces[model]

    def _by_network(self, job: AnimateJob) -> Work:
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


class LiveFace:
    """One live job: hears blocks, gives poses."""

    def __init__(self, face: Face, job: LiveJob) -> None:
        torch.set_num_threads(
            1
        )  # one face is too little work to share, and sharing costs time when the machine is busy
        self._face, self._job = face, job
        self._idle = Idle(job.seed) if job.layers else None
        self._ear: Ear | None = None
        self._rate_hz, self._faces, self._base_s, self._next_s = 0, 0, 0.0, 0.0
        for moment in Ear(16_000).push(np.zeros(16_000 * _WARM_UP // FPS, np.float32)):
            self._animator_for(moment)

    def push(self, heard: Heard) -> Iterator[Partial]:
        """Hear a block; yields Partial(Pose) for each face it completes."""
        began_s = time.monotonic()
        self._attend(heard)
        assert self._ear is not None
        samples = np.nan_to_num(np.clip(heard.block.samples, -1.0, 1.0))
        for moment in self._ear.push(samples):
            pose = self._pose(moment, heard, began_s)
            yield Partial(pose)
            began_s = time.monotonic()

    def _attend(self, heard: Heard) -> None:
        """Begin afresh where the rate changes; where sound was lost, let the clock jump and the memory stay."""
        if self._ear is None or heard.block.rate_hz != self._rate_hz:
            self._ear, self._rate_hz = Ear(heard.block.rate_hz, self._face.network.config.top_hz), heard.block.rate_hz
            self._animator = self._new_animator()
            self._faces, self._base_s = 0, heard.at_s
        else:
            self._base_s += heard.at_s - self._next_s
        self._next_s = heard.at_s + heard.block.seconds

    def _pose(self, moment: Moment, heard: Heard, began_s: float) -> Pose:
        at_s = self._base_s + self._faces / FPS
        self._faces += 1
        weights, rotation = self._animator.push(moment)
        if self._idle is not None:
            weights, rotation = self._idle.lay(weights, rotation, at_s)
        return Pose(
            at_s=at_s,
            rotation=rotation,
            weights=weights,
            level_db=moment.energy_db,
            speaking=moment.loudness.opening > 0.0,
            pushed_s=heard.pushed_s,
            waited_s=began_s - heard.pushed_s,
            compute_s=time.monotonic() - began_s,
            delay_s=DELAY_S,
            dropped=heard.dropped,
            dropped_s=heard.dropped_s,
        )

    def _new_animator(self) -> Animator:
        return Animator(self._face, Manner(self._job.emotion, self._job.strength))

    def _animator_for(self, moment: Moment) -> None:
        """Run everything once, so that the first face is as quick as the others."""
        self._new_animator().push(moment)


def worn(weights: FloatArray, rotation: FloatArray, job: AnimateJob) -> Performance:
    """Faces at 25 a second (f, 52), (f, 3) as a Performance at the job's rate, idle habits over them if asked."""
    frames = frame_count(job.audio.seconds, job.fps)
    times_s = frame_times(frames, job.fps)
    at_s = np.arange(len(weights)) / FPS
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


def frame_times(frames: int, fps: Fraction) -> np.ndarray:
    """Times of frames in seconds, each from the exact rate."""
    return np.arange(frames) * float(fps.denominator) / float(fps.numerator)


def without_habits(weights: FloatArray) -> FloatArray:
    """The same faces (f, 52) with eyes open and straight ahead."""
    from engines.api.arkit import NAMES

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
