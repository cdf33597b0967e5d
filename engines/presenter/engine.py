"""The presenter engine: sound in, pictures of the presenter speaking out."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import DRIVERS, ClipJob, Job, PresentersJob
from engines.api.rooms import Work
from engines.api.values import ClipSummary, FloatArray
from engines.presenter.beside import check_beside, joined, rival, side_look
from engines.presenter.composite import paint_window
from engines.presenter.export import Painter, open_painter
from engines.presenter.homes import SHIPPED
from engines.presenter.lip_setting import LipSetter
from engines.presenter.listening import listen
from engines.presenter.lower_third import check_lower_third
from engines.presenter.painting import Look, Scene
from engines.presenter.presenters import Presenter, list_presenters, load_presenter

SMALLEST, LARGEST = 128, 4096
"""Sides of a clip's picture in pixels."""


def frame_span(job: ClipJob) -> tuple[int, int]:
    """First frame number of a job and one past its last: round(seconds x fps) frames for a whole clip."""
    total = round(job.audio.seconds * job.fps)
    first = min(max(round(job.start_s * job.fps), 0), total)
    last = total if job.end_s is None else min(max(round(job.end_s * job.fps), first), total)
    return first, last


def check_job(job: ClipJob) -> None:
    """Raise EngineError for a clip that cannot be drawn."""
    if not len(job.audio.samples):
        raise EngineError("There is no sound to speak: speak the story or record a take first.")
    if not np.isfinite(job.audio.samples).all():
        raise EngineError("The sound holds invalid samples: import or record it again.")
    if job.driver not in DRIVERS:
        raise EngineError(f"Lips cannot be driven by {job.driver!r}: choose from {', '.join(DRIVERS)}.")
    if not 1 <= job.fps <= 120:
        raise EngineError(f"A clip cannot run at {float(job.fps):g} pictures a second: use 25, 29.97, 30 or 50.")
    check_beside(job.beside)
    if job.lower_third is not None:
        check_lower_third(job.lower_third)
    if not (SMALLEST <= job.width <= LARGEST and SMALLEST <= job.height <= LARGEST):
        raise EngineError(f"A clip cannot be {job.width}x{job.height}: use sides of {SMALLEST} to {LARGEST} pixels.")


class PresenterEngine:
    """Runs ClipJob and PresentersJob; the renderer is loaded on first use and kept."""

    def __init__(self, device: str = "auto") -> None:
        self._device = device
        self._painters: dict[str, Painter] = {}

    def run(self, job: Job) -> Work:
        """Work on a job. Raises EngineError for what the user can mend."""
        if isinstance(job, PresentersJob):
            yield Progress(1, 1, "Looking for presenters")
            return list_presenters() if not job.home else (*list_presenters(SHIPPED), *list_presenters(Path(job.home)))
        assert isinstance(job, ClipJob)
        return (yield from self._clip(job))

    def _clip(self, job: ClipJob) -> Work:
        check_job(job)
        first, last = frame_span(job)
        yield Progress(0, last - first, "Reading the presenter")
        presenter = load_presenter(job.presenter)
        painter = self._painter(presenter)
        yield Progress(0, last - first, painting_on(painter))
        since = time.perf_counter()
        lips = LipSetter(presenter, job.phones) if job.driver == "text" else None
        mouths = yield from lips.mouths(job.fps, first, last) if lips else listen(job.audio, job.fps, first, last)
        if job.beside:
            return (yield from self._pair(job, presenter, painter, mouths, first, last))
        look = Look(job.fps, job.width, job.height, job.background, job.seed, job.lower_third)
        scene = Scene(presenter, painter, look, lips)
        scene.watch.add("mouth", since)
        try:
            for frames in scene.frames(mouths, first):
                yield Partial(frames)
                yield Progress(frames.first + len(frames.pictures) - first, last - first, painting_on(painter))
        finally:
            scene.close()
        return ClipSummary(last - first, job.fps, job.width, job.height, job.audio.seconds, scene.watch.seconds)

    def _pair(
        self, job: ClipJob, presenter: Presenter, painter: Painter, mouths: FloatArray, first: int, last: int
    ) -> Work:
        left = Scene(presenter, painter, side_look(job, presenter))
        right, others = yield from rival(job, presenter, painter, mouths, first, last)
        try:
            for one, two in zip(left.frames(mouths, first), right.frames(others, first), strict=True):
                yield Partial(joined(one, two, presenter, job.width, job.height))
                yield Progress(one.first + len(one.pictures) - first, last - first, "Painting both")
        finally:
            left.close()
            right.close()
        return ClipSummary(last - first, job.fps, job.width, job.height, job.audio.seconds, left.watch.seconds)

    def _painter(self, presenter: Presenter) -> Painter:
        key = presenter.hashes["renderer.safetensors"]
        if key not in self._painters:
            self._painters = {key: painter_of(presenter, self._device)}
        return self._painters[key]


def painter_of(presenter: Presenter, device: str = "auto") -> Painter:
    """The presenter's renderer, painting what its face mask lets be seen."""
    weights = presenter.folder / "renderer.safetensors"
    return open_painter(weights, presenter.hashes[weights.name], device, paint_window(presenter.frame))


def painting_on(painter: Painter) -> str:
    """What the user reads while pictures are painted."""
    return painter.remark or f"Painting on the {painter.device}"
