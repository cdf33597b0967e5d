"""Knows how footage lies on disk, so that whoever renders it and whoever trains on it agree.

A footage folder:
    footage.json               what every picture shares: see Footage
    <split>/<clip>/clip.json   key, text, voice, split, seed, fps, frames: the picture numbers planned
    <split>/<clip>/sound.flac  the clip's sound, whole
    <split>/<clip>/curves.npz  weights (f, 52), rotation (f, 3), landmarks (f, 68, 2) in box pixels, for every frame
    <split>/<clip>/00042.png   the face box at frame 42: 512 x 512 RGB, light compression
    template/                  the silent clip of the presenter: template.mp4, matte.mp4, template.npz
Pictures appear one by one in the order of footage.json; each is whole as soon as it has its name.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from engines.api.events import EngineError
from engines.api.values import Audio, ByteArray, FloatArray, Performance
from engines.common.weights import write_json

FORMAT = 1
FILMED = "filmed"
"""The tier of footage of a person: nothing about it is known from the head."""
BACKGROUND = (84, 94, 108)
"""The neutral colour behind the presenter in every picture, RGB."""


@dataclass(frozen=True)
class Footage:
    """What every picture of a folder shares.

    tier: film, live, cycles or filmed; look: hash of the head's files, or of the films; camera: width and height of the
    whole picture; box: x, y, w, h of the face box in it; order: (clip folder, picture number) in rendering order.
    """

    tier: str
    look: str
    camera: tuple[int, int]
    box: tuple[int, int, int, int]
    plan: str
    order: tuple[tuple[str, int], ...]
    background: tuple[int, int, int] = BACKGROUND


@dataclass(frozen=True, eq=False)
class Clip:
    """One utterance of the footage. name: its folder below the footage folder; frames: picture numbers planned.

    landmarks: (f, 68, 2) float32 in box pixels, for every frame of the performance.
    """

    name: str
    key: str
    split: str
    text: str
    voice: str
    seed: int
    performance: Performance
    landmarks: FloatArray
    frames: tuple[int, ...]

    def picture_path(self, root: Path, frame: int) -> Path:
        """Where a picture of this clip lies or will lie."""
        return root / self.name / f"{frame:05d}.png"

    def rendered(self, root: Path) -> tuple[int, ...]:
        """Numbers of the pictures that are there already."""
        return tuple(frame for frame in self.frames if self.picture_path(root, frame).is_file())

    def sound(self, root: Path) -> Audio:
        """The clip's sound, whole."""
        samples, rate_hz = soundfile.read(root / self.name / "sound.flac", dtype="float32")
        return Audio(samples, rate_hz)


def write_clip(root: Path, clip: Clip, audio: Audio) -> None:
    """Write everything of a clip but its pictures."""
    folder = root / clip.name
    folder.mkdir(parents=True, exist_ok=True)
    write_sound(folder / "sound.flac", audio)
    write_arrays(
        folder / "curves.npz",
        weights=clip.performance.weights,
        rotation=clip.performance.rotation,
        landmarks=clip.landmarks,
    )
    about = {"key": clip.key, "split": clip.split, "text": clip.text, "voice": clip.voice, "seed": clip.seed}
    write_json(folder / "clip.json", {**about, "fps": str(clip.performance.fps), "frames": list(clip.frames)})


def read_clip(root: Path, name: str) -> Clip:
    """Read a clip. Raises EngineError for a damaged folder."""
    folder = root / name
    try:
        about = json.loads((folder / "clip.json").read_text(encoding="utf-8"))
        with np.load(folder / "curves.npz", allow_pickle=False) as data:
            weights, rotation, landmarks = (data[key] for key in ("weights", "rotation", "landmarks"))
        motion = Performance(weights, rotation, Fraction(about["fps"]))
        facts = [str(about[key]) for key in ("key", "split", "text", "voice")]
        return Clip(name, *facts, int(about["seed"]), motion, landmarks, tuple(about["frames"]))
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(f"The footage in {folder} is damaged: delete that folder and run footage again.") from error


def read_clips(root: Path) -> tuple[Clip, ...]:
    """Every clip of a footage folder, by name. Raises EngineError where there is no footage."""
    read_footage(root)
    return tuple(
        read_clip(root, path.parent.relative_to(root).as_posix()) for path in sorted(root.glob("*/*/clip.json"))
    )


def write_footage(root: Path, footage: Footage) -> None:
    """Write footage.json."""
    write_json(root / "footage.json", {"format": FORMAT, **asdict(footage)})


def read_footage(root: Path) -> Footage:
    """Read footage.json. Raises EngineError where it is missing or of another format."""
    try:
        about: dict[str, Any] = json.loads((root / "footage.json").read_text(encoding="utf-8"))
        if about.pop("format") != FORMAT:
            raise EngineError(f"The footage in {root} was made by another version: render into another folder.")
        about["order"] = tuple((str(name), int(frame)) for name, frame in about["order"])
        return Footage(**{key: tuple(value) if isinstance(value, list) else value for key, value in about.items()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"There is no footage in {root}: run 'anchor-studio footage --out {root}' first.") from error


def write_picture(path: Path, picture: ByteArray) -> None:
    """Write a picture (h, w, 3 or 4), RGB or RGBA, as a lightly compressed PNG, in one move."""
    import cv2

    swap = cv2.COLOR_RGB2BGR if picture.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    done, data = cv2.imencode(".png", cv2.cvtColor(picture, swap), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert done
    part = path.with_name(path.name + ".part")
    part.write_bytes(data.tobytes())
    os.replace(part, path)


def read_picture(path: Path) -> ByteArray:
    """Read a picture as it was written, (h, w, 3 or 4). Raises EngineError for a damaged file."""
    import cv2

    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3:
        raise EngineError(f"The picture {path} is damaged: delete it and run footage again.")
    swap = cv2.COLOR_BGR2RGB if picture.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(picture, swap), np.uint8)


def write_arrays(path: Path, **arrays: FloatArray) -> None:
    """Write named arrays as .npz in one move."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    os.replace(part, path)


def write_sound(path: Path, audio: Audio) -> None:
    """Write sound as FLAC in one move."""
    part = path.with_name(path.name + ".part")
    soundfile.write(part, audio.samples, audio.rate_hz, format="FLAC")
    os.replace(part, path)
