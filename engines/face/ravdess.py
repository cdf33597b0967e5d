"""Reads folders laid out like RAVDESS whose videos were tracked: a recording, and a table of face curves beside it.

A name is seven pairs of digits (S. R. Livingstone, F. A. Russo, PLoS ONE 13(5), 2018): modality (01 sound and picture,
02 picture, 03 sound), channel (01 speech, 02 song), emotion (01 to 08), intensity (01 normal, 02 strong), statement (01
or 02), repetition (01, 02), actor (01 to 24; odd male). Beside `03-01-05-01-02-01-12.wav` lies `...-12.csv`, or the
same name with modality 01 or 02: a header, then a row for each video frame with columns `time_s`, any of the 52 ARKit
shapes or of the 46 expressions by name, and `pitch`, `yaw`, `roll` in radians. Shapes a table does not name are 0.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from engines.api.arkit import INDEX
from engines.api.events import EngineError
from engines.api.expressions import NUMBER, shapes_of
from engines.api.face import EMOTIONS
from engines.api.values import Audio, FloatArray
from engines.face.config import FPS

_NAME = re.compile(r"^(0[1-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(0[1-9]|1\d|2[0-4])$")
_TURNS = ("pitch", "yaw", "roll")
_SOUNDS = (".wav", ".flac")
_STATEMENTS = ("Kids are talking by the door", "Dogs are sitting by the door")


@dataclass(frozen=True)
class Performed:
    """One performance. strong: of the two intensities; actor: 1 to 24; sound, table: its files."""

    emotion: str
    strong: bool
    text: str
    actor: int
    song: bool
    sound: Path
    table: Path

    @property
    def voice(self) -> str:
        """The actor as a voice to split by."""
        return f"actor-{self.actor:02d}"


@dataclass(frozen=True, eq=False)
class Tracked:
    """Its sound, and curves at 25 a second: weights (f, 52), rotation (f, 3) in radians."""

    audio: Audio
    weights: FloatArray
    rotation: FloatArray


def performances(folder: Path) -> tuple[Performed, ...]:
    """Every sound below a folder that is named so and has a table beside it."""
    return tuple(each for path in sorted(folder.rglob("*")) if (each := performance(path)) is not None)


def performance(sound: Path) -> Performed | None:
    """What the name of a sound says; None for another file or one without a table."""
    match = _NAME.match(sound.stem)
    if match is None or sound.suffix.lower() not in _SOUNDS:
        return None
    _, channel, emotion, intensity, statement, _, actor = match.groups()
    tables = [sound.with_name(f"{modality}{sound.stem[2:]}.csv") for modality in (sound.stem[:2], "01", "02")]
    table = next((t for t in tables if t.is_file()), None)
    if table is None:
        return None
    strong, text = intensity == "02", _STATEMENTS[int(statement) - 1]
    return Performed(EMOTIONS[int(emotion) - 1], strong, text, int(actor), channel == "02", sound, table)


def load(performed: Performed) -> Tracked:
    """Read sound and curves, the curves brought to 25 a second. Fails with EngineError for what cannot be read."""
    try:
        samples, rate_hz = soundfile.read(performed.sound, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise EngineError(f"{performed.sound} cannot be read as sound; convert it to WAV or FLAC.") from error
    audio = Audio(np.ascontiguousarray(samples.mean(axis=1)), rate_hz)
    times_s, weights, rotation = _read_table(performed.table)
    at_s = np.arange(max(1, round(audio.seconds * FPS))) / FPS
    curves = np.concatenate([weights, rotation], axis=1)
    placed = np.stack([np.interp(at_s, times_s, column) for column in curves.T], axis=1).astype(np.float32)
    return Tracked(audio, placed[:, : len(INDEX)], placed[:, len(INDEX) :])


def _read_table(path: Path) -> tuple[np.ndarray, FloatArray, FloatArray]:
    """Times (t,), weights (t, 52) and rotation (t, 3) of a table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        columns = {name.strip(): np.array([float(row[name]) for row in rows]) for name in rows[0]}
        times_s = columns.pop("time_s")
    except (OSError, ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise EngineError(
            f"{path} is no table of face curves: give it a header with time_s and one row a frame."
        ) from error
    unknown = [n for n in columns if n not in INDEX and n not in NUMBER and n not in _TURNS]
    if unknown:
        raise EngineError(
            f"{path} names {unknown[0]!r}, which is no face shape: use the names of ARKit or FaceWarehouse."
        )
    if len(times_s) < 2 or not (np.diff(times_s) > 0).all():
        raise EngineError(f"{path} has times that do not grow: give each frame its own time in seconds.")
    weights, expressions = np.zeros((len(times_s), len(INDEX))), np.zeros((len(times_s), len(NUMBER)))
    for name, values in columns.items():
        if name in INDEX:
            weights[:, INDEX[name]] = values
        elif name in NUMBER:
            expressions[:, NUMBER[name]] = values
    rotation = np.stack([columns.get(name, np.zeros(len(times_s))) for name in _TURNS], axis=1)
    both = np.clip(weights + shapes_of(expressions.astype(np.float32)), 0.0, 1.0)
    return times_s, both.astype(np.float32), rotation.astype(np.float32)
