"""Trains an imported presenter's renderer, beginning with the shipped one's weights, and seals the folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from engines.api.events import EngineError, Partial, Progress
from engines.api.presenter import TrainingLook, TrainPresenterJob
from engines.api.rooms import Work
from engines.api.values import ByteArray
from engines.common.weights import load_weights
from engines.presenter.assemble import assemble
from engines.presenter.builder.consent import read_consent
from engines.presenter.builder.folders import STATE, learnt_elsewhere, mark_training, swap
from engines.presenter.builder.reporting import read_report
from engines.presenter.config import PRESETS, TrainConfig
from engines.presenter.footage_files import read_picture
from engines.presenter.homes import SHIPPED, building_folder, user_home
from engines.presenter.train import Training

LOOK_S = 20.0
"""Seconds between two pictures of what training makes."""
OWN = ("colours",)
"""What is a person's own and not taken over from another's weights: the still face."""


@dataclass(frozen=True)
class Course:
    """Where a training lies: footage read, state written."""

    footage: Path
    out: Path


def run_training(job: TrainPresenterJob) -> Work:
    """Run a training; see TrainPresenterJob. Raises EngineError without consent or import."""
    folder = building_folder(job.name, job.home)
    if not folder.is_dir():
        raise EngineError(f"There is no import named {job.name!r}: run 'anchor-studio presenter import' first.")
    consent = read_consent(folder)
    report = read_report(folder / "footage")
    if job.minutes <= 0:
        raise EngineError("Training needs time: give it some minutes.")
    course = Course(folder / "footage", folder / "training")
    training = begin(course, job)
    yield from fit(training, course, job.minutes * 60)
    yield Progress(1, 1, "Sealing the presenter")
    title = report.title or report.name
    part = folder / "presenter.part"
    shutil.rmtree(part, ignore_errors=True)
    renderer = training.keep()
    done = user_home(job.home) / job.name
    assemble(course.footage, renderer, part, title, asdict(consent))
    swap(part, done)
    return str(done)


def begin(course: Course, job: TrainPresenterJob) -> Training:
    """A training that goes on, or begins with the shipped renderer and the person's own mean face.

    It begins anew where that is asked for, and where the footage is of other films than those it has learnt from.
    """
    cuda = job.device == "cuda" or (job.device == "auto" and torch.cuda.is_available())
    if job.fresh or learnt_elsewhere(course.out, course.footage):
        shutil.rmtree(course.out, ignore_errors=True)
    course.out.mkdir(parents=True, exist_ok=True)
    try:
        device = torch.device("cuda" if cuda else "cpu")
        training = Training(course.footage, course.out, PRESETS["studio"], TrainConfig(whole_from=0.97), device)
    except (RuntimeError, AssertionError) as error:
        raise EngineError("The graphics card cannot be used for training: choose --device cpu.") from error
    mark_training(course.out, course.footage)
    if not (course.out / STATE).is_file():
        take_over(training)
    training.begin(resume=True)
    return training


def take_over(training: Training) -> None:
    """Begin with the shipped presenter's renderer in place of random weights."""
    state, _ = load_weights(SHIPPED / "default" / "renderer.safetensors")
    known = {k: v.float() for k, v in state.items() if k not in OWN}
    for network in (training.fitter.generator, training.fitter.average):
        network.load_state_dict(known, strict=False)


def fit(training: Training, course: Course, seconds: float) -> Iterator[Progress | Partial]:
    """Train until the time is spent, showing the result now and then; a stop keeps what was learned."""
    looked = -LOOK_S
    try:
        for _ in training.steps(seconds):
            fitter = training.fitter
            yield Progress(min(fitter.seconds, seconds), seconds, f"Training, step {fitter.steps}")
            if time.monotonic() - looked > LOOK_S:
                looked = time.monotonic()
                yield Partial(TrainingLook(read_sheet(training), fitter.steps, fitter.seconds / 60))
    finally:
        training.keep()


def read_sheet(training: Training) -> ByteArray:
    """The contact sheet of this moment (h, w, 3); older ones go."""
    for old in (training.out / "sheets").glob("*.png"):
        old.unlink()
    training.sheet()
    return read_picture(training.out / "sheets" / f"{training.fitter.steps:06d}.png")[..., :3]
