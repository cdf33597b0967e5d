"""How the head's pictures become textures, and what stands in where a head has none."""

from __future__ import annotations

import moderngl
import numpy as np
from PIL import Image

from engines.scene.head import Head
from engines.scene.light import Light, environment

PLAIN = {
    "skin_albedo": (205, 160, 140, 255),
    "skin_normal": (128, 128, 128, 255),
    "skin_surface": (122, 64, 0, 255),
    "suit_albedo": (44, 46, 54, 255),
    "teeth_albedo": (226, 218, 204, 255),
    "tongue_albedo": (176, 96, 96, 255),
}
"""One colour for each picture a head may leave out."""


def load_texture(ctx: moderngl.Context, head: Head, name: str, sharp: bool = True) -> moderngl.Texture:
    """One picture of the head, bottom row first; sharp: anisotropic filtering for film."""
    return _texture(ctx, _picture(head, name), sharp)


def load_skin(ctx: moderngl.Context, head: Head) -> moderngl.Texture:
    """Colour of the skin, its roughness as alpha: for the live tier, where a look into a picture is dear."""
    colour, surface = _picture(head, "skin_albedo"), _picture(head, "skin_surface")
    size = max(colour.size, surface.size)
    colour = colour.resize(size)
    colour.putalpha(surface.getchannel("R").resize(size, Image.Resampling.BILINEAR))
    return _texture(ctx, colour, sharp=False)


def _picture(head: Head, name: str) -> Image.Image:
    """One picture of the head, bottom row first; one pixel where it has none."""
    path = head.textures.get(name)
    if path is None:
        return Image.new("RGBA", (1, 1), PLAIN[name])
    with Image.open(path) as file:
        return file.convert("RGBA").transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _texture(ctx: moderngl.Context, image: Image.Image, sharp: bool) -> moderngl.Texture:
    texture = ctx.texture(image.size, 4, image.tobytes())
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR if sharp else moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
    return texture


def environment_texture(ctx: moderngl.Context, light: Light) -> moderngl.TextureArray:
    """What shiny surfaces mirror, blurred level by level."""
    levels = environment(light)  # (levels, h, w, 3)
    texture = ctx.texture_array((levels.shape[2], levels.shape[1], len(levels)), 3, levels.tobytes(), dtype="f2")
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_y = False
    return texture


def straight(data: bytes, size: tuple[int, int]) -> np.ndarray:
    """Bytes of a framebuffer as a picture (h, w, 4), top row first."""
    return np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(size[1], size[0], 4)[::-1])
