"""The builder engine: imports footage, trains presenters, checks them."""

from __future__ import annotations

from engines.api.events import EngineError, Progress
from engines.api.jobs import Job
from engines.api.presenter import CheckPresenterJob, ImportJob, ImportsJob, PresenterCheck, TrainPresenterJob
from engines.api.rooms import Work
from engines.presenter.builder.consent import read_consent
from engines.presenter.builder.folders import STATE
from engines.presenter.builder.importing import run_import
from engines.presenter.builder.reporting import read_report
from engines.presenter.homes import building_folder, building_home, user_home
from engines.presenter.presenters import find_presenter, load_presenter, read_json


class BuilderEngine:
    """Runs ImportJob, ImportsJob, TrainPresenterJob and CheckPresenterJob."""

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, ImportJob):
            return (yield from run_import(job))
        if isinstance(job, TrainPresenterJob):
            from engines.presenter.builder.training import run_training

            return (yield from run_training(job))
        if isinstance(job, ImportsJob):
            yield Progress(0, 1, "Looking for imports")
            return all_imports(job)
        assert isinstance(job, CheckPresenterJob)
        yield Progress(0, 1, "Looking the presenter over")
        return check(job)


def all_imports(job: ImportsJob) -> tuple[PresenterCheck, ...]:
    """Every import that has its consent record and its report; the others cannot be gone on with."""
    found = []
    for report in sorted(building_home(job.home).glob("*/footage/report.json")):
        try:
            found.append(check_building(CheckPresenterJob(report.parents[1].name, job.home)))
        except EngineError:
            continue
    return tuple(found)


def check(job: CheckPresenterJob) -> PresenterCheck:
    """How far a presenter is, everything read again."""
    own = user_home(job.home) / job.name
    ready = own if (own / "presenter.json").is_file() else None
    if ready is None:
        try:
            building = building_folder(job.name, job.home)
        except EngineError:
            building = None
        if building is not None and building.is_dir():
            return check_building(job)
        ready = find_presenter(job.name)
    who = load_presenter(str(ready))
    consent = read_json(who.folder / "consent.json")
    words = (
        f"Consent: {consent['who']}, {consent['date']}: {consent['scope']}",
        f"Silent clip: {len(who.landmarks)} pictures at {float(who.fps):g} a second.",
        "Every file is the one the presenter was sealed with.",
    )
    return PresenterCheck(job.name, who.title, "ready", str(who.folder), words)


def check_building(job: CheckPresenterJob) -> PresenterCheck:
    """How far a presenter's training is, from its import."""
    folder = building_folder(job.name, job.home)
    consent, report = read_consent(folder), read_report(folder / "footage")
    trained, sealed = (folder / "training" / STATE).is_file(), user_home(job.home) / job.name / "presenter.json"
    stage = "ready" if sealed.is_file() else "training" if trained else "imported"
    skipped = "".join(f", {count} skipped: {fault}" for fault, count in report.skipped)
    words = (
        f"Consent: {consent.who}, {consent.date}: {consent.scope}",
        f"{report.usable} of {report.frames} pictures can be used{skipped}.",
        *(f"{s.video} {s.start_s:.1f} to {s.end_s:.1f} s: {s.fault}" for s in report.stretches),
        *report.remarks,
    )
    return PresenterCheck(job.name, report.title, stage, report.folder, words)
