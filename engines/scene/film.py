"""The film tier: the head as footage, with scattered skin, soft shadows, strand hair and a film curve."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from engines.scene.camera import Camera
from engines.scene.eyeball import EyeSurface, pose_eyes
from engines.scene.fibres import Fibres, rigid_motion
from engines.scene.head import Head
from engines.scene.light import find_light
from engines.scene.mouth import inside_mouth, jaw_opening, lip_uniforms
from engines.scene.programs import load_program, put
from engines.scene.shadow import KeyView, key_view, vogel_disc
from engines.scene.surface import Surface
from engines.scene.targets import Screen, Targets, shadow_target
from engines.scene.textures import environment_texture, load_texture, straight

Floats = NDArray[np.float32]
SCATTER_CM = 0.15
"""Standard deviation of the widest scattering of red light (d'Eon and Luebke 2007, table 1: about 1.4 mm and more)."""

CLOTH = {"teeth": (1, (1.20, 1.15, 1.10)), "tongue": (2, (1.0, 0.9, 0.88)), "suit": (0, (1.0, 1.0, 1.0))}
"""Material number and colour factor of each surface that is not skin."""

SKIN_MAPS = {"skin_albedo": "albedo_map", "skin_normal": "normal_map", "skin_surface": "surface_map"}
"""Pictures of the skin and the uniforms they are bound to."""

ENVIRONMENT_UNIT, SHADOW_UNIT = 6, 7
EXPOSURE = 0.74
HAIR_POINTS = 5
SKIN_TAPS, HAIR_TAPS = 18, 6
"""Samples of the key's shadow."""


class FilmRenderer:
    """Draws a head as if filmed. samples: fine pixels per side of an output pixel."""

    def __init__(self, ctx: moderngl.Context, head: Head, samples: int = 2, shadow_size: int = 2048) -> None:
        self.ctx, self.head, self.samples = ctx, head, samples
        self._surfaces = {name: Surface(ctx, mesh, sky_of(head, name)) for name, mesh in head.meshes.items()}
        middle = middle_of(head, np.zeros(3, np.float32))
        self._fibres = {name: Fibres(ctx, s, middle, points=HAIR_POINTS) for name, s in head.strands.items()}
        rigid = {name: s for name, s in head.strands.items() if s.rigid}
        self._thin = {name: Fibres(ctx, s, middle, part=0.3, points=4) for name, s in rigid.items()}
        names = (*SKIN_MAPS, *(f"{name}_albedo" for name in CLOTH))
        self._images = {name: load_texture(ctx, head, name) for name in names}
        self._skin = load_program(ctx, "surface.vert.glsl", "skin.frag.glsl")
        self._cloth = load_program(ctx, "surface.vert.glsl", "cloth.frag.glsl")
        self._eye = load_program(ctx, "surface.vert.glsl", "eye.frag.glsl")
        self._strand = load_program(ctx, "strand.vert.glsl", "strand.frag.glsl", {"TAPS": HAIR_TAPS, "SEARCH": 3})
        self._caster = load_program(ctx, "surface.vert.glsl", "depth.frag.glsl")
        self._thin_caster = load_program(ctx, "strand.vert.glsl", "depth.frag.glsl")
        self._eyes = (EyeSurface(ctx, self._eye), EyeSurface(ctx, self._eye))
        passes = ("gather", "scatter", "contact", "join", "develop")
        self._passes = {name: Screen(ctx, f"{name}.frag.glsl") for name in passes}
        self._shadow, self._shadow_frame = shadow_target(ctx, shadow_size)
        self._environments: dict[str, moderngl.TextureArray] = {}
        self._targets: Targets | None = None

    def picture(self, weights: Floats, rotation: Floats, camera: Camera, *, light: str = "studio") -> NDArray[np.uint8]:
        """Draw without background: (h, w, 4) uint8, straight alpha."""
        targets = self._render(weights, rotation, camera, light)
        self.ctx.disable(moderngl.BLEND)
        targets.result.clear()
        self._finish(targets, targets.result)
        return straight(targets.result.read(components=4), targets.size)

    def draw(
        self,
        weights: Floats,
        rotation: Floats,
        camera: Camera,
        *,
        light: str = "studio",
        target: moderngl.Framebuffer | None = None,
    ) -> None:
        """Draw over what target (default: the context's current framebuffer) shows already."""
        frame = target or self.ctx.fbo
        targets = self._render(weights, rotation, camera, light)
        self.ctx.enable(moderngl.BLEND)
        self.ctx.blend_func = (
            moderngl.SRC_ALPHA,
            moderngl.ONE_MINUS_SRC_ALPHA,
            moderngl.ONE,
            moderngl.ONE_MINUS_SRC_ALPHA,
        )
        self._finish(targets, frame)
        self.ctx.disable(moderngl.BLEND)

    def _render(self, weights: Floats, rotation: Floats, camera: Camera, light: str) -> Targets:
        weights, rotation = np.asarray(weights, np.float32), np.asarray(rotation, np.float32)
        targets = self._sized(camera.size)
        carry = self._pose(weights, rotation)
        view = key_view(self.head, find_light(light), SKIN_TAPS)
        self._cast(view, carry)
        self._set_scene(weights, rotation, camera, light, view)
        self._draw_layers(targets, weights, rotation)
        self._join_skin(targets, camera)
        self._draw_hair(targets, carry, is_before(self.head, rotation, camera))
        return targets

    def _sized(self, size: tuple[int, int]) -> Targets:
        if self._targets is None or self._targets.size != size:
            if self._targets is not None:
                self._targets.release()
            self._targets = Targets(self.ctx, size, self.samples)
        return self._targets

    def _pose(self, weights: Floats, rotation: Floats) -> dict[str, NDArray[np.float64]]:
        for surface in self._surfaces.values():
            surface.pose(self.head, weights, rotation)
        return {name: fibres.pose(self.head, weights, rotation) for name, fibres in self._fibres.items()}

    def _cast(self, view: KeyView, carry: dict[str, NDArray[np.float64]]) -> None:
        ctx = self.ctx
        ctx.enable_only(moderngl.DEPTH_TEST)
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        put(self._caster, {"view_projection": view.matrix})
        for name in ("skin", "suit"):
            if name in self._surfaces:
                self._surfaces[name].draw(self._caster)
        for name, fibres in self._thin.items():
            put(self._thin_caster, {"view_projection": view.matrix, "carry": carry[name]})
            fibres.draw(self._thin_caster)

    def _set_scene(self, weights: Floats, rotation: Floats, camera: Camera, light: str, view: KeyView) -> None:
        preset = find_light(light)
        if light not in self._environments:
            self._environments[light] = environment_texture(self.ctx, preset)
        self._environments[light].use(ENVIRONMENT_UNIT)
        self._shadow.use(SHADOW_UNIT)
        scene: dict[str, Any] = {
            **preset.uniforms(),
            **view.uniforms,
            **lip_uniforms(self.head, weights, rotation),
            "view_projection": camera.matrix,
            "camera_position": np.asarray(camera.eye, np.float32),
            "environment": ENVIRONMENT_UNIT,
            "shadow_map": SHADOW_UNIT,
            "jaw": jaw_opening(weights),
            "middle": middle_of(self.head, rotation),
        }
        for program in (self._skin, self._cloth, self._eye, self._strand):
            put(program, scene)
        put(self._strand, {"disc": vogel_disc(HAIR_TAPS)})

    def _draw_layers(self, targets: Targets, weights: Floats, rotation: Floats) -> None:
        targets.layers.use()
        targets.layers.clear(0, 0, 0, 0, depth=1.0)
        self.ctx.enable_only(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        for unit, (name, uniform) in enumerate(SKIN_MAPS.items()):
            self._images[name].use(unit)
            put(self._skin, {uniform: unit})
        put(self._skin, {"detail_strength": 1.4, "wetness": 1.0})
        self._surfaces["skin"].draw(self._skin)
        for name, (material, colour) in CLOTH.items():
            if name in self._surfaces:
                if name == "suit":
                    self.ctx.disable(moderngl.CULL_FACE)  # collar and lapels are open sheets
                self._images[f"{name}_albedo"].use(0)
                put(self._cloth, {"albedo_map": 0, "material": material, "base_colour": colour})
                self._surfaces[name].draw(self._cloth)
        eyes = pose_eyes(self.head, weights, rotation, self._eyes[0].sphere)
        for surface, eye in zip(self._eyes, eyes, strict=True):
            put(self._eye, eye.uniforms)
            surface.draw(eye)

    def _join_skin(self, targets: Targets, camera: Camera) -> None:
        self.ctx.disable(moderngl.DEPTH_TEST)
        coarse, fine = targets.coarse, (1 / targets.fine[0], 1 / targets.fine[1])
        self._passes["gather"].run(
            coarse["narrow"],
            {"glow_map": targets.glow, "depth_map": targets.depth},
            planes=camera.planes,
            texel_size=fine,
            samples=self.samples,
        )
        sigma = SCATTER_CM * camera.pixels_per_cm
        w, h = targets.size
        self._passes["scatter"].run(coarse["across"], {"source": targets.narrow}, stride=(1 / w, 0.0), sigma=sigma)
        self._passes["scatter"].run(coarse["wide"], {"source": targets.across}, stride=(0.0, 1 / h), sigma=sigma)
        scale = camera.pixels_per_cm
        self._passes["contact"].run(
            coarse["contact"], {"depth_map": targets.depth}, planes=camera.planes, cm=(scale / w, scale / h), turns=6
        )
        names = ("shine", "glow", "tint", "narrow", "wide", "contact")
        self._passes["join"].run(targets.whole, {f"{name}_map": getattr(targets, name) for name in names})

    def _draw_hair(self, targets: Targets, carry: dict[str, NDArray[np.float64]], from_front: bool) -> None:
        ctx = self.ctx
        ctx.enable(moderngl.DEPTH_TEST | moderngl.BLEND)
        ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        targets.whole.use()
        self._shadow.use(SHADOW_UNIT)
        for name, fibres in self._fibres.items():
            put(self._strand, {"carry": carry[name], **STRAND.get(name, STRAND["hair"])})
            fibres.draw(self._strand, from_front)
        ctx.disable(moderngl.BLEND)

    def _finish(self, targets: Targets, frame: moderngl.Framebuffer) -> None:
        self.ctx.disable(moderngl.DEPTH_TEST)
        fine = (1 / targets.fine[0], 1 / targets.fine[1])
        self._passes["develop"].run(
            frame, {"picture": targets.joined}, texel_size=fine, samples=self.samples, exposure=EXPOSURE
        )


_STRAND_UNIFORMS = ("hair_colour", "opacity", "root_fade", "tip_fade", "tip_start", "gloss")
_STRAND_LOOKS = {
    "hair": ((0.036, 0.0205, 0.0112), 0.8, 0.25, 0.8, 0.45, 0.075),
    "brows": ((0.052, 0.034, 0.023), 0.7, 0.5, 0.6, 0.45, 0.01),
    "lashes": ((0.012, 0.009, 0.008), 0.85, 0.0, 0.95, 0.25, 0.0),
}
STRAND = {name: dict(zip(_STRAND_UNIFORMS, look, strict=True)) for name, look in _STRAND_LOOKS.items()}
"""Look of each kind of hair."""


def sky_of(head: Head, name: str) -> Floats:
    mesh = head.meshes[name]
    cavity = inside_mouth(head, mesh) if name == "skin" else np.zeros(len(mesh.rest), np.float32)
    return np.hstack([mesh.occlusion, cavity[:, None]]).astype(np.float32)


def middle_of(head: Head, rotation: Floats) -> Floats:
    """Centre of the skull in the world: behind the eyes."""
    point = np.mean(head.eye_centres, 0) + np.float32([0.0, 1.0, -9.5])
    motion = rigid_motion(head, rotation)
    return np.asarray(motion[:3, :3] @ point + motion[:3, 3], np.float32)


def is_before(head: Head, rotation: Floats, camera: Camera) -> bool:
    """Whether the camera looks at the face from the front, within about 35 degrees."""
    towards = np.subtract(camera.eye, middle_of(head, rotation))
    forward = rigid_motion(head, rotation)[:3, 2]
    return bool(towards @ forward > 0.82 * np.linalg.norm(towards))
