"""Hair of the live tier as it is drawn: a shell for its mass, a few lines for its edge, lines for brows and lashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import Camera
from engines.scene.fibres import Fibres
from engines.scene.film import STRAND, is_before, middle_of
from engines.scene.head import Head
from engines.scene.programs import load_program, put
from engines.scene.shell import Shell

Floats = NDArray[np.float32]
PART = {"hair": 0.015, "brows": 0.6, "lashes": 0.4}
"""Share of the strands drawn as lines; the mass of the hair is a shell."""

POINTS = {"hair": 6, "brows": 3, "lashes": 4}
"""Most points a line has: llvmpipe takes its time over every piece of one."""

OPACITY = {"hair": 0.55, "brows": 0.6, "lashes": 0.35}
"""A line is a pixel wide here, wider than a hair."""

STREAKS_UNIT = 2


class LiveHair:
    """All hair of a head with its buffers and programs."""

    def __init__(self, ctx: moderngl.Context, head: Head, shell: Shell | None) -> None:
        self._ctx, self._head = ctx, head
        middle = middle_of(head, np.zeros(3, np.float32))
        self._fibres = {
            name: Fibres(ctx, strands, middle, PART.get(name, 1.0), POINTS.get(name, 6))
            for name, strands in head.strands.items()
        }
        self._carry: dict[str, NDArray[np.float64]] = {}
        self._line = load_program(ctx, "live_strand.vert.glsl", "live_strand.frag.glsl")
        self._shell = None if shell is None else ShellSurface(ctx, shell)

    @property
    def programs(self) -> tuple[moderngl.Program, ...]:
        """What takes the uniforms of the scene."""
        return (self._line,) if self._shell is None else (self._line, self._shell.cut, self._shell.full)

    def draw_roof(self) -> None:
        """Draw what hides the scalp; nothing is blended."""
        if self._shell is not None:
            self._shell.draw_roof()

    def pose(self, weights: Floats, rotation: Floats) -> None:
        """Place the lines for what is drawn next."""
        self._carry = {name: fibres.pose(self._head, weights, rotation) for name, fibres in self._fibres.items()}

    def draw(self, rotation: Floats, camera: Camera) -> None:
        """Draw what lets the picture behind it through, over that picture."""
        from_front = is_before(self._head, rotation, camera)
        ctx = self._ctx
        ctx.enable(moderngl.BLEND)
        ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        if self._shell is not None:
            self._shell.draw_layers()
        for name, fibres in self._fibres.items():
            look = {**STRAND.get(name, STRAND["hair"]), "opacity": OPACITY.get(name, 0.5)}
            put(self._line, {"carry": self._carry[name], **look})
            fibres.draw(self._line, from_front)
        ctx.disable(moderngl.BLEND)


class ShellSurface:
    """The shell on the GPU: `full` draws its roof, `cut` the layers where it thins out."""

    def __init__(self, ctx: moderngl.Context, shell: Shell) -> None:
        names = "live_shell.vert.glsl", "live_shell.frag.glsl"
        self.cut, self.full = load_program(ctx, *names), load_program(ctx, *names, {"FULL": 1})
        look: Mapping[str, Any] = {"hair_colour": STRAND["hair"]["hair_colour"], "streaks": STREAKS_UNIT}
        put(self.cut, look)
        put(self.full, look)
        content = [(ctx.buffer(shell.vertices.tobytes()), "3f 3f 2f", "position", "direction", "place")]
        self._layers, self._roof = (
            ctx.vertex_array(program, content, ctx.buffer(triangles.astype("i4").tobytes()), skip_errors=True)
            for program, triangles in ((self.cut, shell.triangles), (self.full, shell.roof))
        )
        streaks = np.random.default_rng(4).random((64, 64, 1))
        streaks = (streaks + np.roll(streaks, 1, 0) + np.roll(streaks, 2, 0)) / 3 * 255
        self._streaks = ctx.texture((64, 64), 1, streaks.astype(np.uint8).tobytes())
        self._streaks.build_mipmaps()

    def draw_roof(self) -> None:
        """Draw the roof; the program's uniforms are set already."""
        self._streaks.use(STREAKS_UNIT)
        self._roof.render()

    def draw_layers(self) -> None:
        """Draw the other layers, from the scalp outwards."""
        self._streaks.use(STREAKS_UNIT)
        self._layers.render()
