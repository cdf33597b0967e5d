"""The table of a comparison: which measures it has, what they mean, and how a lane's are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.session.comparison import Lane


@dataclass(frozen=True)
class Measure:
    """A column. key: its name in files; better: +1 if more is better, -1 if less, 0 where neither; form: of numbers."""

    key: str
    title: str
    tip: str
    better: int
    form: str
    value: Callable[[Lane, float], float | None]
    """(lane, seconds of the sound) -> the number, None where there is none."""

    def said(self, lane: Lane, seconds: float) -> str:
        """The number as the table shows it."""
        value = self.value(lane, seconds)
        return "" if value is None else format(value, self.form).replace("-", "−")


def _likeness(name: str) -> Callable[[Lane, float], float | None]:
    def value(lane: Lane, seconds: float) -> float | None:
        found: float | None = getattr(lane.likeness, name) if lane.likeness is not None else None
        return found

    return value


def _work(lane: Lane, seconds: float) -> float | None:
    return lane.work_s if lane.made is not None else None


def _factor(lane: Lane, seconds: float) -> float | None:
    return lane.work_s / seconds if lane.made is not None else None


def _memory(lane: Lane, seconds: float) -> float | None:
    return lane.peak_mib


MEASURES: tuple[Measure, ...] = (
    Measure("pesq_wb", "PESQ-WB", "ITU-T P.862.2, 1.0 to 4.6", 1, ".2f", _likeness("pesq_wb")),
    Measure("pesq_nb", "PESQ-NB", "ITU-T P.862.1, 1.0 to 4.5", 1, ".2f", _likeness("pesq_nb")),
    Measure("estoi", "ESTOI", "Extended short-time intelligibility, 0 to 1", 1, ".3f", _likeness("estoi")),
    Measure(
        "spectral_convergence_db",
        "Conv. dB",
        "Spectral convergence: energy of the magnitudes' difference over that of the true ones",
        -1,
        ".1f",
        _likeness("spectral_convergence_db"),
    ),
    Measure(
        "log_spectral_distance_db",
        "LSD dB",
        "Log-spectral distance: root mean square difference of levels, over a range of 80 dB",
        -1,
        ".2f",
        _likeness("log_spectral_distance_db"),
    ),
    Measure("work_s", "Time s", "Seconds the method worked, waiting not counted", -1, ".2f", _work),
    Measure("real_time_factor", "× real time", "Work over the length of the sound", -1, ".3f", _factor),
    Measure(
        "peak_mib",
        "Peak MiB",
        "Most memory the engine's process held meanwhile, libraries and weights included",
        -1,
        ".0f",
        _memory,
    ),
)


def best(measure: Measure, lanes: tuple[Lane, ...], seconds: float) -> frozenset[str]:
    """Keys of the lanes that are best in a measure, as it is shown; none where there is nothing to win against."""
    found = {lane.key: value for lane in lanes if (value := measure.value(lane, seconds)) is not None}
    if len(found) < 2 or not measure.better:
        return frozenset()
    top = max(found.values()) if measure.better > 0 else min(found.values())
    return frozenset(k for k, v in found.items() if format(v, measure.form) == format(top, measure.form))
