"""Knows the head file: puts cages, strands and landmarks into one safetensors file with a JSON header."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from engines.api.arkit import NAMES
from engines.scene.builder.cages import Cage
from engines.scene.builder.sources import Doubles, Ints
from engines.scene.head import FILE, FORMAT, VERSION

STILL_CM = 2e-4
"""A vertex that no shape moves further is written as still."""


@dataclass(frozen=True, eq=False)
class Growth:
    """Hairs to write: points (s, k, 3) cm; triple, weights (s, 3) skin vertices and shares; width cm; rigid."""

    points: Doubles
    triple: Ints
    weights: Doubles
    width: float
    rigid: bool


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Everything about the head that is not a surface or a hair."""

    title: str
    landmarks: Ints  # (68,) into the skin
    landmark_shift: Doubles  # (68, 3)
    eye_centres: Doubles  # (2, 3)
    eye_radius: float
    pivot: Doubles  # (3,)


def write_head(
    folder: Path,
    cages: Sequence[Cage],
    occlusion: Mapping[str, Doubles],
    growth: Mapping[str, Growth],
    anatomy: Anatomy,
    textures: Mapping[str, str],
) -> Path:
    """Write the head file into folder and return its path."""
    arrays: dict[str, Any] = {
        "landmarks": anatomy.landmarks.astype(np.int32),
        "landmark_shift": anatomy.landmark_shift.astype(np.float32),
        "eye_centres": anatomy.eye_centres.astype(np.float32),
        "pivot": anatomy.pivot.astype(np.float32),
    }
    for cage in cages:
        arrays |= _cage_arrays(cage, occlusion.get(cage.name))
    for name, hairs in growth.items():
        arrays |= _hair_arrays(name, hairs)
    about = {
        "version": VERSION,
        "title": anatomy.title,
        "shapes": list(NAMES),
        "eye_radius": anatomy.eye_radius,
        "meshes": {cage.name: {"smooth": cage.smooth} for cage in cages},
        "strands": {name: {"width": hairs.width, "rigid": hairs.rigid} for name, hairs in growth.items()},
        "textures": dict(textures),
    }
    path = folder / FILE
    part = path.with_name(FILE + ".part")
    tight = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
    part.write_bytes(save(tight, {FORMAT: json.dumps(about)}))
    os.replace(part, path)
    return path


def _cage_arrays(cage: Cage, occlusion: Doubles | None) -> dict[str, Any]:
    moving = np.flatnonzero(np.abs(cage.shapes).max((0, 2)) > STILL_CM).astype(np.int32)
    open_sky = np.ones((len(cage.rest), 2)) if occlusion is None else occlusion
    values = {
        "rest": cage.rest.astype(np.float32),
        "quads": cage.quads,
        "uv": cage.uv.astype(np.float32),
        "uv_quads": cage.uv_quads,
        "follow": cage.follow.astype(np.float16),
        "moving": moving,
        "shapes": cage.shapes[:, moving].astype(np.float16),
        "occlusion": (open_sky.clip(0, 1) * 255 + 0.5).astype(np.uint8),
    }
    return {f"{cage.name}.{key}": value for key, value in values.items()}


def _hair_arrays(name: str, hairs: Growth) -> dict[str, Any]:
    """Roots in full, the rest as half-precision steps, each measured from the rounded point before it."""
    root = hairs.points[:, 0].astype(np.float32)
    steps = np.zeros(hairs.points.shape, np.float16)
    reached = root.astype(float)
    for k in range(1, hairs.points.shape[1]):
        steps[:, k] = (hairs.points[:, k] - reached).astype(np.float16)
        reached += steps[:, k]
    return {
        f"{name}.root": root,
        f"{name}.steps": steps[:, 1:],
        f"{name}.triple": hairs.triple.astype(np.int32),
        f"{name}.weights": hairs.weights.astype(np.float16),
    }
