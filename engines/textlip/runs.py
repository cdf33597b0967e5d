"""Knows a run: consecutive lip pictures of somebody speaking, with the phones heard; and how it lies on disk.

Letters: f frames, p phones. A run file is an .npz: pictures, mouths, starts, ends, symbols, stresses, about.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.api.events import EngineError
from engines.api.values import SILENCE, ByteArray, FloatArray, Phone

FPS = 25
"""Pictures a second of every run."""


@dataclass(frozen=True, eq=False)
class Run:
    """Lip pictures (f, 80, 160, 3), the mouth's points in them (f, 20, 2) where known, phones in seconds of the run.

    Picture i is the mouth at i / 25 s. split: train, check or unseen; source: synthetic, real or a corpus's name.
    """

    name: str
    split: str
    source: str
    text: str
    pictures: ByteArray
    mouths: FloatArray
    phones: tuple[Phone, ...]


def window_of(phones: tuple[Phone, ...], start_s: float, end_s: float) -> tuple[Phone, ...]:
    """The phones heard in a stretch of speech, cut at its ends, in seconds from its start; gaps are silence."""
    inside = [
        Phone(p.symbol, max(p.start_s, start_s) - start_s, min(p.end_s, end_s) - start_s, p.stress)
        for p in phones
        if p.end_s > start_s and p.start_s < end_s
    ]
    heard: list[Phone] = []
    at_s = 0.0
    for phone in (*inside, Phone(SILENCE, end_s - start_s, end_s - start_s)):
        if phone.start_s - at_s > 1e-3:
            heard.append(Phone(SILENCE, at_s, phone.start_s))
        heard.append(phone)
        at_s = phone.end_s
    return tuple(p for p in heard if p.end_s - p.start_s > 1e-3)


def durations(phones: tuple[Phone, ...], frames: int) -> NDArray[np.int64]:
    """Pictures that begin in each phone (p,), `frames` of them in all."""
    edges = np.ceil(np.round([p.end_s * FPS for p in phones], 3)).astype(np.int64)
    edges = np.minimum(edges, frames)
    if len(edges):
        edges[-1] = frames
    return np.diff(edges, prepend=0)


def write_run(folder: Path, run: Run) -> None:
    """Write a run in one move."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"name": run.name, "split": run.split, "source": run.source, "text": run.text}
    part = folder / f"{run.name}.npz.part"
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            pictures=run.pictures,
            mouths=run.mouths.astype(np.float32),
            starts=np.array([p.start_s for p in run.phones], np.float32),
            ends=np.array([p.end_s for p in run.phones], np.float32),
            symbols=np.array([p.symbol for p in run.phones], np.str_),
            stresses=np.array([p.stress for p in run.phones], np.int64),
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        )
    os.replace(part, folder / f"{run.name}.npz")


def read_run(path: Path) -> Run:
    """Read a run. Raises EngineError for a damaged file."""
    try:
        with np.load(path, allow_pickle=False) as data:
            about = json.loads(data["about"].tobytes())
            columns = (data[key].tolist() for key in ("symbols", "starts", "ends", "stresses"))
            phones = tuple(Phone(str(s), float(a), float(b), int(k)) for s, a, b, k in zip(*columns, strict=True))
            return Run(**about, pictures=data["pictures"], mouths=data["mouths"], phones=phones)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"The lip pictures {path} are damaged: delete that file and train again.") from error
