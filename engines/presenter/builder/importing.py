"""Turns films of a person into a footage folder that the renderer's training takes, or leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engines.api.events import EngineError, Progress
from engines.api.presenter import ImportJob, ImportReport
from engines.api.rooms import Work
from engines.api.values import ByteArray, FloatArray, Performance
from engines.landmarks.finder import FaceDetector, open_finder
from engines.presenter.builder.consent import keep_consent
from engines.presenter.builder.filming import FPS, open_film
from engines.presenter.builder.keying import screen_strength
from engines.presenter.builder.placing import FEWEST, Placing, calmest, neutral_face, place, with_calm_mouth
from engines.presenter.builder.reporting import (
    demand_length,
    facts_of,
    keep_report,
    remarks_of,
    skipped_of,
    stretches_of,
)
from engines.presenter.builder.sighting import Sighting, see
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.footage_files import (
    FILMED,
    Clip,
    Footage,
    write_arrays,
    write_clip,
    write_footage,
    write_picture,
)
from engines.presenter.homes import building_folder

MOST, UNSEEN = 1200, 0.06
"""Pictures kept for training, and the share of each film, at its end, that is kept for looking at the result."""
TEMPLATE = 200
"""Most pictures of the silent clip."""


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
    sightings = []
    for film in films:
        sightings.append((yield from see(film, detector, finder)))
    sightings = usable(sightings)
    demand_length(sightings, job.short)
    new = not folder.exists()
    part = folder / "footage.part"
    try:
        keep_consent(folder, job.consent)
        shutil.rmtree(part, ignore_errors=True)
        report = yield from write_all(part, job, sightings)
        keep_report(part, report)
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


def write_all(root: Path, job: ImportJob, sightings: Sequence[Sighting]) -> Work:
    """Write the footage folder; returns its ImportReport."""
    placings = []
    for one in sightings:
        placings.append(place(one, screen_strength(next(iter(one.film.pictures())))))
    points = [p.points(one.points) for p, one in zip(placings, sightings, strict=True)]
    neutral = neutral_face(np.concatenate([rows[one.good] for rows, one in zip(points, sightings, strict=True)]))
    share = min(1.0, MOST / sum(len(one.good) for one in sightings))
    best = max(range(len(sightings)), key=lambda i: span(calmest(sightings[i], TEMPLATE)))
    clips, written = [], 0
    for i, one in enumerate(sightings):
        pair = plan(i, one, points[i], share)
        clips += pair
        wanted = {frame: clip for clip in pair for frame in clip.frames}
        template = TemplateWriter(root / "template", one, placings[i], points[i], neutral) if i == best else None
        for clip in pair:
            write_clip(root, clip, one.film.sound)
        try:
            for number, picture in enumerate(one.film.pictures()):
                yield Progress(number + 1, one.film.count, f"Cutting faces out of {one.film.path.name}")
                keep = wanted.get(number)
                if keep is None and (template is None or not template.wants(number)):
                    continue
                studio, matte = placings[i].studio(picture)
                if keep is not None:
                    write_picture(keep.picture_path(root, number), placings[i].face(studio))
                    written += 1
                if template is not None and template.wants(number):
                    template.add(studio, matte)
            if template is not None:
                template.finish()
                write_about(root, template.size, placings[i].box, clips)
        finally:
            if template is not None:
                template.close()
    return report_of(job, root, sightings, written, bool(placings[best].screen))


def span(stretch: tuple[int, int]) -> int:
    """Pictures in a stretch."""
    return stretch[1] - stretch[0]


def plan(number: int, one: Sighting, points: FloatArray, share: float) -> list[Clip]:
    """A film as two clips: what is trained on, and its end that is not."""
    cut = int(one.film.count * (1 - UNSEEN))
    good = one.good
    count, still = len(points), np.zeros((len(points), 3), np.float32)
    motion = Performance(np.zeros((count, 52), np.float32), still, FPS)
    chosen = good[np.unique(np.linspace(0, len(good) - 1, max(round(share * len(good)), 1)).astype(int))]
    parts = {"train": chosen[chosen < cut], "unseen": chosen[chosen >= cut]}
    return [
        Clip(f"{split}/{number:03d}", one.film.path.stem, split, "", "", 0, motion, points, tuple(map(int, frames)))
        for split, frames in parts.items()
        if len(frames)
    ]


class TemplateWriter:
    """Writes template.mp4, matte.mp4 and template.npz of the calmest stretch of a film."""

    def __init__(self, folder: Path, one: Sighting, placing: Placing, points: FloatArray, neutral: FloatArray) -> None:
        self.folder, self.first, self.last = folder, *calmest(one, TEMPLATE)
        folder.mkdir(parents=True)
        frame = FaceFrame.from_neutral(neutral)
        calm = with_calm_mouth(points[self.first : self.last], frame)
        write_arrays(folder / "template.npz", landmarks=calm, neutral=neutral, box=np.array([*placing.box, BOX, BOX]))
        self.size = (0, 0)
        self._movies: list[Movie] = []

    def wants(self, number: int) -> bool:
        """Whether a picture belongs to the stretch."""
        return self.first <= number < self.last

    def add(self, studio: ByteArray, matte: ByteArray | None) -> None:
        """Take one picture and its coverage, all of it where there is no green screen."""
        if not self._movies:
            self.size = (studio.shape[1], studio.shape[0])
            self._movies = [
                Movie(self.folder / "template.mp4", self.size, "yuv420p", 14),
                Movie(self.folder / "matte.mp4", self.size, "gray", 8),
            ]
        self._movies[0].add(studio)
        self._movies[1].add(np.full(studio.shape[:2], 255, np.uint8) if matte is None else matte)

    def finish(self) -> None:
        """Write what the encoders still hold."""
        for movie in self._movies:
            movie.finish()

    def close(self) -> None:
        """Let go of the files."""
        for movie in self._movies:
            movie.close()


class Movie:
    """One H.264 file of the presenter folder at 25 pictures a second."""

    def __init__(self, path: Path, size: tuple[int, int], layout: str, crf: int) -> None:
        self._container = av.open(str(path), "w", format="mp4")
        self._stream = self._container.add_stream("libx264", Fraction(FPS))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt, self._stream.options = layout, {"crf": str(crf), "preset": "medium", "g": "12"}
        self._format = "rgb24" if layout != "gray" else "gray"

    def add(self, picture: ByteArray) -> None:
        """Encode one picture."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=self._format)
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write the end."""
        self._container.mux(self._stream.encode(None))

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def write_about(root: Path, size: tuple[int, int], box: tuple[int, int], clips: Sequence[Clip]) -> None:
    """Write footage.json."""
    order = tuple((clip.name, frame) for clip in clips for frame in clip.frames)
    write_footage(root, Footage(FILMED, "", size, (*box, BOX, BOX), "", order))


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


def swap(part: Path, place: Path) -> None:
    """Put a finished folder in place of what was there."""
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    part.rename(place)
    shutil.rmtree(old, ignore_errors=True)
