"""Cuts the faces of films out into a footage folder, with their points, their sound and the silent clip."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from engines.api.events import Progress
from engines.api.values import FloatArray, Performance
from engines.presenter.builder.filming import FPS
from engines.presenter.builder.folders import films_hash
from engines.presenter.builder.keying import screen_strength
from engines.presenter.builder.placing import Placing, calmest, neutral_face, place
from engines.presenter.builder.sighting import Sighting
from engines.presenter.builder.silent_clip import TEMPLATE, TemplateWriter
from engines.presenter.face_frame import BOX
from engines.presenter.footage_files import FILMED, Clip, Footage, write_clip, write_footage, write_picture

MOST, UNSEEN = 1200, 0.06
"""Pictures kept for training, and the share of each film, at its end, that is kept for looking at the result."""


def write_all(root: Path, sightings: Sequence[Sighting]) -> Generator[Progress, None, tuple[int, bool]]:
    """Write the footage folder; returns how many pictures were kept, and whether a green screen was taken out."""
    placings = [place(one, screen_strength(next(iter(one.film.pictures())))) for one in sightings]
    points = [p.points(one.points) for p, one in zip(placings, sightings, strict=True)]
    neutral = neutral_face(np.concatenate([rows[one.good] for rows, one in zip(points, sightings, strict=True)]))
    share = min(1.0, MOST / sum(len(one.good) for one in sightings))
    best = max(range(len(sightings)), key=lambda i: span(calmest(sightings[i], TEMPLATE)))
    with closing(TemplateWriter(root / "template", sightings[best], placings[best], points[best], neutral)) as template:
        clips, written = [], 0
        for i, one in enumerate(sightings):
            pair = plan(i, one, points[i], share)
            written += yield from cut_film(root, one, placings[i], pair, template if i == best else None)
            clips += pair
        template.finish()
    box, look = (*placings[best].box, BOX, BOX), films_hash([one.film.path for one in sightings])
    order = tuple((clip.name, frame) for clip in clips for frame in clip.frames)
    write_footage(root, Footage(FILMED, look, template.size, box, "", order))
    return written, bool(placings[best].screen)


def cut_film(
    root: Path, one: Sighting, placing: Placing, clips: Sequence[Clip], template: TemplateWriter | None
) -> Generator[Progress, None, int]:
    """Write the clips of a film with their pictures, and what the silent clip takes of it; returns the pictures."""
    for clip in clips:
        write_clip(root, clip, one.film.sound)
    wanted, written = {frame: clip for clip in clips for frame in clip.frames}, 0
    for number, picture in enumerate(one.film.pictures()):
        yield Progress(number + 1, one.film.count, f"Cutting faces out of {one.film.path.name}")
        keep, silent = wanted.get(number), template is not None and template.wants(number)
        if keep is None and not silent:
            continue
        studio, matte = placing.studio(picture)
        if keep is not None:
            write_picture(keep.picture_path(root, number), placing.face(studio))
            written += 1
        if template is not None and silent:
            template.add(studio, matte)
    return written


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
