"""Written tracks are read back by the libraries of their formats."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import trimesh

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.api.values import Performance
from engines.scene.head import load_head
from studio.export.binder import PICTURE_SIDE
from studio.export.tracks import CSV_HEADER, TRACKS, write_track


@pytest.fixture
def motion() -> Performance:
    rng = np.random.default_rng(0)
    weights = rng.random((70, 52), np.float32)
    rotation = rng.normal(0, 0.05, (70, 3)).astype(np.float32)
    return Performance(weights, rotation, Fraction(30000, 1001))


def test_csv_has_live_link_columns_and_values(motion: Performance, tmp_path: Path) -> None:
    write_track(motion, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CSV_HEADER
    assert len(CSV_HEADER) == 2 + 61
    assert len(rows) == 70
    for name in ("jawOpen", "jawLeft", "mouthRight", "tongueOut", "eyeBlinkLeft"):
        column = [float(row[name[0].upper() + name[1:]]) for row in rows]
        np.testing.assert_allclose(column, motion.weights[:, INDEX[name]], atol=1e-6)
    np.testing.assert_allclose([float(r["HeadYaw"]) for r in rows], motion.rotation[:, 1], atol=1e-6)
    np.testing.assert_allclose([float(r["HeadPitch"]) for r in rows], motion.rotation[:, 0], atol=1e-6)
    assert rows[0]["BlendshapeCount"] == "61"
    assert [rows[i]["Timecode"] for i in (0, 29, 30)] == ["00:00:00:00.000", "00:00:00:29.000", "00:00:01:00.000"]


def test_json_is_whole(motion: Performance, tmp_path: Path) -> None:
    write_track(motion, tmp_path / "a.json")
    read = json.loads((tmp_path / "a.json").read_text())
    assert Fraction(*read["fps"]) == motion.fps
    assert tuple(read["names"]) == NAMES
    np.testing.assert_allclose([f["weights"] for f in read["frames"]], motion.weights, atol=1e-5)
    np.testing.assert_allclose([f["rotation"] for f in read["frames"]], motion.rotation, atol=1e-6)


def test_glb_holds_named_shapes_and_their_motion(motion: Performance, tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    write_track(motion, path)
    read = pygltflib.GLTF2().load(str(path))
    head = load_head(level=0)
    node = next(i for i, n in enumerate(read.nodes) if n.name == "skin")
    skin = read.meshes[read.nodes[node].mesh]
    assert tuple(skin.extras["targetNames"]) == NAMES
    assert len(skin.primitives[0].targets) == 52
    jaw = _array(read, skin.primitives[0].targets[INDEX["jawOpen"]]["POSITION"])
    np.testing.assert_allclose(jaw, head.meshes["skin"].shapes[INDEX["jawOpen"]][head.meshes["skin"].corner], atol=1e-6)
    animation = read.animations[0]
    channel = next(c for c in animation.channels if c.target.node == node)
    sampler = animation.samplers[channel.sampler]
    np.testing.assert_allclose(_array(read, sampler.output).reshape(-1, 52), motion.weights)
    np.testing.assert_allclose(_array(read, sampler.input).ravel(), np.arange(70) * 1001 / 30000, rtol=1e-6)


def test_glb_head_joint_turns_as_the_studio_does(motion: Performance, tmp_path: Path) -> None:
    from scipy.spatial.transform import Rotation

    from engines.scene.head import rotation_matrix

    write_track(motion, tmp_path / "a.glb")
    read = pygltflib.GLTF2().load(str(tmp_path / "a.glb"))
    node = next(i for i, n in enumerate(read.nodes) if n.name == "head")
    channel = next(c for c in read.animations[0].channels if c.target.node == node)
    turns = Rotation.from_quat(_array(read, read.animations[0].samplers[channel.sampler].output))
    for i in (0, 17, 69):
        np.testing.assert_allclose(turns[i].as_matrix(), rotation_matrix(motion.rotation[i]), atol=1e-5)


def test_glb_loads_in_trimesh_at_life_size(motion: Performance, tmp_path: Path) -> None:
    write_track(motion, tmp_path / "a.glb")
    scene = trimesh.load(tmp_path / "a.glb")
    assert {"skin", "teeth"} <= set(scene.geometry)
    picture = scene.geometry["skin"].visual.material.baseColorTexture
    assert picture is not None
    assert max(picture.size) <= PICTURE_SIDE
    assert len(scene.geometry["skin"].faces) == len(load_head(level=0).meshes["skin"].triangles)


@pytest.mark.parametrize("ending", TRACKS)
def test_an_unwritable_place_leaves_nothing(ending: str, motion: Performance, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="folder does not exist"):
        write_track(motion, tmp_path / "none" / f"a{ending}")
    (tmp_path / f"b{ending}").mkdir()
    with pytest.raises(EngineError):
        write_track(motion, tmp_path / f"b{ending}")
    assert [p.name for p in tmp_path.iterdir()] == [f"b{ending}"]


def test_unknown_ending_and_empty_motion_are_refused(motion: Performance, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"\.csv, \.glb, \.json"):
        write_track(motion, tmp_path / "a.fbx")
    empty = Performance(motion.weights[:0], motion.rotation[:0], motion.fps)
    with pytest.raises(EngineError):
        write_track(empty, tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


def _array(document: pygltflib.GLTF2, index: int) -> np.ndarray:
    accessor = document.accessors[index]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor.type]
    start = document.bufferViews[accessor.bufferView].byteOffset
    values = np.frombuffer(document.binary_blob(), np.float32, accessor.count * width, start)
    return values.reshape(accessor.count, width)
