"""Reading a GLB with morph targets: its meshes in their rest pose, every shape's offsets, the joint the head turns on.

glTF 2.0, sections 3.7.2.2 (morph targets) and 3.7.3 (skins).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.api.events import EngineError
from engines.scene.gltf_book import Book
from engines.scene.gltf_nodes import Nodes

Floats = NDArray[np.float32]
ROUGH = 0.6
"""Of a surface that tells it by a picture, or not at all: skin is about so."""


@dataclass(frozen=True, eq=False)
class Part:
    """One piece of surface in the rest pose, in the file's own units.

    points, normals: (v, 3); uv: (v, 2), v down; tint: (v, 3) colours of the vertices; triangles: (t, 3); targets: names
    of its shapes; offsets: (k, v, 3); follow: (v,) how far it turns with the head; colour: RGBA; rough: 0 a mirror, 1
    dull; picture: bytes of the base colour texture, may be empty; see_through: whether its alpha cuts holes.
    """

    name: str
    points: Floats
    normals: Floats
    uv: Floats
    tint: Floats
    triangles: NDArray[np.int32]
    targets: tuple[str, ...]
    offsets: Floats
    follow: Floats
    colour: tuple[float, float, float, float]
    rough: float
    picture: bytes
    see_through: bool


@dataclass(frozen=True, eq=False)
class Model:
    """A GLB's surfaces. targets: names of all shapes, in the order of the file; pivot: (3,) where the head turns.

    pivot is None where no joint is called head; remarks: one sentence for each thing the user should know.
    """

    parts: tuple[Part, ...]
    targets: tuple[str, ...]
    pivot: Floats | None
    remarks: tuple[str, ...] = ()


def read_model(path: Path) -> Model:
    """Read a GLB. Raises EngineError in one sentence: not a GLB, broken, packed, without surfaces or without shapes."""
    book = Book.open(path)
    try:
        model = _model(book)
    except EngineError:
        raise
    except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
        raise EngineError(f"{path.name} is damaged: export it again as a binary glTF file (.glb).") from error
    if not model.parts:
        raise EngineError(f"{path.name} holds no surface: export the character's mesh with it.")
    if not model.targets:
        raise EngineError(f"{path.name} has no morph targets: export the face with its blend shapes (shape keys).")
    return model


def _model(book: Book) -> Model:
    nodes = Nodes(book)
    parts: list[Part] = []
    remarks: list[str] = []
    for index, node in enumerate(book.about.get("nodes", ())):
        if "mesh" in node and nodes.in_scene(index):
            mesh = book.about["meshes"][node["mesh"]]
            for piece in mesh["primitives"]:
                if piece.get("mode", 4) == 4:
                    parts.append(_part(book, nodes, index, mesh, piece, remarks))
    targets = dict.fromkeys(name for part in parts for name in part.targets)
    return Model(tuple(parts), tuple(targets), nodes.pivot, tuple(dict.fromkeys(remarks)))


def _part(book: Book, nodes: Nodes, index: int, mesh: Any, piece: Any, remarks: list[str]) -> Part:
    attributes = piece["attributes"]
    rest = book.array(attributes["POSITION"]).astype(np.float32)
    turn, follow = nodes.placing(index, attributes, len(rest))  # (v, 3, 4)
    points = np.einsum("vij,vj->vi", turn, np.c_[rest, np.ones(len(rest), np.float32)])
    told = piece.get("targets", ())
    moves = [book.array(t["POSITION"]) if "POSITION" in t else np.zeros_like(rest) for t in told]
    offsets = np.zeros((len(moves), len(rest), 3))
    for k, move in enumerate(moves):
        offsets[k] = np.einsum("vij,vj->vi", turn[:, :, :3], move)
    order = book.array(piece["indices"]) if "indices" in piece else np.arange(len(rest))
    triangles = order.reshape(-1, 3)
    triangles = triangles.astype(np.int32)
    if len(triangles) and triangles.max() >= len(rest):
        raise ValueError("a triangle has no such vertex")
    uv = book.array(attributes["TEXCOORD_0"]) if "TEXCOORD_0" in attributes else np.zeros((len(rest), 2))
    colour, rough, picture, see_through = _material(book, piece.get("material"))
    return Part(
        name=str(mesh.get("name", "")),
        points=points.astype(np.float32),
        normals=_normals(points, triangles),
        uv=uv.astype(np.float32),
        tint=_tint(book, attributes, len(rest)),
        triangles=triangles,
        targets=target_names(mesh, remarks)[: len(moves)],
        offsets=offsets.astype(np.float32),
        follow=follow.astype(np.float32),
        colour=colour,
        rough=rough,
        picture=picture,
        see_through=see_through,
    )


def target_names(mesh: Any, remarks: list[str] | None = None) -> tuple[str, ...]:
    """Names of a mesh's shapes from extras.targetNames; doubles are numbered, missing ones called by their place."""
    count = max((len(piece.get("targets", ())) for piece in mesh["primitives"]), default=0)
    extras = [mesh.get("extras"), *(piece.get("extras") for piece in mesh["primitives"])]
    told = next((e["targetNames"] for e in extras if isinstance(e, dict) and e.get("targetNames")), ())
    said: list[str] = []
    names: list[str] = []
    for i in range(count):
        name = str(told[i]) if i < len(told) and str(told[i]).strip() else f"target {i + 1}"
        if name in names:
            double = next(f"{name} ({n})" for n in range(2, count + 2) if f"{name} ({n})" not in names)
            said.append(f"Two shapes are called “{name}”: the second is listed as “{double}”.")
            name = double
        names.append(name)
    if count and not told:
        said.append("The shapes of this file have no names: map them by their place.")
    if remarks is not None:
        remarks += said
    return tuple(names)


def _tint(book: Book, attributes: Any, count: int) -> Floats:
    """Colours of the vertices, white where there are none."""
    if "COLOR_0" not in attributes:
        return np.ones((count, 3), np.float32)
    return book.array(attributes["COLOR_0"])[:, :3].astype(np.float32)


def _material(book: Book, index: int | None) -> tuple[tuple[float, float, float, float], float, bytes, bool]:
    """Colour, roughness, picture, whether its alpha counts (glTF 2.0, section 3.9.2)."""
    if index is None:
        return (0.72, 0.70, 0.68, 1.0), ROUGH, b"", False
    told = book.about["materials"][index]
    surface = told.get("pbrMetallicRoughness", {})
    red, green, blue, alpha = (float(v) for v in surface.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0)))
    rough = ROUGH if "metallicRoughnessTexture" in surface else float(surface.get("roughnessFactor", 1.0))
    picture = b""
    if "baseColorTexture" in surface:
        source = book.about["textures"][surface["baseColorTexture"]["index"]].get("source")
        image = book.about["images"][source] if source is not None else {}
        picture = book.blob(image["bufferView"]) if "bufferView" in image else b""
    return (red, green, blue, alpha), rough, picture, told.get("alphaMode", "OPAQUE") != "OPAQUE"


def _normals(points: NDArray[Any], triangles: NDArray[np.int32]) -> Floats:
    """Smooth unit normals; seams where vertices are doubled are closed by place."""
    _, place = np.unique(np.round(points / (np.ptp(points, axis=0).max() + 1e-12), 6), axis=0, return_inverse=True)
    place = place.reshape(-1)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    total = np.zeros((place.max(initial=0) + 1, 3))
    for k in range(3):
        np.add.at(total, place[triangles[:, k]], np.cross(b - a, c - a))
    unit = total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-20)
    return unit[place].astype(np.float32)
