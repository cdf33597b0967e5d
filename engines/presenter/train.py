"""Trains a presenter's renderer on footage, while the footage may still be growing; stops and goes on at any time."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.api.values import ByteArray, FloatArray
from engines.common.weights import ROOT, save_weights
from engines.presenter.config import PRESETS, RendererConfig, TrainConfig
from engines.presenter.data import Batch, Cutter
from engines.presenter.face_frame import BOX
from engines.presenter.facial_map import to_face_frame
from engines.presenter.fitting import Fitter
from engines.presenter.footage_files import FILMED, read_clips, read_footage, read_picture
from engines.presenter.identity import face_frame_of, jaw_rule_of
from engines.presenter.sheets import write_sheet

FOOTAGE = ROOT / "work" / "footage"
OUT = ROOT / "work" / "renderer"
LOOK_AGAIN_S, SAVE_S, SHEET_S = 60.0, 120.0, 180.0
FEWEST = 50
"""Training pictures below which a renderer would only learn them by heart."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Rendered pictures of one split: paths and landmarks (n, 68, 2) in box pixels."""

    paths: tuple[Path, ...]
    landmarks: FloatArray

    def read(self, numbers: list[int]) -> tuple[list[ByteArray], FloatArray]:
        """Pictures and their landmarks."""
        return [read_picture(self.paths[i])[..., :3] for i in numbers], self.landmarks[numbers]


def find_pictures(root: Path, train: bool) -> Pictures:
    """Every picture that is rendered by now: of the training split, or of the unseen ones."""
    clips = [(clip, clip.rendered(root)) for clip in read_clips(root) if (clip.split == "train") == train]
    paths = tuple(clip.picture_path(root, frame) for clip, frames in clips for frame in frames)
    rows = [clip.landmarks[list(frames)] for clip, frames in clips if frames]
    return Pictures(paths, np.concatenate(rows) if rows else np.zeros((0, 68, 2), np.float32))


class Training:
    """One renderer being trained in a folder: state.safetensors, log.jsonl, sheets/, renderer.safetensors."""

    def __init__(self, root: Path, out: Path, config: RendererConfig, plan: TrainConfig, device: torch.device) -> None:
        self.root, self.out, self.plan = root, out, plan
        frame = face_frame_of(root)
        self.cutter = Cutter(frame, jaw_rule_of(root, frame), plan)
        self.fitter = Fitter(config, plan, device)
        self.random = np.random.default_rng(plan.seed)
        self.look()

    def look(self) -> None:
        """Take in what footage there is by now. Raises EngineError while it is too little."""
        self.train, self.unseen = find_pictures(self.root, True), find_pictures(self.root, False)
        if len(self.train.paths) < FEWEST:
            raise EngineError(
                f"{self.root} holds {len(self.train.paths)} training pictures: run footage until there are {FEWEST}."
            )

    def begin(self, resume: bool) -> None:
        """Go on from the saved state, or begin with the mean face."""
        state = self.out / "state.safetensors"
        if resume and state.is_file():
            self.fitter.resume(state)
            return
        pictures, landmarks = self.train.read(list(range(0, len(self.train.paths), len(self.train.paths) // 48 + 1)))
        faces = [to_face_frame(p, self.cutter.frame.align(row)) for p, row in zip(pictures, landmarks, strict=True)]
        mean = np.mean(np.stack(faces), axis=0, dtype=np.float32) / 127.5 - 1.0
        self.fitter.remember_colours(torch.from_numpy(mean).permute(2, 0, 1))

    def batch(self, share: float) -> Batch:
        """Pictures for one step: windows first, whole pictures towards the end."""
        whole = share >= self.plan.whole_from
        size, count = (BOX, 1) if whole else (self.plan.crop, self.plan.batch)
        numbers = self.random.integers(0, len(self.train.paths), count).tolist()
        return self.cutter.batch(*self.train.read(numbers), self.cutter.window(self.random, size), size)

    def steps(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Fit until the time budget is spent (earlier runs counted in), yielding the losses of every step."""
        looked = saved = shown = time.monotonic()
        with ThreadPoolExecutor(1) as pool:  # the next pictures are read while the network works
            ahead = pool.submit(self.batch, self.fitter.seconds / seconds)
            while self.fitter.seconds < seconds:
                began, share = time.monotonic(), self.fitter.seconds / seconds
                batch, ahead = ahead.result(), pool.submit(self.batch, share)
                losses = self.fitter.step(batch, share)
                now = time.monotonic()
                self.fitter.seconds += now - began
                yield losses
                if now - looked > LOOK_AGAIN_S:
                    ahead.result()
                    self.look()
                    looked = now
                if now - saved > SAVE_S:
                    self.keep()
                    saved = now
                if now - shown > SHEET_S:
                    self.sheet()
                    shown = now

    def sheet(self) -> None:
        """Write truth, result and map of a few unseen pictures (training ones while there are none)."""
        pictures = self.unseen if len(self.unseen.paths) >= 4 else self.train
        numbers = np.linspace(0, len(pictures.paths) - 1, 4).astype(int).tolist()
        path = self.out / "sheets" / f"{self.fitter.steps:06d}.png"
        write_sheet(path, self.fitter.average, *pictures.read(numbers), self.cutter.frame)

    def keep(self) -> Path:
        """Save the state to go on from, and the averaged renderer to use."""
        self.fitter.save(self.out / "state.safetensors")
        path = self.out / "renderer.safetensors"
        state = {k: v.half() for k, v in self.fitter.average.state_dict().items()}
        facts = {"steps": self.fitter.steps, "minutes": round(self.fitter.seconds / 60, 1)}
        filmed = read_footage(self.root).tier == FILMED
        source = "films of a consenting person" if filmed else "rendered by anchor-studio footage"
        data = {"pictures": len(self.train.paths), "footage": source}
        header = {"engine": "presenter", "config": self.fitter.config.as_header(), "training": facts, "data": data}
        save_weights(path, state, header)
        return path


def train(
    root: Path, out: Path, minutes: float, *, preset: str = "studio", device: str = "auto", resume: bool = False
) -> Work:
    """Train on a footage folder for a time budget; yields Progress, returns the weight file's path.

    Raises EngineError for footage of a person: its consent record is looked at by the training of presenters only.
    """
    if read_footage(root).tier == FILMED:
        raise EngineError(f"{root} shows a person: train it with 'presenter train', which asks for the consent record.")
    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    try:
        place = torch.device("cuda" if cuda else "cpu")
        training = Training(root, out, PRESETS[preset], TrainConfig(), place)
    except (RuntimeError, AssertionError) as error:
        raise EngineError("The graphics card cannot be used for training: choose --device cpu.") from error
    out.mkdir(parents=True, exist_ok=True)
    training.begin(resume)
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        for losses in training.steps(minutes * 60):
            fitter = training.fitter
            if fitter.steps % 10 == 1:
                facts = {"step": fitter.steps, "seconds": round(fitter.seconds, 1), "n": len(training.train.paths)}
                log.write(json.dumps(facts | {k: float(f"{v:.4g}") for k, v in losses.items()}) + "\n")
                log.flush()
            yield Progress(min(fitter.seconds, minutes * 60), minutes * 60, f"Training, step {fitter.steps}")
    training.sheet()
    return training.keep()


def run(job: TrainJob, data: Path | None, preset: str = "studio") -> Work:
    """Train a renderer; job.data: a footage folder, "" for work/footage; recordings are not used."""
    root = Path(job.data) if job.data else FOOTAGE
    return (yield from train(root, OUT, job.minutes, preset=preset, device=job.device, resume=job.resume))


NETWORKS: dict[str, str] = {preset: preset for preset in PRESETS}
"""What TrainJob.network may name."""


def main() -> None:
    """Train from the command line, printing a line a minute."""
    parser = argparse.ArgumentParser(description="Train a presenter's renderer on footage.")
    parser.add_argument("--data", type=Path, default=FOOTAGE)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--minutes", type=float, default=45.0)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="studio")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--threads", type=int, default=0, help="processor threads, 0: all cores")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    shown = 0.0
    for event in train(
        given.data, given.out, given.minutes, preset=given.preset, device=given.device, resume=given.resume
    ):
        if isinstance(event, Progress) and event.done >= shown + 60.0:
            shown = event.done
            print(f"{event.done / 60:.0f} of {event.total / 60:.0f} minutes: {event.stage}", flush=True)


if __name__ == "__main__":
    main()
