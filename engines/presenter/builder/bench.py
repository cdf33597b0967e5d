"""Measures the landmarks: on rendered people never trained on, and on real clips against what their sound predicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from engines.api.events import EngineError
from engines.api.rooms import result_of
from engines.api.values import ByteArray, FloatArray
from engines.landmarks.config import PeopleConfig
from engines.landmarks.crops import crop_of_points, nudged
from engines.landmarks.finder import FaceDetector, NetworkFinder
from engines.landmarks.train import HOME, read_people
from engines.presenter.builder.filming import FPS, open_film
from engines.presenter.builder.placing import neutral_face, place
from engines.presenter.builder.sighting import see
from engines.presenter.face_frame import MOUTH, FaceFrame
from engines.presenter.jaw import aperture
from engines.presenter.listening import listen

Row = dict[str, Any]
PARTS = {"error": slice(0, 68), "jaw_error": slice(0, 17), "eye_error": slice(36, 48), "mouth_error": MOUTH}
BEHIND = 110.0


def rows(data: Path | None) -> Iterator[Row]:
    """Rows of unseen people (rendered by 'anchor-studio train landmarks'), then of the clips in DATA/grid."""
    try:
        people = read_people(HOME / "people", True, PeopleConfig().unseen)
    except EngineError:
        people = None
    finder = NetworkFinder()
    if people is not None:
        errors = np.stack([error_of(finder, p, row) for p, row in zip(people.pictures, people.points, strict=True)])
        for metric, part in PARTS.items():
            yield row_of("unseen-people", metric, float(errors[:, part].mean()), "eye distance", len(errors))
    for path in sorted((data / "grid").glob("*.mpg")) if data is not None else ():
        yield row_of(path.stem, "aperture_correlation", agreement(finder, path), "", 1)


def row_of(case: str, metric: str, value: float, unit: str, n: int) -> Row:
    """One row of the bench."""
    return {"bench": "landmarks", "case": case, "metric": metric, "value": round(value, 4), "unit": unit, "n": n}


def error_of(finder: NetworkFinder, picture: ByteArray, points: FloatArray) -> FloatArray:
    """Distance of each point (68,) from the truth by the outer eye corners' distance; the first look stands badly."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    mixed = picture[..., :3] * alpha + BEHIND * (1 - alpha)
    grey = np.asarray(cv2.cvtColor(mixed.astype(np.uint8), cv2.COLOR_RGB2GRAY), np.uint8)
    size = finder.config.size
    first = finder.look(grey, nudged(crop_of_points(points, finder.mean, size), size, 0.1, 1.08, (0.03, -0.03)))
    found = finder.points(grey, None, first)
    return np.asarray(np.linalg.norm(found - points, axis=1) / np.linalg.norm(points[36] - points[45]), np.float32)


def agreement(finder: NetworkFinder, path: Path) -> float:
    """Pearson correlation of the mouth opening seen in a clip with the one predicted from its sound."""
    sighting = result_of(see(open_film(path), FaceDetector(), finder))
    points = place(sighting, 0.0).points(sighting.points)
    frame = FaceFrame.from_neutral(neutral_face(points[sighting.good]))
    seen = aperture(np.stack([frame.mouth(row) for row in points]))
    heard = aperture(result_of(listen(sighting.film.sound, FPS, 0, len(seen))))
    good = sighting.good[sighting.good < len(heard)]
    return float(np.corrcoef(seen[good], heard[good])[0, 1])
