"""The picture buffers of the film tier for one output size, and the full-screen passes between them."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np

from engines.scene.programs import load_program, put


class Targets:
    """Buffers for an output of width x height pixels drawn with samples x samples fine pixels each."""

    def __init__(self, ctx: moderngl.Context, size: tuple[int, int], samples: int) -> None:
        self.size = size
        self.fine = (size[0] * samples, size[1] * samples)
        self.shine, self.glow, self.tint, self.joined = (_colour(ctx, self.fine) for _ in range(4))
        self.depth = _depth(ctx, self.fine)
        self.layers = ctx.framebuffer([self.shine, self.glow, self.tint], self.depth)
        self.whole = ctx.framebuffer([self.joined], self.depth)
        self.narrow, self.across, self.wide = (_colour(ctx, size) for _ in range(3))
        self.contact = ctx.texture(size, 1)
        names = ("narrow", "across", "wide", "contact")
        self.coarse = {name: ctx.framebuffer([getattr(self, name)]) for name in names}
        self.picture = ctx.texture(size, 4)
        self.result = ctx.framebuffer([self.picture])

    def release(self) -> None:
        """Free every buffer."""
        frames = (self.layers, self.whole, self.result, *self.coarse.values())
        images = (self.shine, self.glow, self.tint, self.joined, self.depth, self.narrow, self.across, self.wide)
        for item in (*frames, *images, self.contact, self.picture):
            item.release()


def _colour(ctx: moderngl.Context, size: tuple[int, int]) -> moderngl.Texture:
    texture = ctx.texture(size, 4, dtype="f2")
    texture.repeat_x = texture.repeat_y = False
    return texture


def _depth(ctx: moderngl.Context, size: tuple[int, int]) -> moderngl.Texture:
    texture = ctx.depth_texture(size)
    texture.compare_func = ""
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    texture.repeat_x = texture.repeat_y = False
    return texture


class Screen:
    """A fragment shader run over a whole picture."""

    def __init__(self, ctx: moderngl.Context, fragment: str) -> None:
        self.program = load_program(ctx, "screen.vert.glsl", fragment)
        corners = ctx.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], "f4").tobytes())
        self._array = ctx.vertex_array(self.program, [(corners, "2f", "corner")])

    def run(self, target: moderngl.Framebuffer, images: dict[str, moderngl.Texture], **values: Any) -> None:
        """Fill target; images: sampler name to texture; values: other uniforms."""
        target.use()
        for unit, (name, texture) in enumerate(images.items()):
            texture.use(unit)
            put(self.program, {name: unit})
        put(self.program, values)
        self._array.render(moderngl.TRIANGLE_STRIP)


def shadow_target(
    ctx: moderngl.Context, size: int, compared: bool = False
) -> tuple[moderngl.Texture, moderngl.Framebuffer]:
    """A square depth picture for shadows; compared: read as a filtered comparison (sampler2DShadow)."""
    texture = _depth(ctx, (size, size))
    if compared:
        texture.compare_func = "<="
        texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture, ctx.framebuffer([], texture)
