"""The sound of the timeline: takes laid where their items lie, silence between them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.api.values import Audio, Speech
from studio.audio.rates import RATE_HZ, resample
from studio.document.project import Project


def timeline_audio(project: Project, load: Callable[[str], Speech], rate_hz: int = RATE_HZ) -> Audio:
    """All tracks that are not muted, added up at rate_hz and kept within full scale. load: Takes.load."""
    mixed = np.zeros(round(project.seconds * rate_hz), np.float32)
    for item in (item for track in project.tracks if not track.muted for item in track.items):
        sound = resample(load(item.take.digest).audio, rate_hz).samples
        trim = round(item.trim_s * rate_hz)
        at = round(item.start_s * rate_hz)
        piece = sound[trim : trim + min(round(item.seconds * rate_hz), len(mixed) - at)]
        mixed[at : at + len(piece)] += piece
    return Audio(np.clip(mixed, -1.0, 1.0), rate_hz)
