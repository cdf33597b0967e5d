"""Trains the phase networks from recordings: the work behind `anchor-studio train phase`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.common.stft import Grid
from engines.common.weights import ROOT, save_weights
from engines.phase.adversarial import PaperCourse
from engines.phase.config import (
    PRESETS,
    CompactConfig,
    CompactTraining,
    PaperConfig,
    PaperTraining,
    Preset,
    weights_path,
)
from engines.phase.course import Row, append_row
from engines.phase.material import Pieces, voices_of
from engines.phase.training import CompactCourse

CACHE = ROOT / "work" / "phase"
NETWORKS: dict[str, Preset] = {"compact": "compact", "paper": "paper"}
"""What TrainJob.network may name."""
_SAVE_EVERY, _TELL_EVERY = 100, 20


def run(job: TrainJob, data: Path | None, preset: Preset = "compact", out: Path | None = None) -> Work:
    """Train for job.minutes; returns the path of the weight file. Losses: work/phase/PRESET.jsonl."""
    voices = voices_of(data)
    yield Progress(0, 1, f"Reading {len(voices.train)} recordings")
    course = course_of(preset, job.minutes * 60, device_named(job.device))
    kept, curve = CACHE / f"{preset}.checkpoint.safetensors", CACHE / f"{preset}.jsonl"
    if job.resume and kept.is_file():
        course.restore(kept)
    else:
        curve.unlink(missing_ok=True)
    # Another seed after a pause, so that the same pieces are not drawn again.
    pieces = Pieces(voices.train, course.grid.rate_hz, course.how.seed + course.step)
    yield from _fit(course, pieces, kept, curve)
    path = out or weights_path(preset)
    tensors, header = course.shipped()
    heard = f"{pieces.seconds / 60:.0f} minutes of {len({u.voice for u in voices.train})} voices"
    header |= {"engine": "phase", "preset": preset, "data": heard, "steps": course.step}
    save_weights(path, tensors, header | {"seconds": round(course.spent_s)})
    return path


def course_of(preset: Preset, limit_s: float, device: str) -> CompactCourse | PaperCourse:
    """The training of a preset on the paper's grid."""
    if preset == "paper":
        return PaperCourse(PaperConfig(), PaperTraining(), Grid(), limit_s, device)
    return CompactCourse(CompactConfig(), CompactTraining(), Grid(), limit_s, device)


def device_named(device: str) -> str:
    """cpu or cuda. Fails with EngineError where CUDA is asked for and absent."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here; train with --device cpu.")
    return device


def _fit(course: CompactCourse | PaperCourse, pieces: Pieces, kept: Path, curve: Path) -> Iterator[Progress]:
    """Train to the end, writing curve and checkpoints; asked to stop, it keeps one too."""
    recent: list[Row] = []
    try:
        for row in course.fit(pieces):
            recent.append(row)
            if course.step % _TELL_EVERY == 0:
                means = {key: float(np.mean([r[key] for r in recent])) for key in row}
                append_row(curve, means | {"step": row["step"], "spent_s": row["spent_s"]})
                recent.clear()
            if course.step % _SAVE_EVERY == 0:
                course.save(kept)
            losses = ", ".join(f"{k} {v:.3f}" for k, v in row.items() if k not in ("step", "spent_s"))
            yield Progress(course.progress, 1.0, f"Training, step {course.step}, {losses}")
    finally:
        course.save(kept)


def main() -> None:
    """Train either preset from the command line: python -m engines.phase.train --preset compact --data DIR."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="compact")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args()
    job = TrainJob("phase", str(args.data), args.minutes, args.device, args.resume)
    for i, event in enumerate(run(job, args.data, args.preset, args.out)):
        if i % 50 == 0:
            print(f"{event.stage} {event.done:.3g} / {event.total:.3g}", flush=True)


if __name__ == "__main__":
    main()
