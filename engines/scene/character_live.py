"""Drawing of an imported character as it moves: shapes summed in numpy, plain shading, base colour pictures."""

from __future__ import annotations

import io

import moderngl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from engines.scene.camera import Camera
from engines.scene.character import Character
from engines.scene.film import EXPOSURE
from engines.scene.gltf import Part
from engines.scene.head import rotation_matrix
from engines.scene.light import find_light
from engines.scene.live import BODY, WIRES, clear_depth
from engines.scene.mapping import Mapping52, driven, target_weights
from engines.scene.programs import load_program, put
from engines.scene.surface import incidence, vertex_normals

Floats = NDArray[np.float32]
LARGEST_PX = 1024
HOLE = 0.4
"""Alpha below which a see-through surface is not drawn."""


class CharacterPart:
    """One piece of the character with its buffers."""

    def __init__(self, ctx: moderngl.Context, part: Part) -> None:
        self.part = part
        corners = part.triangles
        around = incidence(corners, len(part.points))
        self._rest = np.hstack([part.points, part.normals]).astype(np.float32)
        step = np.abs(part.offsets).max((0, 2), initial=0.0) if len(part.offsets) else np.zeros(len(part.points))
        self._moving = np.flatnonzero(step > 1e-5)
        plain = vertex_normals(part.points, corners, around)
        changes = np.zeros((len(part.offsets), len(self._moving), 6), np.float32)
        for k, offsets in enumerate(part.offsets):
            turned = vertex_normals(part.points + offsets, corners, around) - plain
            changes[k] = np.hstack([offsets, turned])[self._moving]
        self._changes = changes.reshape(len(part.offsets), len(self._moving) * 6)
        fixed = np.hstack([part.uv, part.follow[:, None], part.tint]).astype("f4")
        self._fixed = ctx.buffer(fixed.tobytes())
        self._posed = ctx.buffer(self._rest.tobytes(), dynamic=True)
        self._index = ctx.buffer(np.ascontiguousarray(corners, "i4").tobytes())
        self.picture = _texture(ctx, part.picture)
        self._ctx = ctx
        self._arrays: dict[int, moderngl.VertexArray] = {}

    def pose(self, weights: Floats) -> None:
        """Bend by weights of its own shapes, (k,)."""
        active = np.flatnonzero(np.abs(weights) > 1e-4)
        values = self._rest.copy()
        if len(active):
            values[self._moving] += (weights[active] @ self._changes[active]).reshape(-1, 6)
        self._posed.write(values.tobytes())

    def draw(self, program: moderngl.Program) -> None:
        """Draw with a program whose uniforms are set."""
        array = self._arrays.get(program.glo)
        if array is None:
            content = [(self._posed, "3f 3f", "position", "normal"), (self._fixed, "2f 1f 3f", "uv", "follow", "tint")]
            array = self._ctx.vertex_array(program, content, self._index, skip_errors=True)
            self._arrays[program.glo] = array
        array.render()


class CharacterRenderer:
    """Draws an imported character as LiveRenderer draws the studio's head; it has no landmarks to mark."""

    def __init__(self, ctx: moderngl.Context, character: Character) -> None:
        self.ctx, self.character = ctx, character
        ordered = sorted(character.parts, key=lambda part: part.see_through)
        self._parts = [CharacterPart(ctx, part) for part in ordered]
        place = {target: k for k, target in enumerate(character.targets)}
        self._own = [np.array([place[t] for t in part.part.targets], int) for part in self._parts]
        self._table = character.table
        self._program = load_program(ctx, "character.vert.glsl", "character.frag.glsl")
        self._wire = load_program(ctx, "character.vert.glsl", "wire.frag.glsl")

    def remap(self, mapping: Mapping52) -> None:
        """Move its shapes by another mapping from now on."""
        self._table = driven(mapping, self.character.targets)

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
        """Draw over what target shows; its depth is cleared. landmarks: none are known of a stranger."""
        moved = target_weights(self._table, np.asarray(weights, np.float32))
        for part, own in zip(self._parts, self._own, strict=True):
            part.pose(moved[own])
        scene = {
            **find_light(light).uniforms(),
            "view_projection": camera.matrix,
            "camera_position": np.asarray(camera.eye, np.float32),
            "carry": self._carry(np.asarray(rotation, np.float32)),
            "exposure": EXPOSURE,
        }
        for program in (self._program, self._wire):
            put(program, scene)
        clear_depth(target or self.ctx.fbo)
        if wireframe:
            self._draw_wires()
        else:
            self._draw_parts()

    def _carry(self, rotation: Floats) -> NDArray[np.float64]:
        out = np.eye(4)
        out[:3, :3] = rotation_matrix(rotation)
        out[:3, 3] = self.character.pivot - out[:3, :3] @ self.character.pivot
        return out

    def _draw_parts(self) -> None:
        ctx = self.ctx
        ctx.enable_only(moderngl.DEPTH_TEST)  # strangers' surfaces may be open sheets: both sides are drawn
        ctx.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        for part in self._parts:
            if part.part.see_through:
                ctx.enable(moderngl.BLEND)
            part.picture.use(0)
            cut = HOLE if part.part.see_through else 0.0
            put(self._program, {"albedo_map": 0, "base": part.part.colour, "rough": part.part.rough, "cut": cut})
            part.draw(self._program)
        ctx.disable(moderngl.BLEND)

    def _draw_wires(self) -> None:
        self.ctx.enable_only(moderngl.DEPTH_TEST)
        for edges in (False, True):
            self.ctx.wireframe = edges
            self.ctx.polygon_offset = (0.0, 0.0) if edges else (1.0, 2.0)
            put(self._wire, {"tone": WIRES["skin"] if edges else BODY, "body": 0.0 if edges else 1.0})
            for part in self._parts:
                part.draw(self._wire)
        self.ctx.wireframe = False


def _texture(ctx: moderngl.Context, data: bytes) -> moderngl.Texture:
    """The base colour picture, first row at v = 0; white where there is none, or none that can be read."""
    try:
        with Image.open(io.BytesIO(data)) as file:
            image = file.convert("RGBA")
    except (UnidentifiedImageError, OSError):
        return ctx.texture((1, 1), 4, b"\xff" * 4)
    image.thumbnail((LARGEST_PX, LARGEST_PX))
    texture = ctx.texture(image.size, 4, image.tobytes())
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
    return texture
