"""Trains the landmark network on rendered people, while they may still be rendered; stops and goes on at any time."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engines.api.events import EngineError, Progress
from engines.api.jobs import TrainJob
from engines.api.rooms import Work
from engines.api.values import ByteArray, FloatArray
from engines.common.checkpoints import Networks, gathered, scatter
from engines.common.weights import ROOT, load_weights, save_weights
from engines.landmarks.config import PATH, LandmarkConfig, LandmarkTraining, PeopleConfig
from engines.landmarks.crops import crop_of_points, cut, mirrored, normal_face, nudged, placed
from engines.landmarks.disguise import disguise
from engines.landmarks.model import LandmarkNetwork
from engines.landmarks.pictures import render_people

HOME = ROOT / "work" / "landmarks"
CACHE = ROOT / "work" / "avatar"
"""Where the source packages of the head are kept, as of `python -m engines.scene.builder --cache`."""
LOOK_AGAIN_S, SAVE_S = 60.0, 60.0


@dataclass(frozen=True, eq=False)
class People:
    """Rendered pictures (n, s, s, 4) and their points (n, 68, 2) in pixels."""

    pictures: ByteArray
    points: FloatArray


def read_people(folder: Path, unseen: bool, every: int) -> People:
    """The people rendered by now: those of the training, or the unseen ones. Raises EngineError while there is none."""
    paths = [p for p in sorted(folder.glob("[0-9]*.npz")) if (int(p.stem) % every == 0) == unseen]
    if not paths:
        raise EngineError(f"{folder} holds no rendered people yet: run 'anchor-studio train landmarks' to make them.")
    parts = []
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            parts.append((data["pictures"], data["points"]))
    return People(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def mean_face() -> FloatArray:
    """The shipped head's neutral face (68, 2) from the front, as it stands in the crop."""
    from engines.scene.head import load_head

    points = load_head(level=0).landmarks(np.zeros(52, np.float32), np.zeros(3, np.float32))
    return normal_face(np.stack([points[:, 0], -points[:, 1]], 1))


def draw_crop(
    people: People, number: int, mean: FloatArray, how: LandmarkTraining, size: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """A crop (s, s) of one picture and its points (68, 2) in shares of the side, half of all mirrored."""
    points = people.points[number]
    grey = disguise(people.pictures[number], points, random)
    if random.random() < 0.5:
        grey, points = grey[:, ::-1], mirrored(points, grey.shape[1])
    crop = crop_of_points(points, mean, size)
    turn, grow, shift = (0.06, 0.05, 0.02) if random.random() < how.near else (0.18, 0.12, 0.06)
    away = random.normal(0, shift, 2)
    crop = nudged(crop, size, random.normal(0, turn), math.exp(random.normal(0, grow)), (away[0], away[1]))
    return cut(np.ascontiguousarray(grey), crop, size), placed(crop, points) / size


def wing(made: Tensor, truth: Tensor, how: LandmarkTraining) -> Tensor:
    """Mean wing loss of points (b, 68, 2): logarithmic near the truth, linear afar (Feng et al. 2018, eq. 5)."""
    error = (made - truth).abs()
    bent = how.knee * torch.log1p(error / how.curve)
    offset = how.knee - how.knee * math.log1p(how.knee / how.curve)
    return torch.where(error < how.knee, bent, error - offset).mean() * 100


class Course:
    """The network being trained with its running average, optimiser and clock."""

    def __init__(self, config: LandmarkConfig, how: LandmarkTraining, device: torch.device) -> None:
        torch.manual_seed(how.seed)
        self.config, self.how, self.device = config, how, device
        self.network, self.average = LandmarkNetwork(config).to(device), LandmarkNetwork(config).to(device)
        self.network.get_buffer("mean").copy_(torch.from_numpy(mean_face()))
        self.average.load_state_dict(self.network.state_dict())
        self.optimiser = torch.optim.AdamW(self.network.parameters(), how.rate, weight_decay=1e-4)
        self.steps, self.seconds, self.mean = 0, 0.0, mean_face()
        self.random = np.random.default_rng(how.seed)

    def step(self, people: People, share: float) -> float:
        """Fit once; share: part of the time that is spent. Returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.how.rate * min(1.0, (self.steps + 1) / 100) * (0.02 + 0.98 * math.cos(share * 1.57) ** 2)
        numbers = self.random.integers(0, len(people.pictures), self.how.batch)
        drawn = [draw_crop(people, int(n), self.mean, self.how, self.config.size, self.random) for n in numbers]
        crops, truth = (torch.from_numpy(np.stack(part).astype(np.float32)) for part in zip(*drawn, strict=True))
        loss = wing(self.network(crops[:, None].to(self.device)), truth.to(self.device), self.how)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self._follow()
        self.steps += 1
        return float(loss.detach())

    def _follow(self) -> None:
        keep = min(self.how.average, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for kept, new in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                kept.lerp_(new, 1 - keep) if kept.is_floating_point() else kept.copy_(new)

    @property
    def _networks(self) -> Networks:
        return {"network": self.network, "average": self.average}

    def save(self, path: Path) -> None:
        """Write everything needed to go on."""
        state = gathered(self._networks, {"network": self.optimiser})
        save_weights(path, state, {"engine": "landmarks-checkpoint", "steps": self.steps, "seconds": self.seconds})

    def resume(self, path: Path) -> None:
        """Go on from what `save` wrote. Raises EngineError for a corrupt file."""
        state, header = load_weights(path)
        scatter(state, self._networks, {"network": self.optimiser})
        self.steps, self.seconds = int(header["steps"]), float(header["seconds"])
        self.random = np.random.default_rng((self.how.seed, self.steps))

    def ship(self, path: Path, people: int) -> Path:
        """Write the averaged network in half precision."""
        state = {k: v.half() if v.is_floating_point() else v for k, v in self.average.state_dict().items()}
        facts = {"steps": self.steps, "minutes": round(self.seconds / 60, 1), "pictures": people}
        header = {"engine": "landmarks", "config": self.config.to_header(), "training": facts}
        save_weights(path, state, header | {"data": "people rendered by the trainer itself"})
        return path


def fit(course: Course, folder: Path, every: int, minutes: float) -> Iterator[tuple[float, int]]:
    """Fit until the time is spent (earlier runs counted in); yields loss and pictures known of every step."""
    people = read_people(folder, False, every)
    looked = saved = time.monotonic()
    while course.seconds < minutes * 60:
        began = time.process_time()
        loss = course.step(people, course.seconds / (minutes * 60))
        course.seconds += time.process_time() - began
        yield loss, len(people.pictures)
        now = time.monotonic()
        if now - looked > LOOK_AGAIN_S:
            people, looked = read_people(folder, False, every), now
        if now - saved > SAVE_S:
            course.save(HOME / "course.safetensors")
            saved = now


def run(job: TrainJob, data: Path | None) -> Work:
    """Render people where they are missing, then train for job.minutes of processor time; returns the weight file.

    job.data: a folder of people already rendered; recordings are not used.
    """
    folder, plan = Path(job.data) if job.data else HOME / "people", PeopleConfig()
    if not job.data:
        yield from render_people(folder, CACHE, plan)
    cuda = job.device == "cuda" or (job.device == "auto" and torch.cuda.is_available())
    course, kept = Course(LandmarkConfig(), LandmarkTraining(), torch.device("cuda" if cuda else "cpu")), HOME
    if job.resume and (kept / "course.safetensors").is_file():
        course.resume(kept / "course.safetensors")
    pictures = 0
    for loss, pictures in fit(course, folder, plan.unseen, job.minutes):
        stage = f"Training, step {course.steps}, loss {loss:.2f}, {pictures} pictures"
        yield Progress(min(course.seconds, job.minutes * 60), job.minutes * 60, stage)
    course.save(kept / "course.safetensors")
    return course.ship(PATH, pictures)
