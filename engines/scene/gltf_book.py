"""A GLB taken apart: its JSON document, and numbers and bytes out of its binary part.

glTF 2.0, sections 3.6.2 (accessors, sparse ones included) and 4.4 (binary file).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.api.events import EngineError

_TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
PACKED = {"KHR_draco_mesh_compression", "EXT_meshopt_compression"}
MOST = 20_000_000
"""Rows an accessor may have."""
LARGEST = 512 << 20
"""Bytes of the largest file that is read."""


@dataclass(frozen=True, eq=False)
class Book:
    """A glTF document and its binary part."""

    about: dict[str, Any]
    data: bytes

    @classmethod
    def open(cls, path: Path) -> Book:
        """Take a GLB apart. Raises EngineError."""
        try:
            large = path.stat().st_size > LARGEST
            raw = b"" if large else path.read_bytes()
        except OSError as error:
            raise EngineError(f"{path} cannot be read: choose another file.") from error
        if large:
            raise EngineError(f"{path.name} is larger than {LARGEST >> 20} MB: export the character alone.")
        if raw[:4] != b"glTF":
            raise EngineError(f"{path.name} is no binary glTF: export the character as .glb.")
        try:
            chunks = _chunks(raw)
            about, data = json.loads(chunks[b"JSON"]), chunks.get(b"BIN\0", b"")
            if not isinstance(about, dict):
                raise ValueError("no document")
        except (struct.error, ValueError, KeyError, RecursionError) as error:
            raise EngineError(f"{path.name} is damaged: export it again as a binary glTF file (.glb).") from error
        packed = PACKED & set(about.get("extensionsRequired", ()))
        if packed:
            raise EngineError(f"{path.name} is compressed ({packed.pop()}): export it without mesh compression.")
        return cls(about, data)

    def array(self, index: int) -> NDArray[Any]:
        """The numbers of an accessor, (n, width), floats where they are normalised."""
        told = self.about["accessors"][index]
        kind, width = np.dtype(_TYPES[told["componentType"]]), _WIDTHS[told["type"]]
        if told["count"] > MOST:
            raise ValueError("more numbers than any face has")
        if "bufferView" in told:
            values = self._view(told["bufferView"], told.get("byteOffset", 0), told["count"], width, kind)
        else:
            values = np.zeros((told["count"], width), kind)
        if "sparse" in told:
            values = self._thinned(values, told["sparse"], width, kind)
        if told.get("normalized") and kind.kind in "iu":
            return np.maximum(values.astype(np.float32) / np.iinfo(kind).max, -1.0)
        return values

    def blob(self, view: int) -> bytes:
        """The bytes of a buffer view."""
        told = self.about["bufferViews"][view]
        start = told.get("byteOffset", 0)
        return self.data[start : start + told["byteLength"]]

    def _thinned(self, values: NDArray[Any], sparse: Any, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
        count, where, what = sparse["count"], sparse["indices"], sparse["values"]
        places = self._view(
            where["bufferView"], where.get("byteOffset", 0), count, 1, np.dtype(_TYPES[where["componentType"]])
        )
        values = values.copy()
        values[places[:, 0]] = self._view(what["bufferView"], what.get("byteOffset", 0), count, width, kind)
        return values

    def _view(self, view: int, offset: int, count: int, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
        told = self.about["bufferViews"][view]
        start, row = told.get("byteOffset", 0) + offset, width * kind.itemsize
        stride = told.get("byteStride", row)
        if start + (count - 1) * stride + row > len(self.data):
            raise ValueError("beyond the end of the file")
        return np.ndarray((count, width), kind, self.data, start, (stride, kind.itemsize))


def _chunks(raw: bytes) -> dict[bytes, bytes]:
    """The chunks of a GLB by kind. Raises ValueError where it is cut off or of another version.

    pygltflib, which writes our files, reads a cut file as if it were whole and warns of every picture inside.
    """
    version, length = struct.unpack_from("<II", raw, 4)
    if version != 2 or length > len(raw):
        raise ValueError("cut off")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<I4s", raw, at)
        chunks.setdefault(kind, raw[at + 8 : at + 8 + size])
        at += 8 + size
    return chunks
