"""Measures of `bench renderer`: speed of the whole picture path, quality on unseen sentences, a sheet to look at."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.jobs import FootageJob
from engines.api.values import ByteArray, FloatArray
from engines.common.weights import ROOT
from engines.presenter.engine import painter_of
from engines.presenter.evaluate import Judge, Sample, unseen_runs
from engines.presenter.export import Painter
from engines.presenter.mouth_box import MouthBoxPainter, mouth_box_mask
from engines.presenter.painting import CHUNK, Look, Scene
from engines.presenter.presenters import Presenter, load_presenter
from engines.presenter.sheets import compare, write_picture_file

FOOTAGE = ROOT / "work" / "footage"
"""Where footage lies that a training has used; its unseen pictures are measured."""
OWN = ROOT / "work" / "bench-footage"
"""Where a small unseen set is rendered when there is none."""
OWN_SECONDS = 4.0
UNITS = {"fps": "1/s", "mouth_psnr_db": "dB", "chain_psnr_db": "dB", "mouth_distance_px": "px"}


def rows(data: Path | None, name: str = "default", sheet: Path | None = None) -> Iterator[dict[str, Any]]:
    """Rows for the presenter `name`; a contact sheet is written where `sheet` says; data: recordings."""
    presenter = load_presenter(name)
    painter = painter_of(presenter)
    cases: dict[str, tuple[Painter, FloatArray | None]] = {
        "studio": (painter, None),
        "mouth-box": (MouthBoxPainter(painter, presenter), mouth_box_mask(presenter.frame)),
    }
    for case, (_, mask) in cases.items():
        speed, pictures = pictures_per_second(presenter, painter, mask)
        yield row(case, "fps", speed, pictures)
    root = unseen_footage(data)
    for case, (drawing, _) in cases.items():
        judge = Judge(root, presenter.frame, presenter.jaw, presenter.rest, drawing)
        count = judge_all(judge, root, sheet if case == "studio" else None)
        for metric, value in judge.verdict().items():
            yield row(case, metric, value, count)


def judge_all(judge: Judge, root: Path, sheet: Path | None) -> int:
    """Measure every unseen picture, returns their number; some of them go into a sheet."""
    kept: list[ByteArray] = []
    count = 0
    for run in unseen_runs(root):
        for sample in judge.run(run):
            count += 1
            if count % 17 == 5 and len(kept) < 8:
                kept.append(sheet_row(sample))
    if not count:
        raise EngineError(f"{root} holds no unseen pictures: run footage to its end first.")
    if sheet is not None:
        write_picture_file(sheet, np.vstack(kept))
    return count


def row(case: str, metric: str, value: float, count: int) -> dict[str, Any]:
    """One bench row."""
    unit = UNITS.get(metric, "")
    return {"bench": "renderer", "case": case, "metric": metric, "value": value, "unit": unit, "n": count}


def sheet_row(sample: Sample) -> ByteArray:
    """Truth, painted from the true map, painted from the sound, with enlarged mouths."""
    return compare((sample.truth, sample.made, sample.spoken), sample.landmarks)


def pictures_per_second(
    presenter: Presenter, painter: Painter, mask: FloatArray | None = None, chunks: int = 100
) -> tuple[float, int]:
    """Speed from mouth to 1920x1080 composite, and over how many pictures; the first chunk warms up."""
    scene = Scene(presenter, painter, Look(Fraction(25), 1920, 1080, "studio"), mask=mask)
    mouths = np.repeat(presenter.rest[None], CHUNK * (chunks + 1), axis=0)
    swing = 0.15 * np.sin(np.arange(len(mouths)) * 0.7).clip(0)[:, None]
    mouths[:, 16:20, 1] += swing  # the lower inner lip moves, so that no map repeats
    since, done = 0.0, 0
    for frames in scene.frames(mouths, 0):
        if not since:
            since = time.perf_counter()
        else:
            done += len(frames.pictures)
    scene.close()
    return done / (time.perf_counter() - since), done


def unseen_footage(data: Path | None) -> Path:
    """A footage folder with unseen pictures: the training's, else a small one rendered now and kept."""
    for place in (FOOTAGE, OWN):
        if (place / "footage.json").is_file() and next(unseen_runs(place, 2), None) is not None:
            return place
    from engines.presenter.footage import run

    for event in run(FootageJob(str(OWN), frames=8, unseen_seconds=OWN_SECONDS), data):
        if getattr(event, "stage", "") == "Rendering the silent clip":
            break  # only the unseen pictures are needed here
    return OWN


def main() -> None:
    """Print the rows as JSON lines."""
    parser = argparse.ArgumentParser(description="Measure a presenter's renderer on unseen footage.")
    parser.add_argument("--presenter", default="default")
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    for line in rows(None, given.presenter, given.sheet):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
