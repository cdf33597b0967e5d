"""The live tier: the head at interactive rates, one pass straight to the screen, on a GPU or a software rasteriser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import Camera
from engines.scene.context import is_software
from engines.scene.eyeball import EyeSurface, pose_eyes
from engines.scene.fibres import Fibres, rigid_motion
from engines.scene.film import EXPOSURE, STRAND, middle_of, sky_of
from engines.scene.head import Head
from engines.scene.light import find_light
from engines.scene.live_surface import WIDE, LiveSurface
from engines.scene.marks import Marks
from engines.scene.mouth import jaw_opening, lip_uniforms, mouth_is_shut
from engines.scene.programs import load_program, put
from engines.scene.shadow import key_view
from engines.scene.shell import ShellSurface
from engines.scene.targets import shadow_target
from engines.scene.textures import load_texture, straight

Floats = NDArray[np.float32]
MATERIALS = {"skin": 0, "suit": 1, "teeth": 2, "tongue": 3}
STRAND_PART = {"hair": 0.015, "brows": 0.6, "lashes": 0.4}
"""Share of the strands drawn as lines; the mass of the hair is a shell."""

STRAND_OPACITY = {"hair": 0.55, "brows": 0.6, "lashes": 0.35}
"""A line is a pixel wide here, wider than a hair."""

WIRES = {
    "skin": (0.45, 0.72, 1.0, 1.0),
    "suit": (0.30, 0.38, 0.50, 1.0),
    "teeth": (0.85, 0.85, 0.80, 1.0),
    "tongue": (0.95, 0.50, 0.55, 1.0),
}
BODY = (0.075, 0.088, 0.110, 1.0)
"""Colours of edges and of what is behind them."""

SHADOW_UNIT = 7


class LiveRenderer:
    """Draws a head many times a second. Give it `load_head(level=0)`: the cage has a quarter of the triangles.

    shapes_in_shader: sum the face shapes in the vertex shader; None: only where a GPU draws.
    """

    def __init__(
        self, ctx: moderngl.Context, head: Head, shadow_size: int = 1024, shapes_in_shader: bool | None = None
    ) -> None:
        self.ctx, self.head = ctx, head
        on_gpu = not is_software(ctx) if shapes_in_shader is None else shapes_in_shader
        shapes = {"SHAPES": WIDE} if on_gpu else {}
        parts = {name: mesh for name, mesh in head.meshes.items() if name in MATERIALS}
        self._surfaces = {name: LiveSurface(ctx, mesh, sky_of(head, name), on_gpu) for name, mesh in parts.items()}
        self._programs = {
            name: load_program(ctx, "live.vert.glsl", "live.frag.glsl", {**shapes, "MATERIAL": MATERIALS[name]})
            for name in parts
        }
        names = (*(f"{name}_albedo" for name in parts), "skin_surface")
        self._images = {name: load_texture(ctx, head, name, sharp=False) for name in names}
        self._caster = load_program(ctx, "live.vert.glsl", "depth.frag.glsl", {**shapes, "MATERIAL": 1})
        self._eye = load_program(ctx, "surface.vert.glsl", "live_eye.frag.glsl")
        self._eyes = (EyeSurface(ctx, self._eye), EyeSurface(ctx, self._eye))
        self._strand = load_program(ctx, "live_strand.vert.glsl", "live_strand.frag.glsl")
        middle = middle_of(head, np.zeros(3, np.float32))
        self._fibres = {
            name: Fibres(ctx, s, middle, STRAND_PART.get(name, 1.0), points=6) for name, s in head.strands.items()
        }
        self._layers = load_program(ctx, "live_shell.vert.glsl", "live_shell.frag.glsl")
        self._shell = ShellSurface(ctx, head, self._layers) if "hair" in head.strands else None
        self._shadow, self._shadow_frame = shadow_target(ctx, shadow_size)
        self._marks = Marks(ctx)
        self._wire = load_program(ctx, "live.vert.glsl", "wire.frag.glsl", {**shapes, "MATERIAL": 1})
        self._own: moderngl.Framebuffer | None = None

    def draw(
        self,
        weights: Floats,
        rotation: Floats,
        camera: Camera,
        *,
        light: str = "studio",
        target: moderngl.Framebuffer | None = None,
        wireframe: bool = False,
        landmarks: bool = False,
    ) -> None:
        """Draw over what target (default: the context's current framebuffer) shows; its depth is cleared.

        weights: (52,) face shapes; rotation: (3,) radians; wireframe: edges, no hair; landmarks: mark the 68 points.
        """
        weights, rotation = np.asarray(weights, np.float32), np.asarray(rotation, np.float32)
        frame = target or self.ctx.fbo
        for surface in self._surfaces.values():
            surface.pose(weights)
        self._set_scene(weights, rotation, camera, light)
        if not wireframe:
            self._cast(rotation, light)
        clear_depth(frame)
        if wireframe:
            self._draw_wires(weights, rotation)
        else:
            self._draw_surfaces(weights, rotation)
            self._draw_hair(weights, rotation)
        if landmarks:
            self._marks.draw(self.head.landmarks(weights, rotation), camera)

    def remap(self, mapping: Mapping[str, tuple[str, ...]]) -> None:
        """Nothing to do: this head has the 52 shapes themselves (a character's renderer has not)."""

    def picture(self, weights: Floats, rotation: Floats, camera: Camera, *, light: str = "studio") -> NDArray[np.uint8]:
        """Draw without background: (h, w, 4) uint8, straight alpha."""
        frame = self._own_frame(camera.size)
        frame.clear()
        self.draw(weights, rotation, camera, light=light, target=frame)
        return straight(frame.read(components=4), camera.size)

    def _own_frame(self, size: tuple[int, int]) -> moderngl.Framebuffer:
        if self._own is None or self._own.size != size:
            self._own = self.ctx.framebuffer([self.ctx.texture(size, 4)], self.ctx.depth_renderbuffer(size))
        return self._own

    def _set_scene(self, weights: Floats, rotation: Floats, camera: Camera, light: str) -> None:
        preset = find_light(light)
        self._view = key_view(self.head, preset)
        scene: dict[str, Any] = {
            **preset.uniforms(),
            **self._view.uniforms,
            **lip_uniforms(self.head, weights, rotation),
            "view_projection": camera.matrix,
            "camera_position": np.asarray(camera.eye, np.float32),
            "carry": rigid_motion(self.head, rotation),
            "jaw": jaw_opening(weights),
            "middle": middle_of(self.head, rotation),
            "shadow_map": SHADOW_UNIT,
            "exposure": EXPOSURE,
        }
        for program in (*self._programs.values(), self._eye, self._strand, self._layers, self._wire):
            put(program, scene)

    def _cast(self, rotation: Floats, light: str) -> None:
        self.ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        carry = rigid_motion(self.head, rotation)
        put(self._caster, {"view_projection": self._view.matrix, "carry": carry})
        self._surfaces["skin"].draw(self._caster)

    def _draw_surfaces(self, weights: Floats, rotation: Floats) -> None:
        self._shadow.use(SHADOW_UNIT)
        self._images["skin_surface"].use(1)
        shut = mouth_is_shut(self.head, weights)
        for name, surface in self._surfaces.items():
            if shut and MATERIALS[name] > 1:
                continue
            if name == "suit":
                self.ctx.disable(moderngl.CULL_FACE)  # collar and lapels are open sheets
            else:
                self.ctx.enable(moderngl.CULL_FACE)
            self._images[f"{name}_albedo"].use(0)
            put(self._programs[name], {"albedo_map": 0, "surface_map": 1})
            surface.draw(self._programs[name])
        self._draw_eyes(weights, rotation)

    def _draw_eyes(self, weights: Floats, rotation: Floats) -> None:
        for surface, eye in zip(self._eyes, pose_eyes(self.head, weights, rotation, self._eyes[0].sphere), strict=True):
            put(self._eye, eye.uniforms)
            surface.draw(eye)

    def _draw_wires(self, weights: Floats, rotation: Floats) -> None:
        """The edges in sight: a dark body a little behind them hides the others."""
        ctx = self.ctx
        ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._draw_eyes(weights, rotation)
        for edges in (False, True):
            ctx.wireframe = edges
            ctx.polygon_offset = (0.0, 0.0) if edges else (1.0, 2.0)
            for name, surface in self._surfaces.items():
                put(self._wire, {"tone": WIRES[name] if edges else BODY, "body": 0.0 if edges else 1.0})
                surface.draw(self._wire)
        ctx.wireframe = False

    def _draw_hair(self, weights: Floats, rotation: Floats) -> None:
        ctx = self.ctx
        ctx.enable(moderngl.BLEND)
        ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        if self._shell is not None:
            put(self._layers, {"hair_colour": STRAND["hair"]["hair_colour"], "streaks": 2})
            self._shell.draw()
        for name, fibres in self._fibres.items():
            look = {**STRAND.get(name, STRAND["hair"]), "opacity": STRAND_OPACITY.get(name, 0.5)}
            put(self._strand, {"carry": fibres.pose(self.head, weights, rotation), **look})
            fibres.draw(self._strand)
        ctx.disable(moderngl.BLEND)


def clear_depth(frame: moderngl.Framebuffer) -> None:
    """Clear depth and leave the colours that the caller put there."""
    frame.use()
    mask = frame.color_mask
    frame.color_mask = (False, False, False, False)
    frame.clear(depth=1.0)
    frame.color_mask = mask
    frame.use()  # the mask takes hold when the frame is bound
