"""Films the computer-made presenter's mouth while it speaks: lip pictures with phones and mouth points; resumes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np

from engines.api.arkit import NAMES
from engines.api.values import ByteArray, FloatArray
from engines.scene import Camera, FilmRenderer, headless_context
from engines.scene.head import Head, load_head
from engines.textlip.material import Source, sources, window_s
from engines.textlip.mouths import perform
from engines.textlip.placing import HEIGHT, WIDTH, LipWindow, carry, cut
from engines.textlip.runs import FPS, Run, window_of, write_run

SIZE = (1920, 1080)
"""The newsroom picture the mouth is cut from."""
MARGIN = 14
"""Pixels drawn around the lip picture, so that it can be turned upright."""
BEHIND = (84, 94, 108)


class Filmer:
    """Draws the presenter's mouth, head motion taken out; hair, brows and suit, which it never shows, are not drawn."""

    def __init__(self) -> None:
        self.head = load_head()
        self.camera = Camera.presenter(*SIZE, head=self.head)
        still = np.zeros(len(NAMES), np.float32), np.zeros(3, np.float32)
        self.window = LipWindow(self.camera.project(self.head.landmarks(*still)).astype(np.float32))
        bare = {name: mesh for name, mesh in self.head.meshes.items() if name != "suit"}
        self._renderer = FilmRenderer(headless_context(), replace(self.head, meshes=bare, strands={}))

    def shoot(self, weights: FloatArray, rotation: FloatArray) -> tuple[ByteArray, FloatArray]:
        """The lip picture (80, 160, 3) of a pose and the 20 mouth points in it."""
        landmarks = landmarks_of(self.head, self.camera, weights, rotation)
        matrix = self.window.place(landmarks)
        inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
        corners = carry(inverse, np.float32([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]]))
        x, y = (int(v) - MARGIN for v in corners.min(0))
        picture = self._renderer.picture(
            weights, rotation, self.camera.crop(x, y, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
        )
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ np.float32([x, y])
        return cut(over_neutral(picture), moved), carry(matrix, landmarks[48:68])


def landmarks_of(head: Head, camera: Camera, weights: FloatArray, rotation: FloatArray) -> FloatArray:
    """The 68 points (68, 2) of a pose in the newsroom picture."""
    return camera.project(head.landmarks(weights, rotation)).astype(np.float32)


def over_neutral(picture: ByteArray) -> ByteArray:
    """RGBA with straight alpha over a neutral colour."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.asarray(np.rint(picture[..., :3] * alpha + np.float32(BEHIND) * (1 - alpha)), np.uint8)


def film(data: Path | None, folder: Path, pictures: int) -> Iterator[int]:
    """Film runs into the folder until it holds so many pictures or the speech is used up; yields the number there."""
    filmer: Filmer | None = None
    total = 0
    for i, source in enumerate(sources(data)):
        name = f"{i:04d}-" + re.sub(r"[^A-Za-z0-9-]+", "_", source.key)[-60:]
        if total >= pictures:
            return
        if not (folder / f"{name}.npz").is_file():
            filmer = filmer or Filmer()
            run = shoot_run(filmer, name, source, first=i % 2 == 0 or source.split != "train")
            write_run(folder, run)
        total += count_pictures(folder / f"{name}.npz")
        yield total


def shoot_run(filmer: Filmer, name: str, source: Source, first: bool) -> Run:
    """Film one window of one piece of speech."""
    speech = source.load()
    start_s, end_s = window_s(speech, source.key, first)
    motion = perform(speech, crc32(source.key.encode()))
    frames = range(round(start_s * FPS), min(round(end_s * FPS), len(motion.weights)))
    shots = [filmer.shoot(motion.weights[i], motion.rotation[i]) for i in frames]
    phones = window_of(speech.phones, start_s, start_s + len(frames) / FPS)
    pictures, mouths = (np.stack(column) for column in zip(*shots, strict=True))
    return Run(name, source.split, source.source, speech.text, pictures, mouths, phones)


def count_pictures(path: Path) -> int:
    """Pictures of a run file, without reading them."""
    with np.load(path, allow_pickle=False) as data:
        return len(data["mouths"])
