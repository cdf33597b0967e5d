"""Where a recording is quiet, and phones made to tile it with SILENCE in those places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.api.values import SILENCE, FloatArray, Phone
from engines.speech.inventory import STOPPED

HOP_S = 0.01
LONGEST_CLOSURE_S = 0.12
SHORTEST_PAUSE_S = 0.1
MOST_BELOW_SPEECH_DB = 45.0
ABSOLUTE_FLOOR_DB = -65.0
LEAST_SPEECH_RANGE_DB = 8.0
"""Sound that is steadier than this (hum, noise, a held chord) holds no speech."""


def find_quiet(samples: FloatArray, rate_hz: int) -> NDArray[np.bool_]:
    """(f,) whether each 10 ms of samples is background: near the noise floor, or far below the loud parts."""
    hop = round(HOP_S * rate_hz)
    frames = np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop)  # (f, hop)
    level_db = 10 * np.log10(np.mean(frames.astype(np.float64) ** 2, axis=1) + 1e-12)
    floor, loud = np.percentile(level_db, (5, 95))
    if loud - floor < LEAST_SPEECH_RANGE_DB:
        return np.ones(len(level_db), np.bool_)
    threshold = max(loud - MOST_BELOW_SPEECH_DB, min(floor + 6.0, loud - 20.0), ABSOLUTE_FLOOR_DB)
    return np.asarray(level_db < threshold)


def settle(phones: list[Phone], quiet: NDArray[np.bool_], seconds: float) -> list[Phone]:
    """Phones in time order that tile 0..seconds: quiet ends cut off, gaps filled with SILENCE."""
    out: list[Phone] = []
    at = 0.0
    for phone in phones:
        phone = _trim(phone, quiet)
        start, end = max(phone.start_s, at), min(phone.end_s, seconds)
        if start - at < HOP_S:
            start = at
        else:
            out.append(Phone(SILENCE, at, start))
        if end - start < HOP_S / 2:
            at = start
            continue
        out.append(Phone(phone.symbol, start, end, phone.stress))
        at = end
    if out and seconds - at < HOP_S:
        out[-1] = Phone(out[-1].symbol, out[-1].start_s, seconds, out[-1].stress)
    elif at < seconds:
        out.append(Phone(SILENCE, at, seconds))
    return out


def _trim(phone: Phone, quiet: NDArray[np.bool_]) -> Phone:
    """Cut a long quiet head or tail off a phone; a stop keeps its closure."""
    first, last = round(phone.start_s / HOP_S), round(phone.end_s / HOP_S)
    loud = np.flatnonzero(~quiet[first:last])
    if loud.size == 0:
        return phone
    head, tail = int(loud[0]), int(last - first - loud[-1] - 1)
    closure = LONGEST_CLOSURE_S if phone.symbol in STOPPED else 0.0
    start, end = phone.start_s, phone.end_s
    if head * HOP_S >= SHORTEST_PAUSE_S + closure:
        start += head * HOP_S - closure
    if tail * HOP_S >= SHORTEST_PAUSE_S:
        end -= tail * HOP_S
    return Phone(phone.symbol, start, end, phone.stress)
