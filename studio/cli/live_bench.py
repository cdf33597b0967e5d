"""Rows of `bench face` for the studio's own live path, and for hours of it: ring, pump, hops, gate, engine process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from engines.api.face import LIVE_MODELS, LiveJob
from engines.api.values import Audio
from engines.room import ProcessRoom
from studio.audio.errors import AudioDeviceError
from studio.audio.live_measure import soak, sound_to_pose
from studio.session.latency import PARTS

SOAK_S = 7200.0
SOAKED = "lstm"
"""The network that is run for hours: the one live mode begins with."""


def rows(audio: Audio, seconds: float, soak_s: float = SOAK_S) -> Iterator[dict[str, Any]]:
    """What a file played as microphone takes to become a pose, part by part; then two hours as fast as they go.

    audio is repeated to last so many seconds. None for a model without weights.
    """
    sound = Audio(np.resize(audio.samples, round(seconds * audio.rate_hz)), audio.rate_hz)
    for model in LIVE_MODELS:
        yield from _in_room(partial(_path, model=model, sound=sound))
    if soak_s > 0:
        yield from _in_room(partial(_soak, sound=sound, seconds=soak_s))


def _in_room(measured: Callable[[ProcessRoom], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    room = ProcessRoom()
    try:
        return measured(room)
    except AudioDeviceError:  # no weights: the network said so
        return []
    finally:
        room.close()


def _path(room: ProcessRoom, *, model: str, sound: Audio) -> list[dict[str, Any]]:
    path = sound_to_pose(room, LiveJob(model), sound)
    taken_ms = 1000 * np.array(path.sound_to_pose_s)
    found = [_row(model, "live_sound_to_pose_p99_ms", float(np.percentile(taken_ms, 99)), "ms", len(taken_ms))]
    for part in PARTS:
        delay = path.latency.of(part)
        if delay is not None:
            found.append(_row(model, f"live_{part}_p99_ms", delay.p99_ms, "ms", delay.n))
    return found


def _soak(room: ProcessRoom, *, sound: Audio, seconds: float) -> list[dict[str, Any]]:
    run = soak(room, LiveJob(SOAKED), sound, seconds, pids=lambda: list(room.pids().values()))
    n = run.poses
    return [
        _row(SOAKED, "soak_sound_s", seconds, "s", n),
        _row(SOAKED, "soak_lag_first_ms", run.lags_ms[0], "ms", n),
        _row(SOAKED, "soak_lag_last_ms", run.lags_ms[-1], "ms", n),
        _row(SOAKED, "soak_memory_first_mib", run.memory_mib[0], "MiB", n),
        _row(SOAKED, "soak_memory_last_mib", run.memory_mib[-1], "MiB", n),
        _row(SOAKED, "soak_dropped", run.dropped, "", n),
    ]


def _row(case: str, metric: str, value: float, unit: str, n: int) -> dict[str, Any]:
    return {"bench": "face", "case": case, "metric": metric, "value": round(value, 3), "unit": unit, "n": n}
