"""Knows how a predicted mouth is put into a template picture's 68 points."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray
from engines.presenter.face_frame import MOUTH, MOVING_JAW, FaceFrame, carry, invert
from engines.presenter.jaw import JawRule


def recompose(
    landmarks: FloatArray,
    mouth: FloatArray,
    frame: FaceFrame,
    jaw: JawRule | None = None,
    rest: FloatArray | None = None,
) -> FloatArray:
    """Landmarks (68, 2) of a template picture with another mouth (20, 2 in mouth units) and the jaw that goes with it.

    rest: the mouth units that stand for this template picture's own mouth (the neutral mouth for a silent template);
    the mouth is then moved by the difference, so `mouth == rest` gives the template back, perspective of its pose kept.
    Without it the mouth is placed as it is. Source: Zheng et al. 2020, section 3.3.
    """
    pose = frame.align(landmarks)
    face = carry(pose, landmarks)  # face frame
    own = frame.units(face[MOUTH])
    placed = mouth if rest is None else own + (mouth - rest)
    moved = face.copy()
    moved[MOUTH] = frame.pixels(placed)
    if jaw is not None:
        moved[MOVING_JAW] += jaw.offset(placed, own) * frame.width
    out = landmarks.astype(np.float32).copy()
    back = invert(pose)
    for part in (MOUTH, MOVING_JAW):
        out[part] = carry(back, moved[part])
    return out
