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
from engines.scene.fibres import rigid_motion
from engines.scene.film import EXPOSURE, middle_of, sky_of
from engines.scene.head import Head
from engines.scene.light import find_light
from engines.scene.live_hair import LiveHair
from engines.scene.live_surface import WIDE, LiveSurface
from engines.scene.marks import Marks
from engines.scene.mouth import jaw_opening, lip_uniforms, mouth_is_shut
from engines.scene.programs import load_program, put
from engines.scene.shadow import key_view
from engines.scene.shell import grow_shell
from engines.scene.targets import shadow_target
from engines.scene.textures import load_skin, load_texture, straight

Floats = NDArray[np.float32]
MATERIALS = {"skin": 0, "suit": 1, "teeth": 2, "tongue": 3}
WIRES = {
    "skin": (0.45, 0.72, 1.0, 1.0),
    "suit": (0.30, 0.38, 0.50, 1.0),
    "teeth": (0.85, 0.85, 0.80, 1.0),
    "tongue": (0.95, 0.50, 0.55, 1.0),
}
BODY = (0.075, 0.088, 0.110, 1.0)
"""Colours of edges and of what is behind them."""

SHADOW_UNIT = 7
EYE_PIECES = (14, 24)
"""Rings and sectors of an eyeball."""


class LiveRenderer:
    """Draws a head many times a second. Give it `load_head(level=0)`: the cage has a quarter of the triangles.

    shapes_in_shader: sum the face shapes in the vertex shader; None: only where a GPU draws.
    """

    def __init__(
        self, ctx: moderngl.Context, head: Head, shadow_size: int = 512, shapes_in_shader: bool | None = None
    ) -> None:
        self.ctx, self.head = ctx, head
        on_gpu = not is_software(ctx) if shapes_in_shader is None else shapes_in_shader
        shapes = {"SHAPES": WIDE} if on_gpu else {}
        parts = {name: mesh for name, mesh in head.meshes.items() if name in MATERIALS}
        shell = grow_shell(head.meshes["skin"], head.strands["hair"]) if "hair" in head.strands else None
        hidden = {} if shell is None else {"skin": shell.hidden}
        self._surfaces = {
            name: LiveSurface(ctx, mesh, sky_of(head, name), on_gpu, hidden.get(name)) for name, mesh in parts.items()
        }
        self._programs = {
            name: load_program(ctx, "live.vert.glsl", "live.frag.glsl", {**shapes, "MATERIAL": MATERIALS[name]})
            for name in parts
        }
        self._images = {
            name: load_skin(ctx, head) if name == "skin" else load_texture(ctx, head, f"{name}_albedo", sharp=False)
            for name in parts
        }
        self._caster = load_program(ctx, "live.vert.glsl", "depth.frag.glsl", {**shapes, "MATERIAL": 1})
        self._eye = load_program(ctx, "surface.vert.glsl", "live_eye.frag.glsl")
        self._eyes = (EyeSurface(ctx, self._eye, *EYE_PIECES), EyeSurface(ctx, self._eye, *EYE_PIECES))
        self._hair = LiveHair(ctx, head, shell)
        self._shadow, self._shadow_frame = shadow_target(ctx, shadow_size, compared=True)
        self._marks = Marks(ctx)
        self._wire = load_program(ctx, "live.vert.glsl", "wire.frag.glsl", {**shapes, "MATERIAL": 1})
        self._lit = (*self._programs.values(), self._eye, *self._hair.programs)
        self._light, self._cast_of = "", b""
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
        shut = not wireframe and mouth_is_shut(self.head, weights)
        seen = {name: surface for name, surface in self._surfaces.items() if not shut or MATERIALS[name] < 2}
        self._set_light(light)
        self._surfaces["skin"].pose(weights)
        self._cast(weights, rotation)
        clear_depth(frame)  # the depth picture is under way on the rasteriser's threads while the rest is posed here
        for surface in list(seen.values())[1:]:
            surface.pose(weights)
        self._set_scene(weights, rotation, camera, (self._eye, self._wire) if wireframe else self._lit)
        self._shadow.use(SHADOW_UNIT)
        if wireframe:
            self._draw_wires(weights, rotation)
        else:
            self._hair.pose(weights, rotation)
            self._draw_surfaces(seen, weights, rotation)
            self._hair.draw(rotation, camera)
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

    def _set_light(self, light: str) -> None:
        if light == self._light:
            return
        preset = find_light(light)
        self._view = key_view(self.head, preset, head_alone=True)
        fixed = {**preset.uniforms(), **self._view.uniforms, "shadow_map": SHADOW_UNIT, "exposure": EXPOSURE}
        for program in self._lit:
            put(program, fixed)
        self._light = light

    def _set_scene(
        self, weights: Floats, rotation: Floats, camera: Camera, programs: tuple[moderngl.Program, ...]
    ) -> None:
        scene: dict[str, Any] = {
            **lip_uniforms(self.head, weights, rotation),
            "view_projection": camera.matrix,
            "camera_position": np.asarray(camera.eye, np.float32),
            "carry": rigid_motion(self.head, rotation),
            "jaw": jaw_opening(weights),
            "middle": middle_of(self.head, rotation),
        }
        for program in programs:
            put(program, scene)

    def _cast(self, weights: Floats, rotation: Floats) -> None:
        """Draw what the key lamp sees, unless it is what it saw last."""
        seen = self._light.encode() + weights.tobytes() + rotation.tobytes()
        if seen == self._cast_of:
            return
        self._cast_of = seen
        self.ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        carry = rigid_motion(self.head, rotation)
        put(self._caster, {"view_projection": self._view.matrix, "carry": carry})
        self._surfaces["skin"].draw(self._caster)

    def _draw_surfaces(self, seen: Mapping[str, LiveSurface], weights: Floats, rotation: Floats) -> None:
        """What hides most comes first."""
        self.ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._hair.draw_roof()
        for name, surface in seen.items():
            if name == "suit":
                self.ctx.disable(moderngl.CULL_FACE)  # collar and lapels are open sheets
            self._images[name].use(0)
            put(self._programs[name], {"albedo_map": 0})
            surface.draw(self._programs[name], whole=False)
            self.ctx.enable(moderngl.CULL_FACE)
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


def clear_depth(frame: moderngl.Framebuffer) -> None:
    """Clear depth and leave the colours that the caller put there."""
    frame.use()
    mask = frame.color_mask
    frame.color_mask = (False, False, False, False)
    frame.clear(depth=1.0)
    frame.color_mask = mask
    frame.use()  # the mask takes hold when the frame is bound
