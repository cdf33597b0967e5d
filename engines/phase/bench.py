"""Measures every phase method on unseen voices, and its time against the length of the sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.jobs import Job, PhaseJob
from engines.api.values import Audio, Likeness, Reconstruction
from engines.common.stft import Grid
from engines.phase.config import weights_path
from engines.phase.engine import PhaseEngine
from engines.phase.material import sound_of, voices_of
from engines.phase.metrics import likeness

Row = dict[str, Any]
CASES: dict[str, dict[str, Any]] = {
    "zero": {"method": "zero"},
    "phase-gradient": {"method": "phase-gradient"},
    "griffin-lim-5": {"method": "griffin-lim", "iterations": 5},
    "griffin-lim-400": {"method": "griffin-lim", "iterations": 400},
    "fast-griffin-lim-400": {"method": "fast-griffin-lim", "iterations": 400},
    "admm-100": {"method": "admm", "iterations": 100},
    "phase-gradient-admm-100": {"method": "phase-gradient-admm", "iterations": 100},
    "compact": {"method": "gan", "preset": "compact"},
    "paper": {"method": "gan", "preset": "paper"},
}
LENGTHS_S = (5, 10, 20, 40)
_UNITS = {"spectral_convergence_db": "dB", "log_spectral_distance_db": "dB"}


def rows(data: Path | None) -> Iterator[Row]:
    """Rows for every case whose weights exist: means over the test voices, then seconds for sounds of LENGTHS_S."""
    sounds, engine = sounds_of(data), PhaseEngine()
    for case, what in CASES.items():
        if what["method"] == "gan" and not weights_path(what["preset"]).is_file():
            continue
        rebuild(engine, sounds[0], what)  # loads the network, warms the transforms up
        yield from _quality(case, sounds, [rebuild(engine, sound, what) for sound in sounds])
        yield from _times(case, engine, sounds, what)


def sounds_of(data: Path | None) -> list[Audio]:
    """The test voices where there are any, else the voices to tune on, else those trained on."""
    voices, rate_hz = voices_of(data), Grid().rate_hz
    return [Audio(sound_of(u, rate_hz), rate_hz) for u in voices.test or voices.tune or voices.train]


def rebuild(engine: PhaseEngine, sound: Audio, what: dict[str, Any]) -> Reconstruction:
    """Run one job to its end."""
    result: Reconstruction = finish(engine, PhaseJob(sound, **what))
    return result


def finish(engine: PhaseEngine, job: Job) -> Any:
    """The result of a job, its events unheard."""
    work = engine.run(job)
    try:
        while True:
            next(work)
    except StopIteration as end:
        return end.value


def _quality(case: str, sounds: list[Audio], made: list[Reconstruction]) -> Iterator[Row]:
    scores = [likeness(true, result.audio) for true, result in zip(sounds, made, strict=True)]
    for field in fields(Likeness):
        values = [v for s in scores if (v := getattr(s, field.name)) is not None]
        if values:
            yield _row(case, field.name, float(np.mean(values)), len(values), _UNITS.get(field.name, ""))
    factor = sum(r.work_s for r in made) / sum(s.seconds for s in sounds)
    yield _row(case, "real_time_factor", factor, len(made), "x real time")


def _times(case: str, engine: PhaseEngine, sounds: list[Audio], what: dict[str, Any]) -> Iterator[Row]:
    """Time against length, the figure 4 of Oyamada et al. 2018, and how straight a line that is."""
    seconds = seconds_for(engine, joined(sounds), what)
    for length, spent in zip(LENGTHS_S, seconds, strict=True):
        yield _row(case, f"seconds_for_{length}_s", spent, 1, "s")
    yield _row(case, "straight_line_r2", straightness(LENGTHS_S, seconds), len(LENGTHS_S))


def joined(sounds: list[Audio]) -> Audio:
    """One sound after another."""
    return Audio(np.concatenate([s.samples for s in sounds]), sounds[0].rate_hz)


def seconds_for(engine: PhaseEngine, speech: Audio, what: dict[str, Any]) -> list[float]:
    """Seconds of work for so much of a speech as LENGTHS_S says."""
    pieces = [Audio(np.resize(speech.samples, length * speech.rate_hz), speech.rate_hz) for length in LENGTHS_S]
    rebuild(engine, pieces[0], what)  # loads the network, warms the transforms up
    return [rebuild(engine, piece, what).work_s for piece in pieces]


def straightness(lengths: Sequence[float], seconds: Sequence[float]) -> float:
    """Share of the variance of `seconds` that a straight line over `lengths` explains: 1 is a straight line."""
    line = np.polyval(np.polyfit(lengths, seconds, 1), lengths)
    spread = float(np.square(np.subtract(seconds, np.mean(seconds))).sum())
    return 1.0 - float(np.square(np.subtract(seconds, line)).sum()) / spread if spread else 1.0


def _row(case: str, metric: str, value: float, count: int, unit: str = "") -> Row:
    return {"bench": "phase", "case": case, "metric": metric, "value": value, "unit": unit, "n": count}
