"""Trains the text-to-lip networks on film the repository makes itself: what `anchor-studio train textlip` does."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.common.weights import ROOT
from engines.textlip import corpora, points, reader
from engines.textlip.config import KINDS, PRESETS, STUDIO, Kind, TrainConfig, preset
from engines.textlip.dataset import Drawer, Runs
from engines.textlip.filming import film
from engines.textlip.material import CACHE
from engines.textlip.runs import write_run
from engines.textlip.saved import keep, weights_path
from engines.textlip.sayings import sayings
from engines.textlip.training import Trainer

PICTURES = 3500
"""Lip pictures filmed before training."""
SHARES = {"paralip": 0.6, "transformer": 0.15, "duallip": 0.12}
"""Of the minutes, what each network gets; the rest goes to the finder of mouth points and to the lip-reader."""
POINTS_SHARE, READER_SHARE = 0.08, 0.05
RUNS = CACHE / "runs"
_SAVE_S = 60.0

NETWORKS: dict[str, str] = {name: name for name in PRESETS}
"""What TrainJob.network may name."""


def run(job: TrainJob, data: Path | None, name: str = "studio") -> Work:
    """Film what is missing, then train every network within job.minutes; returns the path of ParaLip's weights."""
    total_s = job.minutes * 60
    for pictures in film(data, RUNS, PICTURES):
        yield Progress(min(pictures, PICTURES), PICTURES, "Filming lips")
    if not job.resume or not points.PATH.is_file():
        yield from fit_points(total_s * POINTS_SHARE)
    for kind in KINDS:
        yield from fit(kind, name, total_s * SHARES[kind], data, device=device_named(job.device), resume=job.resume)
    yield from fit_reader(total_s * READER_SHARE, data)
    return weights_path("paralip", name)


def fit(
    kind: Kind,
    name: str,
    seconds: float,
    data: Path | None,
    how: TrainConfig | None = None,
    tag: str = "",
    *,
    device: str = "cpu",
    resume: bool = False,
) -> Iterator[Progress]:
    """Train one network for so many seconds of processor work and write its weights; a tag keeps a trial apart.

    A rival has the eyes and the brush of the ParaLip trained before it, where there is one, so that all its time goes
    into what it does differently.
    """
    runs = Runs(RUNS)
    how, lender = how or (STUDIO if name == "studio" else TrainConfig()), weights_path("paralip", name)
    borrows = kind != "paralip" and lender.is_file()
    if borrows:
        how = replace(how, adversarial=0.0, pictures_from=0.0, polish_from=1.0)
    trainer = Trainer(preset(name, kind), how, seconds, device)
    trainer.set_still(np.concatenate([run.mouths for run in runs.runs if run.mouths.any()]).mean(0))
    kept = CACHE / f"{kind}{tag}.checkpoint.safetensors"
    if borrows:
        trainer.borrow(lender)
    if resume and kept.is_file():
        trainer.restore(kept)
    drawer = Drawer(runs, sayings(data), trainer.config, trainer.train, trainer.step)
    saved_s = trainer.spent_s
    try:
        for told in trainer.fit(drawer):
            if trainer.spent_s - saved_s > _SAVE_S:
                saved_s = trainer.spent_s
                trainer.save(kept)
            losses = ", ".join(f"{name} {value:.3f}" for name, value in told.items())
            yield Progress(trainer.progress, 1.0, f"Training {kind}{tag}, step {trainer.step}, {losses}")
    finally:
        trainer.save(kept)
    about = {
        "steps": trainer.step,
        "seconds": round(trainer.spent_s),
        "data": f"{len(runs.runs)} runs of the presenter",
    }
    keep(CACHE / f"{kind}{tag}.safetensors" if tag else weights_path(kind, name), trainer.network, about)


def fit_points(seconds: float) -> Iterator[Progress]:
    """Train the finder of mouth points, and write it with its error on unseen film."""
    known, unseen = Runs(RUNS).runs, Runs(RUNS, ("check", "unseen")).runs
    network = points.LipPoints()
    for trained in points.fit(known, seconds):
        network = trained
        yield Progress(0, 0, "Training the finder of mouth points")
    network.eval()
    errors = [np.linalg.norm(points.find(network, run.pictures) - run.mouths, axis=-1) for run in unseen]
    error_px = float(np.concatenate(errors).mean()) if errors else float("nan")
    points.keep(points.PATH, network, {"pictures": sum(len(r.pictures) for r in known), "error_px": error_px})


def fit_reader(seconds: float, data: Path | None) -> Iterator[Progress]:
    """Train the lip-reader and keep it for the bench."""
    network = reader.LipReader()
    for trained in reader.fit([saying for saying in sayings(data) if saying.split == "train"], seconds):
        network = trained
        yield Progress(0, 0, "Training the lip-reader")
    reader.keep(network.eval())


def fit_ablation(minutes: float, data: Path | None) -> Iterator[Progress]:
    """Table 4: ParaLip four times for equal minutes, without and with the similarity and the adversarial loss."""
    for tag, similarity, adversarial in (("base", 0, 0), ("ssim", 1, 0), ("adv", 0, 1), ("ssim-adv", 1, 1)):
        how = replace(
            STUDIO, similarity=STUDIO.similarity * similarity, adversarial=STUDIO.adversarial * adversarial,
            adversarial_from=0.3,
        )  # fmt: skip
        yield from fit("paralip", "studio", minutes * 60, data, how, f"-{tag}")


def take_in(folder: Path) -> Iterator[Progress]:
    """Cut the clips of a GRID or TCD-TIMIT folder into runs beside the filmed ones."""
    clips = corpora.find_clips(folder)
    for i, clip in enumerate(clips):
        write_run(RUNS, corpora.read_clip(clip))
        yield Progress(i + 1, len(clips), "Reading clips")


def device_named(device: str) -> str:
    """cpu or cuda. Fails with EngineError where CUDA is asked for and absent."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise EngineError("There is no CUDA device here; train with --device cpu.")
    return device


def main() -> None:
    """Train one part: python -m engines.textlip.train --part paralip --minutes 20; ablation; or take in a corpus."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--part", choices=[*KINDS, "points", "reader", "ablation", "all"], default="all")
    parser.add_argument("--preset", choices=list(PRESETS), default="studio")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--corpus", type=Path, help="a GRID or TCD-TIMIT folder to train on too")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    data = args.data if args.data.is_dir() else None
    if args.corpus:
        show(take_in(args.corpus))
    parts = {
        "points": lambda: fit_points(args.minutes * 60),
        "reader": lambda: fit_reader(args.minutes * 60, data),
        "ablation": lambda: fit_ablation(args.minutes, data),
        "all": lambda: run(TrainJob("textlip", "", args.minutes, args.device, args.resume), data, args.preset),
    }
    one = lambda: fit(  # noqa: E731
        args.part, args.preset, args.minutes * 60, data, device=device_named(args.device), resume=args.resume
    )
    show(parts.get(args.part, one)())


def show(work: Iterator[object]) -> None:
    """Print how far work is, now and then."""
    for i, event in enumerate(work):
        if i % 50 == 0 and isinstance(event, Progress):
            print(f"{event.stage} {event.done:.3g} / {event.total:.3g}", flush=True)


if __name__ == "__main__":
    main()
