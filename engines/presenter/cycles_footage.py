"""Draws footage by path tracing: poses go to a Blender Python of its own, linear pictures come back and are developed.

Blender's module (bpy, GPL) needs Python 3.11 and an older numpy, hence an environment apart; only who makes footage
needs it. The film curve is that of the film tier, so both tiers can be mixed in one training.
"""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.values import ByteArray, FloatArray
from engines.common.weights import ROOT
from engines.scene.camera import Camera
from engines.scene.eyeball import IRIS_COLOUR, ball
from engines.scene.head import Head, gaze, rotation_matrix
from engines.scene.light import Light, environment, find_light
from engines.scene.textures import PLAIN

HOME = ROOT / ".venv-cycles"
EXPOSURE = 0.62
"""Lower than the film tier's 0.9, as traced light also bounces from face to collar and back."""
_IRIS, _PUPIL, _LIMBUS = 0.47, 0.17, 0.40


def trace(head: Head, poses: Iterator[tuple[FloatArray, FloatArray, Camera]], samples: int = 32) -> Iterator[ByteArray]:
    """Path-trace poses (weights, rotation, camera), one RGBA picture (h, w, 4) with straight alpha each.

    Raises EngineError where Blender's Python is missing or stops.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "scene.npz", allow_pickle=False, **scene_arrays(head, samples))
        with _start(folder / "scene.npz") as process:
            try:
                for weights, rotation, camera in poses:
                    np.savez(folder / "pose.npz", allow_pickle=False, **pose_arrays(head, weights, rotation, camera))
                    yield _ask(process, folder)
            finally:
                process.kill()


def scene_arrays(head: Head, samples: int, light: str = "studio") -> dict[str, Any]:
    """Everything that stays while the head moves; read by cycles_scene.py."""
    lit = find_light(light)
    dark = tuple(replace(lamp, colour=(0.0, 0.0, 0.0)) for lamp in lit.lamps)
    room: Light = replace(lit, key=dark[0], fill=dark[1], rims=(dark[2], dark[3]))
    arrays: dict[str, Any] = {
        "samples": samples,
        "meshes": list(head.meshes),
        "strands": list(head.strands),
        "lamp_direction": np.stack([lamp.direction for lamp in lit.lamps]),
        "lamp_colour": np.array([lamp.colour for lamp in lit.lamps]),
        "lamp_size": np.array([max(lamp.size) for lamp in lit.lamps]),
        "room": environment(room)[0].astype(np.float32),
        **_eye_arrays(),
    }
    for name, mesh in head.meshes.items():
        corners = mesh.triangles  # (t, 3) into corners
        arrays |= {
            f"{name}.vertices": mesh.rest,
            f"{name}.triangles": mesh.corner[corners],
            f"{name}.uv": mesh.uv[corners],
        }
    for name, strands in head.strands.items():
        arrays |= {f"{name}.shape": np.array(strands.points.shape[:2]), f"{name}.width": strands.width}
    for name, colour in PLAIN.items():
        gamma = 2.2 if name.endswith("albedo") else 1.0
        arrays[f"plain.{name}"] = (np.array(colour, np.float32) / 255) ** np.float32([gamma, gamma, gamma, 1])
    return arrays | {f"picture.{name}": str(path.resolve()) for name, path in head.textures.items()}


def pose_arrays(head: Head, weights: FloatArray, rotation: FloatArray, camera: Camera) -> dict[str, Any]:
    """Everything that moves: vertices, strands, eyes, and the camera."""
    arrays: dict[str, Any] = {f"mesh.{n}": head.pose(mesh, weights, rotation) for n, mesh in head.meshes.items()}
    arrays |= {f"strand.{n}": head.pose_strands(s, weights, rotation) for n, s in head.strands.items()}
    centres = head.turn(head.eye_centres, 1.0, rotation)
    eyes = np.tile(np.eye(4), (2, 1, 1))
    for eye, centre, look in zip(eyes, centres, gaze(weights), strict=True):
        turned = rotation_matrix(rotation) @ rotation_matrix(np.array([look[1], look[0], 0.0], np.float32))
        eye[:3, :3], eye[:3, 3] = turned * head.eye_radius, centre
    x, y, w, h = camera.window or (0, 0, camera.width, camera.height)
    angle = 2 * math.atan(math.tan(math.radians(camera.fov_deg) / 2) * h / camera.height)
    shift = ((x + w / 2 - camera.width / 2) / h, (camera.height / 2 - y - h / 2) / h)
    return arrays | {"eyes": eyes, "view": camera.view, "lens": np.array([angle, *shift]), "size": np.array([w, h])}


def develop(linear: FloatArray) -> ByteArray:
    """Film curve as in resources/shaders/develop.frag.glsl: (h, w, 4) linear, alpha associated, to RGBA."""
    alpha = np.clip(linear[..., 3:], 0.0, 1.0)
    c = EXPOSURE * linear[..., :3] / np.maximum(alpha, 1e-4)
    c = c + 0.07 * ((c @ np.float32([0.25, 0.55, 0.20]))[..., None] - c)
    slope, grey = 1.28, 0.18
    x = np.maximum(c, 1e-6) ** slope
    y = x / (x + grey**slope * (1 - grey) / grey)
    luma = (y @ np.float32([0.2126, 0.7152, 0.0722]))[..., None]
    colour = np.clip((luma + 1.06 * (y - luma)) * 1.04, 0.0, 1.0) ** (1 / 2.2)
    return np.asarray(np.rint(255 * np.concatenate([colour * (alpha > 0), alpha], axis=2)), np.uint8)


def _eye_arrays() -> dict[str, Any]:
    points, triangles = ball(48, 72)
    sphere = points / np.linalg.norm(points, axis=1, keepdims=True)
    off = np.hypot(sphere[:, 0], sphere[:, 1])
    inside = (off < _IRIS) & (sphere[:, 2] > 0)
    flat = sphere.copy()
    flat[inside, 2] = 0.86 - 0.06 * (1 - off[inside] / _IRIS)
    fibre = 0.75 + 0.25 * np.sin(37 * np.arctan2(sphere[:, 1], sphere[:, 0]))
    iris = np.float32(IRIS_COLOUR) * (fibre * np.where(off > _LIMBUS, 0.35, 1.0))[:, None]
    paint = np.where(inside[:, None], iris, np.float32([0.56, 0.52, 0.50]))
    paint = np.where((inside & (off < _PUPIL))[:, None], 0.002, paint)
    paint = np.concatenate([paint, np.ones((len(paint), 1))], axis=1)
    return {"ball.vertices": flat, "ball.paint": paint, "cornea.vertices": points * 1.004, "eye.triangles": triangles}


def _start(scene: Path) -> subprocess.Popen[str]:
    python = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        raise EngineError(
            f"Cycles footage needs Blender's Python: run 'python3.11 -m venv {HOME.name}' in {ROOT}, "
            f"then '{HOME.name}/bin/pip install bpy==5.0.1'."
        )
    script = Path(__file__).with_name("cycles_scene.py")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([str(python), str(script), str(scene)], text=True, **pipes)


def _ask(process: subprocess.Popen[str], folder: Path) -> ByteArray:
    """Have one pose traced. Blender prints of its own, so the answer is the line that names the file."""
    out = folder / "linear.npy"
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(f"{folder / 'pose.npz'}\t{out}\n")
        process.stdin.flush()
    except BrokenPipeError as error:
        raise EngineError("Blender's Python stopped: install bpy==5.0.1 again in its environment.") from error
    for line in process.stdout:
        if line.strip() == str(out):
            return develop(np.load(out, allow_pickle=False))
    raise EngineError("Blender's Python stopped while tracing a picture: run again, it goes on where it was.")
