"""Path-traced footage: Blender gets the studio's camera, the film curve keeps its laws, lacks are sentences."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engines.api.arkit import INDEX
from engines.api.events import EngineError
from engines.presenter import cycles_footage
from engines.presenter.cycles_footage import develop, pose_arrays, scene_arrays, trace
from engines.scene.camera import Camera
from engines.scene.head import load_head


def test_lens_and_shift_see_what_the_camera_sees() -> None:
    camera = Camera.presenter().crop(700, 100, 512, 480)
    head = load_head()
    weights, turn = np.zeros(52, np.float32), np.float32([0.02, 0.05, 0.0])
    weights[INDEX["eyeLookOutLeft"]] = 0.5
    told = pose_arrays(head, weights, turn, camera)
    points = head.landmarks(weights, turn)
    seen = np.c_[points, np.ones(68)] @ told["view"].T
    angle, right, up = told["lens"]
    width, height = told["size"]
    scale = 1 / (2 * math.tan(angle / 2))  # window heights per unit of slope
    x = (seen[:, 0] / -seen[:, 2] * scale - right) * height + width / 2
    y = height / 2 - (seen[:, 1] / -seen[:, 2] * scale - up) * height
    np.testing.assert_allclose(np.stack([x, y], 1), camera.project(points), atol=0.01)


def test_scene_holds_every_surface_and_strand() -> None:
    head = load_head()
    arrays = scene_arrays(head, 4)
    for name, mesh in head.meshes.items():
        assert arrays[f"{name}.uv"].shape == (*mesh.triangles.shape, 2)
        assert arrays[f"{name}.triangles"].max() < len(arrays[f"{name}.vertices"])
    assert set(arrays["strands"]) == set(head.strands)


def test_film_curve_keeps_order_and_cover() -> None:
    ramp = np.zeros((1, 64, 4), np.float32)
    ramp[..., :3] = np.geomspace(1e-3, 20, 64)[None, :, None]
    ramp[..., 3] = 1.0
    developed = develop(ramp)
    assert np.all(np.diff(developed[0, :, 1].astype(int)) >= 0)
    assert developed[0, 0, 1] < 8
    assert developed[0, -1, 1] > 240
    assert not develop(np.zeros((2, 2, 4), np.float32)).any()
    half = ramp * np.float32([0.5, 0.5, 0.5, 0.5])
    np.testing.assert_array_equal(develop(half)[..., :3], developed[..., :3])


def test_a_missing_blender_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles_footage, "HOME", tmp_path / "none")
    still = (np.zeros(52, np.float32), np.zeros(3, np.float32), Camera.presenter())
    with pytest.raises(EngineError, match="pip install bpy"):
        next(trace(load_head(), iter([still])))
