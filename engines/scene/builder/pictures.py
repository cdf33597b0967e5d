"""Knows the texture files: what is painted where, in which colour space, and how it is stored."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from engines.scene.builder.relief import Texels
from engines.scene.builder.sources import Doubles


def encode_srgb(linear: Doubles) -> Doubles:
    """Turn linear light into sRGB values in 0..1 (IEC 61966-2-1)."""
    light = np.clip(linear, 0, 1)
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def save_colour(folder: Path, name: str, texels: Texels, linear: Doubles, quality: int = 92) -> str:
    """Save linear albedo (n, 3) as an sRGB JPEG; returns its file name."""
    return save_picture(folder, name, texels.spread(encode_srgb(linear)), quality)


def save_picture(folder: Path, name: str, values: Doubles, quality: int = 92) -> str:
    """Save (h, w, 3) in 0..1, first row at v = 0, as a JPEG with full colour resolution; returns its file name."""
    file = f"{name}.jpg"
    part = folder / f"{file}.part"
    picture = Image.fromarray((np.clip(values[::-1], 0, 1) * 255 + 0.5).astype(np.uint8))
    with part.open("wb") as out:
        picture.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
    os.replace(part, folder / file)
    return file
