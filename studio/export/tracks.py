"""Knows how facial motion is written for other programs: Live Link Face CSV, JSON, and which writer a name asks for."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from engines.api.arkit import NAMES
from engines.api.events import EngineError
from engines.api.values import FloatArray, Performance
from studio.atomic import explain, finished_in_one_move
from studio.export.acting import write_acting_glb
from studio.export.morphs import write_glb

_SWAPPED = {"jawLeft": "jawRight", "jawRight": "jawLeft", "mouthLeft": "mouthRight", "mouthRight": "mouthLeft"}
CSV_SHAPES: tuple[str, ...] = tuple(_SWAPPED.get(name, name) for name in NAMES)
"""The 52 shapes in the column order of the Live Link Face app, which puts right before left for jaw and mouth."""

_ANGLES = tuple(f"{part}{axis}" for part in ("Head", "LeftEye", "RightEye") for axis in ("Yaw", "Pitch", "Roll"))
CSV_HEADER: tuple[str, ...] = ("Timecode", "BlendshapeCount", *(n[0].upper() + n[1:] for n in CSV_SHAPES), *_ANGLES)
_EYE_YAW_RAD, _EYE_PITCH_RAD = 0.45, 0.38


def write_track(performance: Performance, path: Path, character: Path | None = None) -> None:
    """Write facial motion as path's ending asks (.csv, .glb, .json), whole or not at all.

    character: folder of the imported character whose GLB gets the motion, None for the studio's own head.

    Raises EngineError for an unknown ending, an empty performance and a place that cannot be written.
    """
    writer = TRACKS.get(path.suffix.lower())
    if writer is None:
        raise EngineError(f"{path.name} is not a kind of track: end its name in {', '.join(TRACKS)}.")
    if not len(performance.weights):
        raise EngineError("There is no motion to write: the sound is shorter than one frame.")
    try:
        with finished_in_one_move(path) as part:
            if character is not None and path.suffix.lower() == ".glb":
                write_acting_glb(performance, part, character)
            else:
                writer(performance, part)
    except OSError as error:
        raise EngineError(f"{path} could not be written: {explain(error)}.") from error


def write_csv(performance: Performance, path: Path) -> None:
    """Write the CSV of the Live Link Face app: one row per frame, 52 shapes and 9 angles in radians.

    Yaw is towards the person's left, pitch is down (as in Performance); timecodes count frames at the nominal rate.
    """
    order = [NAMES.index(name) for name in CSV_SHAPES]
    angles = np.concatenate([performance.rotation[:, [1, 0, 2]], _eye_angles(performance.weights)], axis=1)
    with path.open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(CSV_HEADER)
        for code, weights, turn in zip(
            _timecodes(len(angles), performance.fps), performance.weights[:, order], angles, strict=True
        ):
            rows.writerow([code, len(CSV_HEADER) - 2, *(f"{v:.6f}" for v in weights), *(f"{v:.6f}" for v in turn)])


def write_json(performance: Performance, path: Path) -> None:
    """Write names, exact rate as [numerator, denominator], and rows of weights and rotation, one frame a line."""
    about = {
        "format": "anchor-studio performance",
        "version": 1,
        "fps": [performance.fps.numerator, performance.fps.denominator],
        "rotation": "radians: pitch (down positive), yaw (to the person's left positive), roll",
        "names": list(NAMES),
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(about)[:-1] + ', "frames": [\n')
        for i, (weights, turn) in enumerate(zip(performance.weights, performance.rotation, strict=True)):
            frame = {
                "weights": np.round(weights.astype(float), 5).tolist(),
                "rotation": np.round(turn.astype(float), 6).tolist(),
            }
            file.write((",\n" if i else "") + json.dumps(frame))
        file.write("\n]}\n")


TRACKS: dict[str, Callable[[Performance, Path], None]] = {".csv": write_csv, ".glb": write_glb, ".json": write_json}
"""Writer of each file ending."""


def _eye_angles(weights: FloatArray) -> FloatArray:
    """Yaw, pitch, roll of the left and the right eye in radians: (f, 6)."""
    value = {name: weights[:, i] for i, name in enumerate(NAMES) if name.startswith("eyeLook")}
    none = np.zeros(len(weights), np.float32)
    columns = [
        (value["eyeLookOutLeft"] - value["eyeLookInLeft"]) * _EYE_YAW_RAD,
        (value["eyeLookDownLeft"] - value["eyeLookUpLeft"]) * _EYE_PITCH_RAD,
        none,
        (value["eyeLookInRight"] - value["eyeLookOutRight"]) * _EYE_YAW_RAD,
        (value["eyeLookDownRight"] - value["eyeLookUpRight"]) * _EYE_PITCH_RAD,
        none,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _timecodes(count: int, fps: Fraction) -> Iterator[str]:
    nominal = ceil(fps)
    for i in range(count):
        seconds, frame = divmod(i, nominal)
        yield f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}.000"
