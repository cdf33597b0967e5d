"""Knows how a character's own GLB gets a performance: as it came, textures and all, with one animation added.

glTF 2.0, sections 3.11 (animations) and 4.4 (binary file).
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from engines.api.values import Performance
from engines.scene.character import MODEL, faces_away, read_about
from engines.scene.gltf import read_model, target_names
from engines.scene.gltf_book import Book
from engines.scene.gltf_nodes import Nodes
from engines.scene.head import rotation_matrix
from engines.scene.mapping import driven, target_weights

_FLOAT, _TITLE = 5126, "performance"


def write_acting_glb(performance: Performance, path: Path, folder: Path) -> None:
    """Write a character's GLB with the performance in place of what animations it had. Raises EngineError."""
    _, mapping = read_about(folder)
    source = folder / MODEL
    book = Book.open(source)
    script = Script(book)
    script.add_time(performance)
    for index, node in enumerate(book.about.get("nodes", ())):
        names = target_names(book.about["meshes"][node["mesh"]]) if "mesh" in node else ()
        if names:
            weights = target_weights(driven(mapping, names), performance.weights)  # (f, k)
            script.add(index, "weights", weights.reshape(-1, 1))
    _turn_head(script, book, performance, away=faces_away(read_model(source), mapping))
    path.write_bytes(script.finish())


class Script:
    """A glTF document to which one animation is being added."""

    def __init__(self, book: Book) -> None:
        self._about: dict[str, Any] = dict(book.about)
        self._data = [book.data + b"\0" * (-len(book.data) % 4)]
        self._size = len(self._data[0])
        self._views = list(self._about.get("bufferViews", ()))
        self._accessors = list(self._about.get("accessors", ()))
        self._nodes = [dict(node) for node in self._about.get("nodes", ())]
        self._samplers: list[Any] = []
        self._channels: list[Any] = []
        self._time = -1

    def add_time(self, performance: Performance) -> None:
        """The time of every frame in seconds."""
        rate = performance.fps
        times = np.arange(len(performance.weights)) * rate.denominator / rate.numerator
        self._time = self._array(times[:, None], "SCALAR")
        self._accessors[self._time] |= {"min": [float(times[0])], "max": [float(times[-1])]}

    def add(self, node: int, path: str, values: NDArray[Any]) -> None:
        """A channel of a node: one value, or one per shape, for every frame."""
        kind = "VEC4" if path == "rotation" else "SCALAR"
        if path == "rotation" and "matrix" in self._nodes[node]:
            self._nodes[node] = _apart(self._nodes[node])  # a node that is animated must not have a matrix
        self._samplers.append({"input": self._time, "output": self._array(values, kind), "interpolation": "LINEAR"})
        self._channels.append({"sampler": len(self._samplers) - 1, "target": {"node": node, "path": path}})

    def finish(self) -> bytes:
        """The whole file."""
        animation = {"name": _TITLE, "samplers": self._samplers, "channels": self._channels}
        self._about |= {"bufferViews": self._views, "accessors": self._accessors, "nodes": self._nodes}
        self._about |= {"animations": [animation], "buffers": [{"byteLength": self._size}]}
        text = json.dumps(self._about, ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + self._size)
        chunks = [struct.pack("<I4s", len(text), b"JSON"), text, struct.pack("<I4s", self._size, b"BIN\0"), *self._data]
        return b"".join([head, *chunks])

    def _array(self, values: NDArray[Any], kind: str) -> int:
        data = np.ascontiguousarray(values, "<f4").tobytes()
        self._views.append({"buffer": 0, "byteOffset": self._size, "byteLength": len(data)})
        self._data.append(data)
        self._size += len(data)
        told = {"bufferView": len(self._views) - 1, "componentType": _FLOAT, "count": len(values), "type": kind}
        self._accessors.append(told)
        return len(self._accessors) - 1


def _turn_head(script: Script, book: Book, performance: Performance, *, away: bool) -> None:
    """Turn the head's joint in the scene's axes; a file without such a joint keeps its head still."""
    nodes = Nodes(book)
    if nodes.head is None:
        return
    half = np.diag([-1.0, 1.0, -1.0]) if away else np.eye(3)
    above, rest = nodes.rotations(nodes.head)
    turns = np.stack([half @ rotation_matrix(row) @ half for row in performance.rotation])
    script.add(nodes.head, "rotation", Rotation.from_matrix(above.T @ turns @ above @ rest).as_quat())


def _apart(node: dict[str, Any]) -> dict[str, Any]:
    """A node's matrix as translation, rotation and scale."""
    matrix = np.array(node.pop("matrix"), float).reshape(4, 4).T
    scale = np.linalg.norm(matrix[:3, :3], axis=0)
    turn = Rotation.from_matrix(matrix[:3, :3] / scale).as_quat()
    return node | {"translation": matrix[:3, 3].tolist(), "rotation": turn.tolist(), "scale": scale.tolist()}
