"""Knows how much open sky every vertex sees, with the mouth closed and wide open: baked from depth maps all around."""

from __future__ import annotations

import numpy as np

from engines.api.arkit import INDEX
from engines.scene.builder.sources import Doubles
from engines.scene.builder.surfaces import Surface, unit, vertex_normals
from engines.scene.head import Head

DIRECTIONS = 128
RESOLUTION = 1024
REACH_CM = 36.0
BIAS_CM = 0.06
LIP_LIGHT = 0.36

VERTEX = "#version 330\nin vec3 p;uniform mat4 view;void main(){gl_Position=view*vec4(p,1);}"
FRAGMENT = "#version 330\nvoid main(){}"


def spiral(count: int) -> Doubles:
    """Spread directions evenly over the sphere (Fibonacci spiral): (count, 3)."""
    number = np.arange(count) + 0.5
    polar, around = np.arccos(1 - 2 * number / count), np.pi * (1 + 5**0.5) * number
    return np.stack([np.cos(around) * np.sin(polar), np.cos(polar), np.sin(around) * np.sin(polar)], 1)


def view_from(direction: Doubles, centre: Doubles) -> Doubles:
    """Look along -direction without perspective: (4, 4), rows first; depth grows away from the eye."""
    right = unit(np.cross([0.0, 1, 0] if abs(direction[1]) < 0.95 else [1.0, 0, 0], direction))
    axes = np.stack([right, np.cross(direction, right), -direction]) / REACH_CM
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = axes, -axes @ centre
    return view


def ball(centre: Doubles, radius: float, steps: int = 24) -> tuple[Doubles, np.ndarray]:
    """Make an eyeball that blocks light: points and triangles."""
    u, v = np.meshgrid(np.arange(steps + 1) / steps * 2 * np.pi, np.arange(steps + 1) / steps * np.pi)
    points = np.stack([np.sin(v) * np.cos(u), np.sin(v) * np.sin(u), np.cos(v)], -1).reshape(-1, 3)
    first = (np.arange(steps)[:, None] * (steps + 1) + np.arange(steps)).ravel()
    pairs = [[first, first + steps + 1, first + 1], [first + 1, first + steps + 1, first + steps + 2]]
    return centre + radius * points, np.concatenate([np.stack(pair, 1) for pair in pairs])


def bake_occlusion(head: Head, lips: Doubles) -> dict[str, Doubles]:
    """Measure open sky for each mesh of a head at level 0: (v, 2) in 0..1, mouth closed and wide open.

    lips: (v,) 0..1 over the skin: where lips touch they keep some light, so that the contact stays a thin line.
    """
    weights = np.zeros(len(INDEX), np.float32)
    closed = _bake_pose(head, weights)
    weights[INDEX["jawOpen"]] = 1.0
    opened = _bake_pose(head, weights)
    sky = {name: np.stack([closed[name], opened[name]], 1) for name in closed}
    sky["suit"] = Surface(head.meshes["suit"]).smooth(sky["suit"], 3)  # thin folds would show every vertex
    sky["skin"] = np.maximum(sky["skin"], LIP_LIGHT * lips[:, None])
    return sky


def _bake_pose(head: Head, weights: np.ndarray) -> dict[str, Doubles]:
    import moderngl

    still = np.zeros(3, np.float32)
    posed = {name: head.pose(mesh, weights, still).astype(float) for name, mesh in head.meshes.items()}
    faces = {name: mesh.corner[mesh.triangles] for name, mesh in head.meshes.items()}
    normals = {name: vertex_normals(posed[name], faces[name]) for name in posed}
    solids = [(posed[name], faces[name]) for name in posed]
    solids += [ball(centre, head.eye_radius * 0.98) for centre in head.eye_centres]
    context = moderngl.create_standalone_context(backend="egl")
    seen = {name: np.zeros(len(points)) for name, points in posed.items()}
    total = {name: np.full(len(points), 1e-6) for name, points in posed.items()}
    centre = np.array([0.0, head.eye_centres[:, 1].mean() - 14.0, 4.0])
    draw = _depth_painter(context, solids)
    for direction in spiral(DIRECTIONS):
        view = view_from(direction, centre)
        depth = draw(view)
        for name, points in posed.items():
            facing = np.clip(normals[name] @ direction, 0, 1)
            seen[name] += facing * _visible(depth, view, points + normals[name] * BIAS_CM)
            total[name] += facing
    context.release()
    return {name: seen[name] / total[name] for name in seen}


def _depth_painter(context, solids):  # type: ignore[no-untyped-def]  # moderngl has no types for its objects
    import moderngl

    depth = context.depth_texture((RESOLUTION, RESOLUTION))
    frame = context.framebuffer([], depth)
    program = context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
    shapes = [
        context.vertex_array(
            program,
            [(context.buffer(points.astype("f4").tobytes()), "3f", "p")],
            context.buffer(faces.astype("i4").tobytes()),
        )
        for points, faces in solids
    ]

    def draw(view: Doubles) -> Doubles:
        program["view"].write(np.ascontiguousarray(view.T, "f4").tobytes())
        frame.use()
        frame.clear(depth=1.0)
        context.enable(moderngl.DEPTH_TEST)
        for shape in shapes:
            shape.render()
        return np.frombuffer(depth.read(), "f4").reshape(RESOLUTION, RESOLUTION).astype(float)

    return draw


def _visible(depth: Doubles, view: Doubles, points: Doubles) -> Doubles:
    """Test points (n, 3) against the depth map, averaged over four texels."""
    place = points @ view[:3, :3].T + view[:3, 3]
    at = (place[:, :2] * 0.5 + 0.5) * RESOLUTION - 0.5
    limit = place[:, 2] * 0.5 + 0.5 - 0.0012
    corner = np.floor(at).astype(int)
    seen = np.zeros(len(points))
    for dx, dy in ((0, 0), (0, 1), (1, 0), (1, 1)):
        x, y = (corner + np.array([dx, dy])).clip(0, RESOLUTION - 1).T
        seen += 0.25 * (depth[y, x] > limit)
    return seen
