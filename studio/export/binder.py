"""Knows how a GLB is put together: one document, one buffer, numbers and pictures appended to it.

glTF 2.0, sections 3.6 (buffers, views, accessors), 3.8 (pictures) and 4.4 (binary file).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib as gltf
from numpy.typing import NDArray
from PIL import Image

PICTURE_SIDE = 1024
"""Longest side of a picture inside the file, in pixels."""


@dataclass
class Binder:
    """A glTF document being filled, with its one binary buffer."""

    document: gltf.GLTF2 = field(default_factory=lambda: gltf.GLTF2(asset=gltf.Asset(generator="Anchor Studio")))
    blocks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, values: NDArray[Any], kind: str, target: int | None = None) -> int:
        """Append an array to the buffer; returns its accessor."""
        component = {"f": gltf.FLOAT, "u": gltf.UNSIGNED_INT, "B": gltf.UNSIGNED_BYTE}
        code = "B" if values.dtype == np.uint8 else values.dtype.kind
        data = np.ascontiguousarray(values).tobytes()
        view = self.append(data, target)
        accessor = gltf.Accessor(bufferView=view, componentType=component[code], count=len(values), type=kind)
        if kind in (gltf.VEC3, gltf.SCALAR) and code == "f":
            accessor.min = np.atleast_1d(values.min(axis=0)).astype(float).tolist()
            accessor.max = np.atleast_1d(values.max(axis=0)).astype(float).tolist()
        self.document.accessors.append(accessor)
        return len(self.document.accessors) - 1

    def append(self, data: bytes, target: int | None = None) -> int:
        """Append bytes to the buffer; returns their view."""
        view = gltf.BufferView(buffer=0, byteOffset=self.size, byteLength=len(data), target=target)
        self.document.bufferViews.append(view)
        self.blocks.append(data + b"\0" * (-len(data) % 4))
        self.size += len(self.blocks[-1])
        return len(self.document.bufferViews) - 1

    def picture(self, path: Path) -> int:
        """Append a colour picture, reduced and as JPEG; returns its texture."""
        with Image.open(path) as image:
            small = image.convert("RGB")
        small.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
        data = BytesIO()
        small.save(data, "JPEG", quality=90)
        view = self.append(data.getvalue())
        self.document.images.append(gltf.Image(bufferView=view, mimeType="image/jpeg"))
        self.document.textures.append(gltf.Texture(source=len(self.document.images) - 1))
        return len(self.document.textures) - 1

    def material(
        self, name: str, colour: tuple[float, float, float], picture: Path | None = None, rough: float = 0.6
    ) -> int:
        """Append a surface, of one colour without a picture; rough: 0 a mirror, 1 dull; returns the material."""
        surface = gltf.PbrMetallicRoughness(baseColorFactor=[*colour, 1.0], metallicFactor=0.0, roughnessFactor=rough)
        if picture is not None:
            surface.baseColorFactor = [1.0, 1.0, 1.0, 1.0]
            surface.baseColorTexture = gltf.TextureInfo(index=self.picture(picture))
        self.document.materials.append(gltf.Material(name=name, pbrMetallicRoughness=surface))
        return len(self.document.materials) - 1

    def finish(self) -> gltf.GLTF2:
        self.document.buffers = [gltf.Buffer(byteLength=self.size)]
        self.document.set_binary_blob(b"".join(self.blocks))
        return self.document
