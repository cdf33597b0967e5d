"""Prepares speech once for training: one long stream of columns with the true face of every window, kept on disk.

Each recording is heard clean and as another microphone in another room might have heard it, a little faster or slower.
Utterances follow each other in the stream, 32 columns of silence between, as they would in life. c columns, f faces.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.api.events import Progress
from engines.api.values import Audio, FloatArray, Speech
from engines.face.config import COLUMNS, FPS, FaceConfig
from engines.face.material import RATE_HZ, Item
from engines.face.sound import Heard, hear
from engines.face.truth import Truth, acted_face, true_face
from engines.lipsync.augment import quicker, recorded_elsewhere

VERSION = 7
VERSIONS = 4
"""How often each recording is heard: clean, then changed, each time in another way. Acted sentences are heard once,
every other one changed."""
_FIELDS = ("columns", "ends", "expressions", "turns", "shut")


@dataclass(frozen=True, eq=False)
class Stream:
    """Speech ready to learn from.

    columns: (c, bands) float16; ends: (f,) last column of each face; expressions: (f, 46) float16; turns: (f, 3)
    float32 quaternion vectors; shut: (f,) bool.
    """

    columns: np.ndarray
    ends: np.ndarray
    expressions: np.ndarray
    turns: FloatArray
    shut: np.ndarray

    @property
    def begins(self) -> np.ndarray:
        """First faces (n,) of the recordings that follow each other: the windows of two share no column."""
        return np.concatenate([[0], 1 + np.flatnonzero(np.diff(self.ends) >= COLUMNS)])

    def clip(self, first: int, faces: int) -> Stream:
        """`faces` faces from face `first` on, its ends counted from its own first column."""
        chosen = slice(first, first + faces)
        start = int(self.ends[first]) - COLUMNS + 1
        columns = self.columns[start : int(self.ends[first + faces - 1]) + 1]
        return Stream(
            columns, self.ends[chosen] - start, self.expressions[chosen], self.turns[chosen], self.shut[chosen]
        )


def prepare(items: tuple[Item, ...], folder: Path, config: FaceConfig, versions: int) -> Iterator[Progress | Stream]:
    """Yields Progress, and last the Stream of the items, from the folder where it was prepared before."""
    place = folder / stamp(items, config, versions)
    if not (place / "shut.npy").is_file():
        parts: list[Stream] = []
        for i, item in enumerate(items):
            parts += [heard_as(item, config, version) for version in (range(versions) if item.real else (i % 2,))]
            yield Progress(i + 1, len(items), "Hearing speech")
        _write(place, joined(parts))
    yield Stream(*(np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _FIELDS))


def stamp(items: tuple[Item, ...], config: FaceConfig, versions: int) -> str:
    """A name for prepared speech that changes with whatever it depends on."""
    about = "\n".join([*(i.key for i in items), str(config.bands), str(versions), str(VERSION)])
    return "stream-" + hashlib.blake2b(about.encode(), digest_size=6).hexdigest()


def heard_as(item: Item, config: FaceConfig, version: int) -> Stream:
    """One version of one piece of speech: 0 is clean."""
    seed = int.from_bytes(hashlib.blake2b(f"{version} {item.key}".encode(), digest_size=6).digest(), "big")
    speech = item.load()
    if version:
        speech = changed(speech, np.random.default_rng(seed), speed=item.tracked is None)
    heard = hear(speech.audio, max(1, round(speech.audio.seconds * FPS)), config.top_hz)
    truth = truth_of(item, speech, heard)
    columns = heard.columns[:, : config.bands].astype(np.float16)
    return Stream(columns, heard.ends, truth.expressions.astype(np.float16), truth.turns, truth.shut)


def truth_of(item: Item, speech: Speech, heard: Heard) -> Truth:
    """The face of an item: its actor's where there was one, else that of the rules."""
    if item.tracked is not None:
        return acted_face(item.tracked(), len(heard.ends))
    return true_face(speech, heard, item.emotion)


def changed(speech: Speech, rng: np.random.Generator, *, speed: bool = True) -> Speech:
    """The same speech faster or slower, elsewhere, nearer or further."""
    faster = quicker(speech, float(rng.uniform(0.88, 1.14))) if speed else speech
    samples = recorded_elsewhere(faster.audio.samples, rng) * np.float32(10 ** (rng.uniform(-14, 6) / 20))
    peak = max(1.0, float(np.abs(samples).max()))
    return Speech(Audio((samples / peak).astype(np.float32), RATE_HZ), faster.phones, text=speech.text)


def joined(parts: list[Stream]) -> Stream:
    """One stream of many."""
    offsets = np.cumsum([0, *(len(p.columns) for p in parts[:-1])])
    ends = np.concatenate([p.ends + offset for p, offset in zip(parts, offsets, strict=True)])
    rest = [np.concatenate([getattr(p, name) for p in parts]) for name in ("expressions", "turns", "shut")]
    return Stream(np.concatenate([p.columns for p in parts]), ends, *rest)


def _write(place: Path, stream: Stream) -> None:
    part = place.with_name(place.name + ".part")
    part.mkdir(parents=True, exist_ok=True)
    for name in _FIELDS:
        np.save(part / f"{name}.npy", getattr(stream, name), allow_pickle=False)
    os.replace(part, place)
