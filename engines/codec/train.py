"""Trains the codec from recordings: autoencoder, then levels and tables, then vocoder; `anchor-studio train codec`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engines.api.events import Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.codec.config import (
    ModelConfig,
    ModelTraining,
    VocoderConfig,
    VocoderTraining,
    weights_path,
)
from engines.codec.levels import k_means
from engines.codec.material import Crops, Sounds
from engines.codec.model import Autoencoder
from engines.codec.shipping import model_of, packed, table_tensors
from engines.codec.tables import learn
from engines.codec.training import ModelCourse
from engines.codec.voicing import VocoderCourse
from engines.common.corpus import Utterance
from engines.common.weights import ROOT, load_weights, save_weights
from engines.phase.course import Row, append_row
from engines.phase.material import voices_of
from engines.phase.train import device_named

CACHE = ROOT / "work" / "codec"
PARTS = ("autoencoder", "vocoder")
NETWORKS: dict[str, tuple[str, ...]] = {part: (part,) for part in PARTS}
"""What TrainJob.network may name."""
_SHARES = {"autoencoder": 0.8, "vocoder": 0.2}
"""Of the minutes."""
_SAVE_EVERY, _TELL_EVERY = 100, 20
_LEARNED_FROM = 6000
"""Segments that levels and tables are learned from."""


def run(job: TrainJob, data: Path | None, parts: tuple[str, ...] = PARTS) -> Work:
    """Train for job.minutes in all, resumed ones included; returns the path of the model's weight file.

    Losses: work/codec/PART.jsonl. Fails with EngineError where there is nothing to train on.
    """
    voices, device = voices_of(data).train, device_named(job.device)
    limits = {part: 60 * job.minutes * _SHARES[part] for part in PARTS}
    if "autoencoder" in parts:
        yield Progress(0, 1, f"Reading {len(voices)} recordings")
        course = ModelCourse(ModelConfig(), ModelTraining(), limits["autoencoder"], device)
        kept = _begun(course, "autoencoder", job.resume)
        crops = Crops(voices, course.how.seed + course.step)
        yield from _fit(course, crops, kept)
        yield Progress(course.progress, 1.0, "Learning levels and tables")
        ship_model(course, crops, voices)
    if "vocoder" in parts:
        yield from _train_vocoder(job, voices, limits["vocoder"], device)
    return weights_path("model")


def _train_vocoder(job: TrainJob, voices: tuple[Utterance, ...], limit_s: float, device: str) -> Work:
    model, _ = model_of(*load_weights(weights_path("model")))
    course = VocoderCourse(VocoderConfig(), VocoderTraining(), model, limit_s, device)
    kept = _begun(course, "vocoder", job.resume)
    yield from _fit(course, Sounds(voices, course.how.seed + course.step), kept)
    tensors, header = course.shipped()
    header |= {"engine": "codec", "part": "vocoder", "steps": course.step, "seconds": round(course.spent_s)}
    save_weights(weights_path("vocoder"), packed(tensors), header)


def ship_model(course: ModelCourse, crops: Crops, voices: tuple[Utterance, ...]) -> None:
    """Settle the levels on training voices, learn the tables, write the weight file."""
    tensors, header = course.shipped()
    model = course.average.eval()
    z = latents(model, crops)  # (n, t, c)
    model.levels.copy_(k_means(z.flatten(0, 1), model.levels, 30))
    tables = learn(model.codes_of(z).cpu().numpy().astype(np.uint8))
    heard = f"{crops.seconds / 60:.0f} minutes of {len({u.voice for u in voices})} voices"
    header |= {"engine": "codec", "part": "model", "data": heard, "steps": course.step}
    tensors = packed(model.state_dict()) | table_tensors(tables)
    save_weights(weights_path("model"), tensors, header | {"seconds": round(course.spent_s)})


def latents(model: Autoencoder, crops: Crops, count: int = _LEARNED_FROM) -> Tensor:
    """Latents of random training segments, (n, t, c)."""
    device = model.levels.device
    with torch.inference_mode():
        made = [model.encoder(torch.from_numpy(crops.batch(50, 0)).to(device)) for _ in range(count // 50)]
    return torch.cat(made).clone()


def _begun(course: ModelCourse | VocoderCourse, part: str, resume: bool) -> Path:
    """Restore a checkpoint or begin anew; returns where it is kept."""
    kept = CACHE / f"{part}.checkpoint.safetensors"
    if resume and kept.is_file():
        course.restore(kept)
    else:
        kept.with_name(f"{part}.jsonl").unlink(missing_ok=True)
    return kept


def _fit(course: ModelCourse | VocoderCourse, material: Crops | Sounds, kept: Path) -> Iterator[Progress]:
    """Train to the end, writing curve and checkpoints; asked to stop, it keeps one too."""
    part, recent = kept.name.partition(".")[0], list[Row]()
    try:
        for row in course.fit(material):
            recent.append(row)
            if course.step % _TELL_EVERY == 0:
                means = {key: float(np.mean([r[key] for r in recent if key in r])) for key in row}
                append_row(kept.with_name(f"{part}.jsonl"), means | {"step": row["step"], "spent_s": row["spent_s"]})
                recent.clear()
            if course.step % _SAVE_EVERY == 0:
                course.save(kept)
            losses = ", ".join(f"{k} {v:.3f}" for k, v in row.items() if k not in ("step", "spent_s"))
            yield Progress(course.progress, 1.0, f"Training the {part}, step {course.step}, {losses}")
    finally:
        course.save(kept)


def main() -> None:
    """Train parts from the command line: python -m engines.codec.train --data DIR --minutes 60 --part vocoder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--part", choices=PARTS, action="append")
    args = parser.parse_args()
    job = TrainJob("codec", str(args.data), args.minutes, args.device, args.resume)
    for i, event in enumerate(run(job, args.data, tuple(args.part or PARTS))):
        if i % 50 == 0:
            print(f"{event.stage} {event.done:.3g} / {event.total:.3g}", flush=True)


if __name__ == "__main__":
    main()
