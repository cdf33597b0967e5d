"""An imported character made to fit the studio: mapped to ARKit shapes, as large and where the studio's own head is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.scene.gltf import Model, Part, read_model
from engines.scene.head import Head, load_head
from engines.scene.mapping import Mapping52, driven

Floats = NDArray[np.float32]
MODEL, ABOUT = "model.glb", "character.json"
FORMAT, VERSION = "anchor-character", 1
FACE = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "browInnerUp", "browDownLeft", "browDownRight", "eyeBlinkLeft")
"""Shapes whose reach says where the face is and how large."""


@dataclass(frozen=True, eq=False)
class Character:
    """parts: in the studio's centimetres, facing +z; table: (k, 52) which ARKit shape moves which target."""

    title: str
    parts: tuple[Part, ...]
    targets: tuple[str, ...]
    table: NDArray[np.bool_]
    pivot: Floats


def load_character(folder: Path) -> Character:
    """Load a character's folder. Raises EngineError."""
    title, mapping = read_about(folder)
    return fit(title, read_model(folder / MODEL), mapping)


def read_about(folder: Path) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Title and mapping of a character's folder. Raises EngineError."""
    try:
        told = json.loads((folder / ABOUT).read_bytes())
        if told["format"] != FORMAT or told["version"] != VERSION:
            raise ValueError("another format")
        mapping = {str(k): tuple(str(v) for v in values) for k, values in told["mapping"].items() if k in INDEX}
        return str(told["title"]), mapping
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"The character in {folder} is damaged: import its GLB again.") from error


def fit(title: str, model: Model, mapping: Mapping52, head: Head | None = None) -> Character:
    """Turn, scale and place a model so that its face lies where the studio's own does."""
    head = head or load_head(level=0)
    shapes = _telling(mapping)
    if faces_away(model, mapping):
        model = _turned(model)
    low, high = _reach(model, mapping, shapes)
    our_low, our_high = _own_reach(head, shapes)
    scale = float((our_high - our_low)[1] / max((high - low)[1], 1e-9))
    middle, ours = (low + high) / 2, (our_low + our_high) / 2
    ours[2] += (our_high - our_low)[2] / 2 - scale * (high - low)[2] / 2  # the front of the face in one plane

    def place(points: Floats) -> Floats:
        return ((points - middle) * scale + ours).astype(np.float32)

    parts = tuple(
        replace(p, points=place(p.points), offsets=(p.offsets * scale).astype(np.float32)) for p in model.parts
    )
    pivot = head.pivot.astype(np.float32) if model.pivot is None else place(model.pivot)
    return Character(title, parts, model.targets, driven(mapping, model.targets), pivot)


def _reach(model: Model, mapping: Mapping52, shapes: list[str]) -> tuple[Floats, Floats]:
    """The box of what the shapes move in the part they reach farthest in; of everything, if they move nothing."""
    wanted = {target for name in shapes for target in mapping.get(name, ())}
    moved = [part.points[_moved(part.offsets[_chosen(part, wanted)])] for part in model.parts]
    points = max(moved, key=lambda found: np.ptp(found[:, 1]) if len(found) else 0.0)
    if not len(points):
        points = np.concatenate([part.points for part in model.parts])
    low, high = np.percentile(points, [2, 98], axis=0)
    return low, high


def _telling(mapping: Mapping52) -> list[str]:
    """Shapes that say where the face is."""
    return [name for name in FACE if mapping.get(name)] or [name for name in NAMES if mapping.get(name)]


def _chosen(part: Part, wanted: set[str]) -> list[int]:
    return [k for k, target in enumerate(part.targets) if target in wanted]


def _own_reach(head: Head, shapes: list[str]) -> tuple[Floats, Floats]:
    skin = head.meshes["skin"]
    chosen = [INDEX[name] for name in shapes] or list(range(len(NAMES)))
    low, high = np.percentile(skin.rest[_moved(skin.shapes[chosen])], [2, 98], axis=0)
    return low, high


def _moved(offsets: Floats) -> NDArray[np.bool_]:
    """Vertices that any of the shapes (k, v, 3) moves by a tenth of its largest step."""
    step = np.linalg.norm(offsets, axis=2)
    return (step > 0.1 * step.max(1, keepdims=True, initial=1e-9)).any(0)


def faces_away(model: Model, mapping: Mapping52) -> bool:
    """Whether the face looks to -z: what its shapes move lies behind the middle of the head (VRM 0 is so)."""
    wanted = {target for name in _telling(mapping) for target in mapping.get(name, ())}
    part = max(model.parts, key=lambda one: len(_chosen(one, wanted)))
    chosen = _chosen(part, wanted)
    if not chosen:
        return False
    moved = part.points[_moved(part.offsets[chosen])]
    near = part.points[np.abs(part.points[:, 1] - moved[:, 1].mean()) < np.ptp(moved[:, 1])]
    middle = model.pivot[2] if model.pivot is not None else (near[:, 2].min() + near[:, 2].max()) / 2
    return bool(moved[:, 2].mean() < middle - 1e-6)


def _turned(model: Model) -> Model:
    """Half a turn about the upright axis."""
    half = np.array([-1, 1, -1], np.float32)
    parts = tuple(
        replace(p, points=p.points * half, normals=p.normals * half, offsets=p.offsets * half) for p in model.parts
    )
    return replace(model, parts=parts, pivot=None if model.pivot is None else model.pivot * half)
