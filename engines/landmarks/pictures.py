"""Renders people for training, one shard of pictures per person; stops and goes on at any time.

A shard: pictures (n, s, s, 4) RGBA, straight alpha; points (n, 68, 2) in picture pixels.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
from PIL import Image

from engines.api.arkit import INDEX, NAMES
from engines.api.events import Progress
from engines.api.rooms import Work
from engines.api.values import ByteArray, FloatArray
from engines.landmarks.config import PeopleConfig
from engines.landmarks.people import Family, open_family, person
from engines.scene.camera import Camera
from engines.scene.context import headless_context
from engines.scene.head import Head, load_head
from engines.scene.light import PRESETS
from engines.scene.live import LiveRenderer

TURN = (0.18, 0.28, 0.15)
"""Spread of pitch, yaw and roll, radians."""
TONES = 10
TALKING = ("jawOpen", "mouthFunnel", "mouthPucker", "mouthClose", "mouthRollLower", "mouthRollUpper")


def render_people(out: Path, cache: Path, config: PeopleConfig) -> Work:
    """Render what a folder lacks; yields Progress by person, returns the number of shards.

    cache: folder of the head's source packages. Raises EngineError where nothing can be drawn or downloaded.
    """
    missing = [n for n in range(config.people) if not shard_path(out, n).is_file()]
    if not missing:
        return config.people
    out.mkdir(parents=True, exist_ok=True)
    family, head = open_family(cache), load_head(level=0)
    tones = paint_tones(out, head, config.seed)
    for done, n in enumerate(missing):
        yield Progress(config.people - len(missing) + done, config.people, "Rendering people")
        render_person(shard_path(out, n), family, head, tones, config, n)
    return config.people


def shard_path(out: Path, number: int) -> Path:
    """Where a person's pictures lie."""
    return out / f"{number:04d}.npz"


def paint_tones(out: Path, head: Head, seed: int) -> list[Path]:
    """Skin pictures from pale to dark, of 512 pixels, beside the shards."""
    random, paths = np.random.default_rng(seed), []
    with Image.open(head.textures["skin_albedo"]) as file:
        skin = np.asarray(file.convert("RGB").resize((512, 512)), np.float32) / 255
    for k in range(TONES):
        path = out / f"tone-{k}.png"
        deep = np.float32([1.0, 1.12, 1.22]) ** random.uniform(-0.5, 1.0)
        tone = np.clip(skin * random.uniform(0.45, 1.12) / deep, 0, 1) ** random.uniform(0.8, 1.35)
        Image.fromarray((tone * 255).astype(np.uint8)).save(path)
        paths.append(path)
    return paths


def render_person(path: Path, family: Family, head: Head, tones: list[Path], config: PeopleConfig, number: int) -> None:
    """Render one person's shard; a context each, so that what it holds is freed with it."""
    random = np.random.default_rng((config.seed, number))
    whom = person(head, family, random, tones[number % len(tones)], hair=bool(random.random() < 0.75))
    context = headless_context()
    try:
        renderer = LiveRenderer(context, whom, shadow_size=512)
        shots = [shoot(renderer, whom, random, config.size) for _ in range(config.pictures)]
    finally:
        context.release()
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(
            file, pictures=np.stack([picture for picture, _ in shots]), points=np.stack([points for _, points in shots])
        )
    os.replace(part, path)


def shoot(renderer: LiveRenderer, head: Head, random: np.random.Generator, size: int) -> tuple[ByteArray, FloatArray]:
    """One picture (s, s, 4) and its points (68, 2): any expression, pose, light and distance."""
    weights = expression(random)
    rotation = np.clip(random.normal(0, TURN), -np.multiply(TURN, 2.2), np.multiply(TURN, 2.2)).astype(np.float32)
    marks = head.landmarks(weights, rotation)
    camera = view_of(marks.mean(0), float(np.ptp(marks[:, 1])), random, size)
    picture = renderer.picture(weights, rotation, camera, light=str(random.choice(sorted(PRESETS))))
    return picture, camera.project(marks).astype(np.float32)


def expression(random: np.random.Generator) -> FloatArray:
    """Face weights (52,): speech mostly, with a few other units, blinks and glances."""
    weights = np.zeros(len(NAMES), np.float32)
    for name in random.choice(NAMES, random.integers(0, 6), replace=False):
        weights[INDEX[str(name)]] = random.uniform(0, 0.7)
    for name in random.choice(TALKING, 2, replace=False):
        weights[INDEX[str(name)]] = random.beta(1.0, 2.2)
    weights[INDEX["jawOpen"]] = random.choice([0.0, random.beta(1.2, 3.0)])
    weights[INDEX["tongueOut"]] = 0.0
    if random.random() < 0.2:
        weights[[INDEX["eyeBlinkLeft"], INDEX["eyeBlinkRight"]]] = random.uniform(0.3, 1.0)
    return weights


def view_of(middle: FloatArray, height: float, random: np.random.Generator, size: int) -> Camera:
    """A camera before the face, near or far, that keeps room round it for crops placed badly."""
    reach = random.uniform(60, 320)
    fov = 2 * math.degrees(math.atan(height * random.uniform(0.95, 1.15) / reach))
    lift, side = random.uniform(-0.18, 0.18, 2) * reach
    x, y, z = (float(v) for v in middle)
    return Camera((x + side * 0.5, y + lift * 0.6, z + reach), (x, y, z), fov, size, size)
