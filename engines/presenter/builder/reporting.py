"""Puts what was seen in footage into words: stretches to leave out with their times, and what to do better."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from engines.api.events import EngineError
from engines.api.presenter import ImportReport, Stretch, VideoFacts
from engines.common.weights import write_json
from engines.presenter.builder.filming import FPS, SILENT_DB
from engines.presenter.builder.sighting import FAULTS, Sighting

FILE = "report.json"
LONG_S = 180.0
"""Footage from which a presenter is worth making."""
BRIDGE = 5
"""Good pictures between two bad ones that do not end a stretch."""


def facts_of(sighting: Sighting) -> VideoFacts:
    """What a video is."""
    film, good = sighting.film, sighting.good
    height = float(np.median(np.ptp(sighting.points[good][..., 1], axis=1))) if len(good) else 0.0
    name, seconds = film.path.name, float(film.count / FPS)
    size, rate = (film.width, film.height), round(film.fps, 3)
    return VideoFacts(name, seconds, *size, rate, film.steady, round(height), round(film.loudness_db, 1))


def stretches_of(sighting: Sighting) -> list[Stretch]:
    """The bad stretches of a video, by fault and time."""
    found = []
    for number, fault in enumerate(FAULTS, 1):
        at = np.flatnonzero(sighting.fault == number)
        for run in np.split(at, np.flatnonzero(np.diff(at) > BRIDGE) + 1) if len(at) else []:
            begin, end = float(run[0] / FPS), float((run[-1] + 1) / FPS)
            found.append(Stretch(sighting.film.path.name, begin, end, fault))
    return sorted(found, key=lambda stretch: stretch.start_s)


def skipped_of(sightings: Sequence[Sighting]) -> tuple[tuple[str, int], ...]:
    """How many pictures each fault costs."""
    counts = {fault: sum(int((s.fault == n).sum()) for s in sightings) for n, fault in enumerate(FAULTS, 1)}
    return tuple((fault, count) for fault, count in counts.items() if count)


def demand_length(pictures: int, short: bool) -> None:
    """Raise EngineError for fewer pictures than LONG_S takes, unless that is allowed."""
    seconds = float(pictures / FPS)
    if seconds < LONG_S and not short:
        raise EngineError(
            f"Only {seconds:.0f} s of the footage can be used and {LONG_S:.0f} s are needed: "
            "film more, or allow less than three minutes for a rougher presenter."
        )


def remarks_of(sightings: Sequence[Sighting], keyed: bool) -> tuple[str, ...]:
    """Whole sentences about the footage."""
    out = []
    for one in sightings:
        name, film = one.film.path.name, one.film
        if not film.steady:
            out.append(f"{name} has a changing picture rate; it was brought to {FPS} a second.")
        if film.loudness_db < SILENT_DB:
            out.append(f"{name} is nearly silent ({film.loudness_db:.0f} dB): check the microphone.")
        if len(one.good) < 0.7 * film.count:
            out.append(f"Only {100 * len(one.good) / film.count:.0f} % of {name} can be used.")
    seconds = sum(float(len(s.good) / FPS) for s in sightings)
    if seconds < LONG_S:
        out.append(f"{seconds:.0f} s of footage is short: mouth shapes that were never seen will be guessed.")
    if not keyed:
        out.append("There is no green screen: the presenter keeps the footage's own background.")
    return tuple(out)


def keep_report(folder: Path, report: ImportReport) -> None:
    """Write a report beside the footage."""
    write_json(folder / FILE, asdict(report))


def read_report(folder: Path) -> ImportReport:
    """The report of an import. Raises EngineError where there is none."""
    try:
        about = json.loads((folder / FILE).read_text(encoding="utf-8"))
        about["videos"] = tuple(VideoFacts(**v) for v in about["videos"])
        about["stretches"] = tuple(Stretch(**s) for s in about["stretches"])
        about["skipped"] = tuple((str(k), int(v)) for k, v in about["skipped"])
        about["remarks"] = tuple(about["remarks"])
        return ImportReport(**about)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"There is no finished import in {folder}: import the footage again.") from error
