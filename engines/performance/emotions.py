"""Knows eight emotions as face shapes, and how excited a voice is; both are laid over what speech does to the mouth.

Emotions move brows, lids, cheeks, nose and the corners of the mouth (smile, frown), which do not part closed lips on
the product's head; every other mouth shape belongs to speech. Styles: the eight of RAVDESS (S. R. Livingstone, F. A.
Russo, PLoS ONE 13(5), 2018) with the action units of P. Ekman, W. V. Friesen, "Facial Action Coding System", 1978.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log2, radians

import numpy as np

from engines.api.arkit import INDEX, MOUTH
from engines.api.events import EngineError
from engines.api.values import FloatArray

STEP_S = 0.04
CORNERS: tuple[str, ...] = ("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight")
"""The only mouth shapes an emotion may add to."""
STRONGEST = 2.0


def _both(**sides: float) -> dict[str, float]:
    return {name + side: weight for name, weight in sides.items() for side in ("Left", "Right")}


STYLES: dict[str, dict[str, float]] = {
    "neutral": {"browInnerUp": 0.12} | _both(browOuterUp=0.08, eyeWide=0.05),
    "calm": {"browInnerUp": 0.05} | _both(mouthSmile=0.10, eyeSquint=0.06),
    "happy": _both(mouthSmile=0.42, cheekSquint=0.40, eyeSquint=0.18, browOuterUp=0.12),
    "sad": {"browInnerUp": 0.55} | _both(mouthFrown=0.34, browDown=0.10, eyeSquint=0.12),
    "angry": _both(browDown=0.75, eyeSquint=0.30, noseSneer=0.30, eyeWide=0.08, mouthFrown=0.18),
    "fearful": {"browInnerUp": 0.65} | _both(browOuterUp=0.28, eyeWide=0.50, mouthFrown=0.10),
    "disgust": _both(noseSneer=0.60, browDown=0.35, cheekSquint=0.30, eyeSquint=0.25, mouthFrown=0.14),
    "surprised": {"browInnerUp": 0.60} | _both(browOuterUp=0.60, eyeWide=0.45),
}
"""Emotion to ARKit offsets at full excitement. Neutral is how far the brows of a calm speaker rise with the voice."""

_NOD_RAD, _LIFT_RAD = radians(1.4), radians(0.7)
CALMEST = 0.35
"""Share of a style that is seen when the voice shows none of it."""


@dataclass
class Excitement:
    """How excited a voice is, from loudness, pitch and rate, step by step (25 a second); looks back only.

    All are measured against the same speaker a while ago, so that neither a microphone nor a low voice changes them:
    what is usual is the mean of all that was heard until that is longer than its time constant.
    """

    loud_db: float = 0.0
    usual_db: float = 0.0
    spoken: int = 0
    voiced: int = 0
    """Steps heard so far, of speech and of voice."""
    pitch: float = 0.0
    usual_pitch: float = 0.0
    range: float = 2.0
    rate: float = 0.5
    last_db: float = -60.0
    value: float = 0.3
    presence: float = 0.0

    def push(self, energy_db: float, pitch_hz: float, speaking: bool) -> float:
        """Hear 40 ms: energy in dB, pitch (0 unvoiced), whether somebody speaks. Returns 0 (flat) to about 1."""
        if speaking:
            self.spoken += 1
            self.loud_db += max(_share(0.35), 1 / self.spoken) * (energy_db - self.loud_db)
            self.usual_db += max(_share(5.0), 1 / self.spoken) * (energy_db - self.usual_db)
            rise = min(max(energy_db - self.last_db, 0.0), 15.0)
            self.rate += _share(1.0) * (rise - self.rate)
            if pitch_hz > 0:
                self._hear_pitch(12 * log2(pitch_hz / 100))
        self.presence += _share(0.4) * (float(speaking) - self.presence)
        self.last_db = energy_db
        goal = self._goal() if speaking else 0.15
        self.value += _share(0.30 if speaking else 0.8) * (goal - self.value)
        return self.value

    def _hear_pitch(self, semitones: float) -> None:
        self.voiced += 1
        self.pitch += max(_share(0.25), 1 / self.voiced) * (semitones - self.pitch)
        self.usual_pitch += max(_share(4.0), 1 / self.voiced) * (semitones - self.usual_pitch)
        self.range += _share(2.0) * (min(abs(semitones - self.usual_pitch), 8.0) - self.range)

    def _goal(self) -> float:
        louder = min(max((self.loud_db - self.usual_db) / 8, -1.0), 1.0)
        higher = min(max((self.pitch - self.usual_pitch) / 5, -1.0), 1.0)
        livelier = min(self.range / 4, 1.0) - 0.5
        quicker = min(self.rate / 3, 1.0) - 0.5
        return min(max(0.45 + 0.25 * louder + 0.25 * higher + 0.25 * livelier + 0.15 * quicker, 0.0), 1.2)

    @property
    def nod(self) -> float:
        """How far the voice bows the head, in radians: down with loudness, up with pitch, still in pauses.

        Source: K. G. Munhall et al., "Visual prosody and speech intelligibility", Psychological Science 15(2), 2004.
        """
        stress = min(max((self.loud_db - self.usual_db) / 8, -0.5), 1.5)
        lift = min(max((self.pitch - self.usual_pitch) / 4, -1.5), 1.5)
        return self.presence * (_NOD_RAD * stress - _LIFT_RAD * lift)


def style_of(emotion: str) -> FloatArray:
    """The (52,) offsets of an emotion. Fails with EngineError for a name that is none."""
    if emotion not in STYLES:
        raise EngineError(f"There is no emotion named {emotion!r}; choose from {', '.join(STYLES)}.")
    offsets = np.zeros(len(INDEX), np.float32)
    for name, weight in STYLES[emotion].items():
        if name in MOUTH and name not in CORNERS:
            raise ValueError(f"{name} belongs to speech")
        offsets[INDEX[name]] = weight
    return offsets


def express(weights: FloatArray, emotion: str, excitement: FloatArray, strength: float = 1.0) -> FloatArray:
    """Lay an emotion over weights (f, 52), more of it where the voice is excited (f,); strength 0 to 2."""
    if not 0.0 <= strength <= STRONGEST:
        raise EngineError(f"The strength of an emotion goes from 0 to {STRONGEST:g}: choose a number in between.")
    # A neutral face shows only what the voice does; any other is worn all the time, and more with the voice.
    least = 0.0 if emotion == "neutral" else CALMEST
    shown = least + (1 - least) * np.asarray(excitement, np.float32)
    return np.clip(weights + strength * shown[:, None] * style_of(emotion), 0.0, 1.0).astype(np.float32)


def _share(time_s: float) -> float:
    """How far a mean of that time constant follows in one step."""
    return 1 - exp(-STEP_S / time_s)
