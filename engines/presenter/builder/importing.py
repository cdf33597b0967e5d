"""Turns films of a person into a footage folder that the renderer's training takes, or leaves nothing behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engines.api.events import EngineError, Progress
from engines.api.presenter import ImportJob, ImportReport
from engines.api.rooms import Work
from engines.landmarks.finder import FaceDetector, open_finder
from engines.presenter.builder.consent import FILE, keep_consent
from engines.presenter.builder.cutting import write_all
from engines.presenter.builder.filming import open_film
from engines.presenter.builder.folders import learnt_elsewhere, swap
from engines.presenter.builder.placing import FEWEST
from engines.presenter.builder.reporting import (
    demand_length,
    facts_of,
    keep_report,
    remarks_of,
    skipped_of,
    stretches_of,
)
from engines.presenter.builder.sighting import Sighting, see
from engines.presenter.homes import building_folder

ANEW = "These films are others than the ones trained on before: training will begin anew."


def run_import(job: ImportJob) -> Work:
    """Run an import; see ImportJob. Nothing is written before consent and files are in order."""
    job.consent.demand()
    folder = building_folder(job.name, job.home)
    if not job.videos:
        raise EngineError("No video was named: name at least one film of the person speaking.")
    finder, detector = open_finder(job.predictor), FaceDetector()
    films = []
    for number, video in enumerate(job.videos):
        yield Progress(number, len(job.videos), f"Reading {Path(video).name}")
        films.append(open_film(Path(video)))
    demand_length(sum(film.count for film in films), job.short)
    sightings = []
    for film in films:
        sightings.append((yield from see(film, detector, finder)))
    sightings = usable(sightings)
    demand_length(sum(len(one.good) for one in sightings), job.short)
    new = not folder.exists()
    part = folder / "footage.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
        keep_consent(part, job.consent)
        pictures, keyed = yield from write_all(part, sightings)
        report = report_of(job, part, sightings, pictures, keyed)
        if learnt_elsewhere(folder / "training", part):
            report = replace(report, remarks=(*report.remarks, ANEW))
        keep_report(part, report)
        os.replace(part / FILE, folder / FILE)
        swap(part, folder / "footage")
    except BaseException:
        shutil.rmtree(folder if new else part, ignore_errors=True)
        raise
    return report


def usable(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Every sighting, in order. Raises EngineError for a film in which nothing can be used, naming the usual fault."""
    for one in sightings:
        if len(one.good) < FEWEST:
            faults = dict(sorted(skipped_of([one]), key=lambda row: -row[1]))
            worst = next(iter(faults), "too short")
            seen = f"{len(one.good)} of {one.film.count} pictures of {one.film.path.name} can be used"
            raise EngineError(f"{seen}, mostly because of {worst!r}: film one face, from the front, in even light.")
    return list(sightings)


def report_of(job: ImportJob, root: Path, sightings: Sequence[Sighting], pictures: int, keyed: bool) -> ImportReport:
    """What the import found."""
    return ImportReport(
        job.name,
        job.title or job.name,
        str(root.parent),
        tuple(facts_of(one) for one in sightings),
        sum(one.film.count for one in sightings),
        sum(len(one.good) for one in sightings),
        pictures,
        keyed,
        skipped_of(sightings),
        tuple(stretch for one in sightings for stretch in stretches_of(one)),
        remarks_of(sightings, keyed),
    )
