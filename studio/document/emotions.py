"""Emotion styles as faces added to speech: one table of face shapes, after the facial action coding system."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX
from studio.document.tuning import CHANNELS, COLUMN, Emotion

_PAIRS = {
    "calm": {"mouthSmile": 0.16, "eyeSquint": 0.06},
    "happy": {"mouthSmile": 0.62, "cheekSquint": 0.45, "eyeSquint": 0.22, "browOuterUp": 0.14, "mouthDimple": 0.12},
    "sad": {"mouthFrown": 0.50, "browDown": 0.10, "eyeSquint": 0.14, "eyeLookDown": 0.10},
    "angry": {"browDown": 0.80, "noseSneer": 0.32, "eyeSquint": 0.38, "mouthPress": 0.22, "mouthFrown": 0.20},
    "fearful": {"browOuterUp": 0.34, "eyeWide": 0.62, "mouthStretch": 0.42},
    "disgust": {"noseSneer": 0.75, "mouthUpperUp": 0.40, "browDown": 0.38, "mouthFrown": 0.28, "eyeSquint": 0.30},
    "surprised": {"browOuterUp": 0.75, "eyeWide": 0.65},
}
_SINGLE = {
    "calm": {"browInnerUp": 0.04},
    "happy": {"browInnerUp": 0.08},
    "sad": {"browInnerUp": 0.62, "mouthShrugLower": 0.22, "headPitch": 0.05},
    "angry": {"jawForward": 0.15, "headPitch": 0.03},
    "fearful": {"browInnerUp": 0.72, "headPitch": -0.03},
    "disgust": {"mouthShrugUpper": 0.12, "headPitch": -0.02},
    "surprised": {"browInnerUp": 0.70, "headPitch": -0.04},
}
"""Action units of each emotion (Ekman and Friesen, EMFACS) as weights at strength 1."""

_OPENING = ("mouthUpperUpLeft", "mouthUpperUpRight", "mouthStretchLeft", "mouthStretchRight")
"""Shapes that part the lips: they are added only as far as speech has opened the jaw, so that p, b and m stay shut."""
_OPEN_AT = 0.12


def emotion_face(emotion: Emotion) -> NDArray[np.float64]:
    """The face of an emotion at strength 1: (55,) in the order of CHANNELS."""
    face = np.zeros(len(CHANNELS))
    for name, amount in _PAIRS.get(emotion, {}).items():
        face[COLUMN[f"{name}Left"]] = face[COLUMN[f"{name}Right"]] = amount
    for name, amount in _SINGLE.get(emotion, {}).items():
        face[COLUMN[name]] = amount
    return face


def emotion_layer(values: NDArray[np.float64], emotion: Emotion, strength: float) -> NDArray[np.float64]:
    """What an emotion adds to curves (f, 55): its face, held back where it would part closed lips."""
    added = np.tile(strength * emotion_face(emotion), (len(values), 1))
    parted = np.clip(values[:, INDEX["jawOpen"]] / _OPEN_AT, 0, 1)
    for name in _OPENING:
        added[:, COLUMN[name]] *= parted
    return added
