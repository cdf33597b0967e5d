"""The builder engine: imports footage, trains presenters, checks them."""

from __future__ import annotations

from engines.api.events import EngineError, Progress
from engines.api.jobs import Job
from engines.api.presenter import CheckPresenterJob, ImportJob, PresenterCheck, TrainPresenterJob
from engines.api.rooms import Work
from engines.presenter.builder.consent import read_consent
from engines.presenter.builder.folders import STATE
from engines.presenter.builder.importing import run_import
from engines.presenter.builder.reporting import read_report
from engines.presenter.homes import building_folder, user_home
from engines.presenter.presenters import find_presenter, load_presenter, read_json


class BuilderEngine:
    """Runs ImportJob, TrainPresenterJob and CheckPresenterJob."""

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, ImportJob):
            return (yield from run_import(job))
        if isinstance(job, TrainPresenterJob):
            from engines.presenter.builder.training import run_training

            return (yield from run_training(job))
        assert isinstance(job, CheckPresenterJob)
        yield Progress(0, 1, "Looking the presenter over")
        return check(job)


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
    """How far a presenter is that is still being made."""
    folder = building_folder(job.name, job.home)
    consent, report = read_consent(folder), read_report(folder / "footage")
    trained = (folder / "training" / STATE).is_file()
    skipped = "".join(f", {count} skipped: {fault}" for fault, count in report.skipped)
    words = (
        f"Consent: {consent.who}, {consent.date}: {consent.scope}",
        f"{report.usable} of {report.frames} pictures can be used{skipped}.",
        *(f"{s.video} {s.start_s:.1f} to {s.end_s:.1f} s: {s.fault}" for s in report.stretches),
        *report.remarks,
    )
    return PresenterCheck(job.name, report.title, "training" if trained else "imported", report.folder, words)
