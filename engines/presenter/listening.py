"""Knows how a clip's sound becomes the mouth of every frame, saying how far it is."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction

import numpy as np

from engines.api.events import Progress
from engines.api.values import Audio, FloatArray, MouthShapes
from engines.lipsync.config import FPS
from engines.lipsync.predict import Lipsync, load_lipsync, mouth_blocks, resample_mouth


def listen(
    audio: Audio, fps: Fraction, first: int, last: int, lipsync: Lipsync | None = None
) -> Generator[Progress, None, FloatArray]:
    """Mouths (last - first, 20, 2) in mouth units of frames first..last of a clip; every block is a place to stop."""
    blocks: list[FloatArray] = []
    done, total = 0, max(round(audio.seconds * FPS), 1)
    for block in mouth_blocks(audio, lipsync or load_lipsync()):
        blocks.append(block)
        done += len(block)
        yield Progress(done, total, "Listening")
    points = np.concatenate(blocks or [np.zeros((0, 20, 2), np.float32)])
    return resample_mouth(MouthShapes(points, Fraction(FPS)), fps, max(last, 0)).points[first:last]
