"""Trains the face networks from speech: the work behind `anchor-studio train face`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.face.config import KINDS, FaceConfig, FaceTraining, Kind, weights_path
from engines.face.dataset import VERSIONS, Stream, prepare
from engines.face.material import CACHE, Item, all_items
from engines.face.training import Course
from engines.face.weights import load_face, save_face

SHARES: dict[Kind, float] = {"static": 0.4, "lstm": 0.4, "gru": 0.2}
"""Of the minutes."""
BEGINS_AT: dict[Kind, Kind] = {"lstm": "static", "gru": "lstm"}
"""Which network another begins at."""
_SAVE_EVERY = 50
NETWORKS: dict[str, tuple[Kind, ...]] = {kind: (kind,) for kind in KINDS}
"""What TrainJob.network may name."""


def run(
    job: TrainJob, data: Path | None, kinds: tuple[Kind, ...] = KINDS, out: Path | None = None, folder: Path = CACHE
) -> Work:
    """Train every kind in order, job.minutes of processor time in all; returns the path of the last weight file.

    Checkpoints: work/face/KIND.checkpoint.safetensors; a kind that was trained to its end is not begun again by resume.
    """
    config, how = FaceConfig(), FaceTraining()
    items = tuple(item for item in all_items(data) if item.split == "train")
    stream = None
    for event in prepare(items, folder, config, VERSIONS):
        if isinstance(event, Stream):
            stream = event
        else:
            yield event
    assert stream is not None
    words = f"{len(stream.ends) / 1500:.0f} minutes of {len({i.voice for i in items})} voices"
    path = out or weights_path(kinds[-1])
    for kind in kinds:
        course = Course(replace(config, kind=kind), how, stream, job.minutes * 60 * SHARES[kind], device(job.device))
        path = out / f"face-{kind}.safetensors" if out else weights_path(kind)
        kept = folder / f"{kind}.checkpoint.safetensors"
        if job.resume and kept.is_file():
            course.restore(kept)
        elif kind in BEGINS_AT:
            course.start_from(load_face(path.with_name(f"face-{BEGINS_AT[kind]}.safetensors"), fused=False).network)
        yield from _fit(course, kept)
        ship(path, course, {"data": words, "heard": heard_words(items)})
    return path


def ship(path: Path, course: Course, header: dict[str, Any]) -> None:
    """Write the weight file of a course as it stands."""
    means = course.stream.expressions.astype(np.float32).mean(0), course.stream.turns.mean(0)
    save_face(path, course.average, means, header | {"steps": course.step, "seconds": round(course.spent_s)})


def heard_words(items: tuple[Item, ...]) -> str:
    """How many recordings and acted sentences there are."""
    real = sum(item.real for item in items)
    return f"{real} recordings, {len(items) - real} acted sentences"


def device(name: str) -> str:
    """cpu or cuda. Fails with EngineError where CUDA is asked for and absent."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here; train with --device cpu.")
    return name


def _fit(course: Course, kept: Path) -> Iterator[Progress]:
    """Train to the end, keeping a checkpoint now and then; asked to stop, it keeps one too."""
    recent = 0.0
    try:
        for loss in course.fit():
            recent = loss if not recent else 0.98 * recent + 0.02 * loss
            if course.step % _SAVE_EVERY == 0:
                course.save(kept)
            words = f"Training {course.config.kind}, step {course.step}, loss {recent:.3f}"
            yield Progress(course.progress, 1.0, words)
    finally:
        course.save(kept)


def main() -> None:
    """Train from the command line: python -m engines.face.train --data DIR --minutes 40 [--kinds static lstm]."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("-o", "--out", type=Path, help="a folder, instead of assets/weights")
    args = parser.parse_args()
    job = TrainJob("face", str(args.data or ""), args.minutes, args.device, args.resume)
    for i, event in enumerate(run(job, args.data, tuple(args.kinds), args.out)):
        if i % 50 == 0:
            print(f"{event.stage} {event.done:.3g} / {event.total:.3g}", flush=True)


if __name__ == "__main__":
    main()
