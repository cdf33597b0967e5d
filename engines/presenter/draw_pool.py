"""Draws many poses of the head in worker processes, each with a GL context of its own, and stores them as PNG."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray, FloatArray
from engines.presenter.footage_files import BACKGROUND, write_picture
from engines.scene import Camera, FilmRenderer, LiveRenderer, headless_context
from engines.scene.head import load_head

RENDERERS = {"film": FilmRenderer, "live": LiveRenderer}
TIERS = (*RENDERERS, "cycles")
SIZE = (1920, 1080)
"""The newsroom picture every window is cut from."""


@dataclass(frozen=True, eq=False)
class Shot:
    """One picture to draw.

    window: x, y, w, h of the newsroom picture; alpha: keep coverage, else lay over the neutral colour.
    """

    path: Path
    weights: FloatArray
    rotation: FloatArray
    window: tuple[int, int, int, int]
    alpha: bool = False


def draw_all(shots: list[Shot], tier: str, workers: int) -> Iterator[Path]:
    """Draw shots, in order as far as workers allow; yields each path when its file is whole.

    Closing the iterator stops after the pictures in work. Raises EngineError for a dead worker and an unwritable file.
    """
    if not shots:
        return
    if tier == "cycles":
        yield from _trace_all(shots)
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _open_worker, (tier, threads))
    try:
        futures = [pool.submit(_draw, shot) for shot in shots]
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as error:
        raise EngineError("A drawing process stopped: run the same command again, it goes on where it was.") from error
    except OSError as error:
        raise EngineError(
            f"{error.filename} could not be written: {error.strerror}. Mend that, then run again."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def over_neutral(picture: ByteArray) -> ByteArray:
    """RGBA with straight alpha (h, w, 4) over the neutral colour: (h, w, 3)."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    mixed = picture[..., :3] * alpha + np.float32(BACKGROUND) * (1 - alpha)
    return np.asarray(np.rint(mixed), np.uint8)


_renderer: Any = None
"""This worker's renderer."""


def _open_worker(tier: str, threads: int) -> None:
    """Make the renderer. A software rasteriser reads its thread count when its context is made."""
    global _renderer
    os.environ["LP_NUM_THREADS"] = str(threads)
    _renderer = RENDERERS[tier](headless_context(), load_head())


def _draw(shot: Shot) -> Path:
    return _keep(shot, _renderer.picture(shot.weights, shot.rotation, _view(shot)))


def _trace_all(shots: list[Shot]) -> Iterator[Path]:
    """Path-trace shots one by one, each on all cores."""
    from engines.presenter.cycles_footage import trace

    pictures = trace(load_head(), ((shot.weights, shot.rotation, _view(shot)) for shot in shots))
    for shot, picture in zip(shots, pictures, strict=True):
        yield _keep(shot, picture)


def _view(shot: Shot) -> Camera:
    return Camera.presenter(*SIZE, head=load_head()).crop(*shot.window)


def _keep(shot: Shot, picture: ByteArray) -> Path:
    write_picture(shot.path, picture if shot.alpha else over_neutral(picture))
    return shot.path
