"""Trains a lip-sync network from recordings and synthetic speech: the work behind `anchor-studio train lipsync`."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.common.weights import save_weights
from engines.lipsync.config import KINDS, Kind, TrainConfig, preset
from engines.lipsync.dataset import Example, Scaling, Windows, examples, measure_scaling
from engines.lipsync.material import CACHE, Item, all_items
from engines.lipsync.pca import MouthBasis, fit_basis
from engines.lipsync.predict import ENGINE, weights_path
from engines.lipsync.training import Trainer

VERSIONS = 3
"""Versions of each training utterance: as it is, and in other rooms, speeds and pitches."""
NETWORKS: dict[str, Kind] = {kind: kind for kind in KINDS}
"""What TrainJob.network may name."""
_SAVE_EVERY = 200


@dataclass(frozen=True, eq=False)
class Prepared:
    """What training starts from."""

    material: list[Example]
    basis: MouthBasis
    scaling: Scaling


def run(job: TrainJob, data: Path | None, kind: Kind = "adversarial-tcn", out: Path | None = None) -> Work:
    """Train for job.minutes of work (reading and labelling come on top); returns the path of the weight file."""
    prepared = yield from prepare([item for item in all_items(data) if item.split == "train"], CACHE)
    device = ("cuda" if torch.cuda.is_available() else "cpu") if job.device == "auto" else job.device
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here; train with --device cpu.")
    opening = torch.from_numpy(prepared.basis.opening)
    trainer = Trainer(preset(kind), TrainConfig(), opening, job.minutes * 60, device)
    kept = CACHE / f"{kind}.checkpoint.safetensors"
    if job.resume and kept.is_file():
        trainer.restore(kept)
    windows = Windows(prepared.material, prepared.basis, prepared.scaling, trainer.config, trainer.step)
    yield from _fit(trainer, windows, kept)
    path = out or weights_path(kind)
    save(path, trainer, prepared, f"{windows.seconds / 60:.0f} minutes in {VERSIONS} versions of each utterance")
    return path


def prepare(items: list[Item], cache: Path, versions: int = VERSIONS) -> Generator[Progress, None, Prepared]:
    """Features, true mouths, their principal movements and scaling."""
    from engines.lipsync.truth import resting_mouth, stamp, true_mouth

    material: list[Example] = []
    for i, item in enumerate(items):
        material += examples(item.key, item.load, true_mouth, cache / f"examples-{stamp()}", versions)
        yield Progress(i + 1, len(items), "Reading speech")
    basis = fit_basis(np.concatenate([e.points for e in material]), resting_mouth())
    return Prepared(material, basis, measure_scaling(material))


def _fit(trainer: Trainer, windows: Windows, kept: Path) -> Iterator[Progress]:
    """Train to the end, keeping a checkpoint now and then; asked to stop, it keeps one too."""
    recent = 0.0
    try:
        for loss in trainer.fit(windows):
            recent = loss if trainer.step == 1 else 0.98 * recent + 0.02 * loss
            yield Progress(trainer.progress, 1.0, f"Training, step {trainer.step}, loss {recent:.4f}")
            if trainer.step % _SAVE_EVERY == 0:
                trainer.save(kept)
    finally:
        trainer.save(kept)


def save(path: Path, trainer: Trainer, prepared: Prepared, data: str) -> None:
    """Write a weight file: the network in half precision (its running statistics whole), basis, scaling, config."""
    state = trainer.network.state_dict()
    tensors = {f"network.{k}": v if "running" in k or v.dim() == 0 else v.half() for k, v in state.items()}
    basis, scaling = prepared.basis, prepared.scaling
    arrays = {"rest": basis.rest, "components": basis.components, "mean": scaling.mean, "deviation": scaling.deviation}
    tensors |= {name: torch.from_numpy(np.ascontiguousarray(a, np.float32)) for name, a in arrays.items()}
    header = {"engine": ENGINE, "config": trainer.config.to_header(), "scale": basis.scale, "data": data}
    save_weights(path, tensors, header | {"steps": trainer.step, "seconds": round(trainer.spent_s)})


def main() -> None:
    """Train any kind from the command line: python -m engines.lipsync.train --kind lstm --data DIR --minutes 5."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--kind", choices=KINDS, default="adversarial-tcn")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args()
    job = TrainJob("lipsync", str(args.data or ""), args.minutes, args.device, args.resume)
    for i, event in enumerate(run(job, args.data, args.kind, args.out)):
        if i % 50 == 0:
            print(f"{event.stage} {event.done:.3g} / {event.total:.3g}", flush=True)


if __name__ == "__main__":
    main()
