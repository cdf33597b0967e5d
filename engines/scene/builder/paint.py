"""Paints every texture of the presenter and says which file holds which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.api.arkit import INDEX
from engines.scene.builder import cloth, complexion, dentistry, relief
from engines.scene.builder.atlas import SKIN, unpack
from engines.scene.builder.pictures import save_colour, save_picture
from engines.scene.builder.sources import Doubles, Sources, read_mask, sample_mask
from engines.scene.builder.surfaces import Surface
from engines.scene.head import Head

MASKS = {"lips": "lips", "face": "face", "lids": "eyelids", "mouth": "inside-mouth", "ears": "ears"}
HEIGHT_CM = 0.06
"""Height that fills the blue channel of the normal map from 0.5 to 1."""


@dataclass(frozen=True)
class Palette:
    """Where to paint, how large, and the seed of everything random."""

    folder: Path
    size: int = 2048
    seed: int = 7


def paint_all(palette: Palette, head: Head, sources: Sources, hair: Doubles, brows: Doubles) -> dict[str, str]:
    """Paint all textures; hair: (v,) density over the smooth skin; brows: (m, 3) roots. Returns name to file name."""
    surfaces = {name: Surface(mesh) for name, mesh in head.meshes.items()}
    files = _paint_face(palette, head, surfaces["skin"], sources, hair, brows)
    files["suit_albedo"] = _paint_cloth(palette, surfaces["suit"])
    lower = np.abs(head.meshes["teeth"].shapes[INDEX["jawOpen"]]).max(1) > 1e-2
    half = palette.size // 2
    teeth = relief.rasterise(surfaces["teeth"], half, dentistry.describe_teeth(surfaces["teeth"], lower))
    files["teeth_albedo"] = save_colour(palette.folder, "teeth_albedo", teeth, dentistry.paint_teeth(teeth, 3), 88)
    tongue = relief.rasterise(surfaces["tongue"], half // 2, {})
    files["tongue_albedo"] = save_colour(palette.folder, "tongue_albedo", tongue, dentistry.paint_tongue(tongue, 4), 88)
    return files


def _paint_face(
    palette: Palette, head: Head, skin: Surface, sources: Sources, hair: Doubles, brows: Doubles
) -> dict[str, str]:
    marks = head.landmarks(np.zeros(len(INDEX), np.float32), np.zeros(3, np.float32)).astype(float)
    texels = relief.rasterise(skin, palette.size, _skin_values(skin, hair, head))
    texels.values.update(_mask_values(texels, sources))
    oily = complexion.find_oil(texels, marks)
    fine = relief.carve(texels, oily, palette.seed)
    colour = complexion.paint_skin(texels, fine, marks, brows, oily, palette.seed)
    bumps = relief.tangent_normals(texels, fine.height) * 0.5 + 0.5
    raised = texels.spread(fine.height)[..., None] / HEIGHT_CM * 0.5 + 0.5
    surface = texels.spread(complexion.paint_surface(texels, fine, oily))
    return {
        "skin_albedo": save_colour(palette.folder, "skin_albedo", texels, colour),
        "skin_normal": save_picture(palette.folder, "skin_normal", np.dstack([bumps, raised])),
        "skin_surface": save_picture(palette.folder, "skin_surface", surface[::2, ::2], 88),
    }


def _skin_values(skin: Surface, hair: Doubles, head: Head) -> dict[str, Doubles]:
    """Name what is carried from the smooth skin's vertices: hair density, eye sockets and the eye line."""
    sockets = [((skin.uv >= t[:2]) & (skin.uv <= np.add(t[:2], t[2:]))).all(1) for t in (w.target for w in SKIN[2:4])]
    return {
        "socket": (sockets[0] | sockets[1]).astype(float),
        "hair": hair,
        "eye_y": np.full(len(hair), float(head.eye_centres[:, 1].mean())),
    }


def _mask_values(texels: relief.Texels, sources: Sources) -> dict[str, Doubles]:
    """Look the released masks up at every texel."""
    uv = (np.stack([texels.column, texels.row], 1) + 0.5) / texels.size
    source = unpack(uv, SKIN)
    return {name: sample_mask(read_mask(sources, file), source) for name, file in MASKS.items()}


def outer_lips(skin: Surface, sources: Sources) -> Doubles:
    """Tell which vertices (v,) of the skin are red of the lips that shows, in 0..1."""
    source = unpack(skin.uv, SKIN)
    lips, inside = (sample_mask(read_mask(sources, file), source) for file in ("lips", "inside-mouth"))
    return np.asarray(np.clip(lips * 1.5, 0, 1) * (1 - np.clip(inside, 0, 1)))


def _paint_cloth(palette: Palette, suit: Surface) -> str:
    texels = relief.rasterise(suit, palette.size, {"shirt": cloth.shirt_window(suit.uv)})
    return save_colour(palette.folder, "suit_albedo", texels, cloth.paint_suit(texels, 0.0, palette.seed), 86)
