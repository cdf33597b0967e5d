"""Knows how facial motion is written as a GLB: the head with 52 named morph targets, a turning neck, and the animation.

glTF 2.0, sections 3.7.2.2 (morph targets), 3.7.3 (skins) and 3.11 (animations). The neck bends by a skin of two joints,
whose weights are the share each vertex follows the head; this is the same linear blend the studio draws. Hair is left
out: it is drawn as strands, which glTF does not know.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pygltflib as gltf
from scipy.spatial.transform import Rotation

from engines.api.arkit import NAMES
from engines.api.values import FloatArray, Performance
from engines.scene.eyeball import ball
from engines.scene.head import Head, Mesh, gaze, load_head
from studio.export.binder import Binder

_COLOURS = {
    "skin": (0.80, 0.58, 0.48),
    "suit": (0.05, 0.06, 0.09),
    "teeth": (0.88, 0.85, 0.78),
    "tongue": (0.62, 0.28, 0.27),
}
_PLAIN = (0.6, 0.6, 0.6)
_ROUGH = {"skin": 0.5, "suit": 0.85, "teeth": 0.35, "tongue": 0.4}
_CENTIMETRE = 0.01
_ROOT, _TORSO, _HEAD, _LEFT_EYE, _RIGHT_EYE = range(5)


def write_glb(performance: Performance, path: Path, head: Head | None = None) -> None:
    """Write the head and its motion, in metres, one key per frame; head: the default presenter's if left out."""
    head = head or load_head(level=0)
    book = Binder()
    _add_joints(book, head)
    for mesh in head.meshes.values():
        _add_mesh(book, mesh, head.textures.get(f"{mesh.name}_albedo"))
    _add_eyes(book, head)
    _add_animation(book, performance)
    path.write_bytes(b"".join(book.finish().save_to_bytes()))


def _add_joints(book: Binder, head: Head) -> None:
    """Root in metres over everything; torso and head joints; the eyes ride on the head."""
    pivot = head.pivot.astype(float)
    document = book.document
    document.nodes = [
        gltf.Node(name="presenter", scale=[_CENTIMETRE] * 3, children=[_TORSO]),
        gltf.Node(name="torso", children=[_HEAD]),
        gltf.Node(name="head", translation=pivot.tolist(), children=[_LEFT_EYE, _RIGHT_EYE]),
        *(
            gltf.Node(name=f"{side}_eye", translation=(centre - pivot).tolist(), scale=[head.eye_radius] * 3)
            for side, centre in zip(("left", "right"), head.eye_centres.astype(float), strict=True)
        ),
    ]
    inverse = np.stack([np.eye(4), np.eye(4)]).astype(np.float32)
    inverse[1, :3, 3] = -pivot
    matrices = book.add(inverse.transpose(0, 2, 1).reshape(2, 16), gltf.MAT4)  # columns first
    document.skins = [gltf.Skin(joints=[_TORSO, _HEAD], inverseBindMatrices=matrices, skeleton=_TORSO)]
    document.scenes, document.scene = [gltf.Scene(nodes=[_ROOT])], 0


def _add_mesh(book: Binder, mesh: Mesh, picture: Path | None) -> None:
    points = mesh.rest[mesh.corner]
    follow = mesh.follow[mesh.corner]
    weights = np.stack([1 - follow, follow, 0 * follow, 0 * follow], 1).astype(np.float32)
    joints = np.tile(np.array([0, 1, 0, 0], np.uint8), (len(points), 1))
    attributes = gltf.Attributes(
        POSITION=book.add(points, gltf.VEC3, gltf.ARRAY_BUFFER),
        NORMAL=book.add(_normals(mesh), gltf.VEC3, gltf.ARRAY_BUFFER),
        TEXCOORD_0=book.add((mesh.uv * [1, -1] + [0, 1]).astype(np.float32), gltf.VEC2, gltf.ARRAY_BUFFER),
        JOINTS_0=book.add(joints, gltf.VEC4, gltf.ARRAY_BUFFER),
        WEIGHTS_0=book.add(weights, gltf.VEC4, gltf.ARRAY_BUFFER),
    )
    primitive = gltf.Primitive(
        attributes=attributes,
        indices=book.add(mesh.triangles.astype(np.uint32).reshape(-1), gltf.SCALAR, gltf.ELEMENT_ARRAY_BUFFER),
        material=book.material(mesh.name, _COLOURS.get(mesh.name, _PLAIN), picture, _ROUGH.get(mesh.name, 0.6)),
    )
    shape = gltf.Mesh(name=mesh.name, primitives=[primitive])
    if len(mesh.moving):
        primitive.targets = _targets(book, mesh)
        shape.weights = [0.0] * len(NAMES)
        shape.extras = {"targetNames": list(NAMES)}
    _place(book, shape, gltf.Node(name=mesh.name, skin=0))


def _targets(book: Binder, mesh: Mesh) -> list[dict[str, int]]:
    """One morph target per shape; shapes that do not move this mesh share one block of zeros."""
    still = book.add(np.zeros((len(mesh.corner), 3), np.float32), gltf.VEC3, gltf.ARRAY_BUFFER)
    moved = (np.abs(offsets).max() > 1e-6 for offsets in mesh.shapes)
    return [
        {"POSITION": book.add(offsets[mesh.corner], gltf.VEC3, gltf.ARRAY_BUFFER) if moves else still}
        for offsets, moves in zip(mesh.shapes, moved, strict=True)
    ]


def _add_eyes(book: Binder, head: Head) -> None:
    points, triangles = ball()
    off = np.hypot(points[:, 0], points[:, 1])[:, None]
    front = points[:, 2:] > 0
    colours = np.where((off < 0.46) & front, [0.12, 0.17, 0.18], [0.82, 0.79, 0.76])
    colours = np.where((off < 0.2) & front, 0.01, colours).astype(np.float32)
    normals = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    attributes = gltf.Attributes(
        POSITION=book.add(points, gltf.VEC3, gltf.ARRAY_BUFFER),
        NORMAL=book.add(normals, gltf.VEC3, gltf.ARRAY_BUFFER),
        COLOR_0=book.add(colours, gltf.VEC3, gltf.ARRAY_BUFFER),
    )
    indices = book.add(triangles.astype(np.uint32).reshape(-1), gltf.SCALAR, gltf.ELEMENT_ARRAY_BUFFER)
    primitive = gltf.Primitive(
        attributes=attributes, indices=indices, material=book.material("eye", (1.0, 1.0, 1.0), rough=0.25)
    )
    book.document.meshes.append(gltf.Mesh(name="eye", primitives=[primitive]))
    for node in (_LEFT_EYE, _RIGHT_EYE):
        book.document.nodes[node].mesh = len(book.document.meshes) - 1


def _add_animation(book: Binder, performance: Performance) -> None:
    rate = performance.fps
    times = (np.arange(len(performance.weights)) * rate.denominator / rate.numerator).astype(np.float32)
    keys = book.add(times, gltf.SCALAR)
    animation = gltf.Animation(name="performance")
    weights = book.add(performance.weights.astype(np.float32).reshape(-1), gltf.SCALAR)
    for i, node in enumerate(book.document.nodes):
        if node.mesh is not None and book.document.meshes[node.mesh].weights:
            _animate(animation, keys, weights, i, "weights")
    looks = np.stack([gaze(row) for row in performance.weights])  # (f, 2 eyes, yaw and pitch)
    _animate(animation, keys, book.add(_quaternions(performance.rotation), gltf.VEC4), _HEAD, "rotation")
    for eye, node_index in enumerate((_LEFT_EYE, _RIGHT_EYE)):
        turn = np.stack([looks[:, eye, 1], looks[:, eye, 0], 0 * looks[:, eye, 0]], 1)
        _animate(animation, keys, book.add(_quaternions(turn), gltf.VEC4), node_index, "rotation")
    book.document.animations = [animation]


def _animate(animation: gltf.Animation, keys: int, values: int, node: int, path: str) -> None:
    animation.samplers.append(gltf.AnimationSampler(input=keys, output=values, interpolation="LINEAR"))
    target = gltf.AnimationChannelTarget(node=node, path=path)
    animation.channels.append(gltf.AnimationChannel(sampler=len(animation.samplers) - 1, target=target))


def _place(book: Binder, shape: gltf.Mesh, node: gltf.Node) -> None:
    book.document.meshes.append(shape)
    node.mesh = len(book.document.meshes) - 1
    book.document.nodes.append(node)
    book.document.scenes[0].nodes.append(len(book.document.nodes) - 1)


def _quaternions(rotation: FloatArray) -> FloatArray:
    """(f, 3) pitch, yaw, roll -> (f, 4) x y z w, turned in the order of engines.scene.head.rotation_matrix."""
    turns = Rotation.from_euler("YXZ", rotation[:, [1, 0, 2]].astype(float))
    return np.asarray(turns.as_quat(), np.float32)


def _normals(mesh: Mesh) -> FloatArray:
    """Smooth unit normals of the rest pose, one per GL vertex: (c, 3)."""
    corners = mesh.corner[mesh.triangles]  # (t, 3)
    a, b, c = (mesh.rest[corners[:, k]] for k in range(3))
    total = np.zeros_like(mesh.rest)
    for k in range(3):
        np.add.at(total, corners[:, k], np.cross(b - a, c - a))
    unit = total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-12)
    return np.asarray(unit[mesh.corner], np.float32)
