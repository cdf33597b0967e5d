"""Performs speech by rule: phones and sound in, 52 face curves and head rotation out, at any frame rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from engines.api.arkit import INDEX, MOUTH
from engines.api.events import EngineError, Progress
from engines.api.jobs import Job, PerformJob
from engines.api.rooms import Work
from engines.api.values import Performance, frame_count
from engines.performance import coarticulation, head, layers
from engines.performance.config import LayersConfig, MouthConfig
from engines.performance.motion import Span
from engines.performance.prosody import measure

_LONGEST_S = 4 * 3600.0


class PerformanceEngine:
    """Runs PerformJob. The mouth depends on phones and sound alone, everything else also on the seed."""

    def __init__(self, mouth: MouthConfig = MouthConfig(), face: LayersConfig = LayersConfig()) -> None:  # noqa: B008
        self._mouth = mouth
        self._face = face

    def run(self, job: Job) -> Work:
        """Animate speech: returns Performance with round(seconds * fps) frames, frame i at i / fps."""
        assert isinstance(job, PerformJob)
        _check(job)
        times_s = frame_times(job.speech.audio.seconds, job.fps)
        yield Progress(0, 3, "Listening to the voice")
        prosody = measure(job.speech.audio)
        yield Progress(1, 3, "Moving the lips")
        gestures = coarticulation.plan(job.speech.phones, prosody, self._mouth)
        weights = coarticulation.mouth(gestures, times_s, self._mouth)
        yield Progress(2, 3, "Moving the head and eyes")
        span = Span(times_s, job.speech.audio.seconds)
        # One stream of chance for each layer, so that tuning one does not reshuffle the others.
        chance = [np.random.default_rng([job.seed, layer]) for layer in range(4)]
        accented = head.accents(job.speech.phones, prosody, self._face)
        rotation = head.turn(accented, prosody, span, chance[0], self._face, job.expressiveness)
        _write(weights, layers.brows(accented, span, chance[1], self._face, job.expressiveness))
        _write(weights, layers.blinks(job.speech.phones, span, chance[2], self._face))
        _write(weights, layers.gaze(span, rotation[:, 1], rotation[:, 0], chance[3], self._face))
        yield Progress(3, 3, "Done")
        return Performance(weights, rotation.astype(np.float32), job.fps)


def frame_times(seconds: float, fps: Fraction) -> np.ndarray:
    """Times of all frames of that many seconds, each from the exact rate: (f,) float64."""
    return np.arange(frame_count(seconds, fps)) * float(fps.denominator) / float(fps.numerator)


def _write(weights: np.ndarray, curves: layers.Curves) -> None:
    """Put a layer's curves into their columns; speech owns the mouth, so a layer that names it is a bug."""
    for name, curve in curves.items():
        if name in MOUTH:
            raise ValueError(f"{name} belongs to speech")
        weights[:, INDEX[name]] = np.clip(curve, 0.0, 1.0)


def _check(job: PerformJob) -> None:
    if not len(job.speech.audio.samples):
        raise EngineError("There is no sound to animate: speak the story, record, or import a sound first.")
    if job.speech.audio.seconds > _LONGEST_S:
        raise EngineError("This sound is longer than four hours: split it and animate the parts.")
    if not job.speech.phones:
        raise EngineError("The phones of this sound are not known yet: label it (with its text, if you have it) first.")
    if not 1 <= job.fps <= 240:
        raise EngineError(f"A frame rate of {float(job.fps):g} cannot be animated: choose 1 to 240 frames per second.")
    if not 0.0 <= job.expressiveness <= 3.0:
        raise EngineError("Expressiveness goes from 0 (still) to 3 (lively): choose a number in between.")
