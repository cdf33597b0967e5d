"""Laws of the presenter's head: what each part must do when the face moves, and that a damaged file is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.scene.head import DEFAULT, FILE, Head, gaze, load_head

STILL = np.zeros(3, np.float32)


def face(**weights: float) -> np.ndarray:
    values = np.zeros(len(NAMES), np.float32)
    for name, weight in weights.items():
        values[INDEX[name]] = weight
    return values


@pytest.fixture(scope="module", params=[0, 1], ids=["cage", "smooth"])
def head(request: pytest.FixtureRequest) -> Head:
    return load_head(level=request.param)


def test_every_array_is_finite_and_every_index_is_in_range(head: Head) -> None:
    for mesh in head.meshes.values():
        assert all(np.isfinite(a).all() for a in (mesh.rest, mesh.shapes, mesh.follow, mesh.uv, mesh.occlusion))
        assert mesh.shapes.shape == (52, len(mesh.rest), 3)
        assert mesh.corner.min() >= 0 and mesh.corner.max() < len(mesh.rest)
        assert mesh.triangles.min() >= 0 and mesh.triangles.max() < len(mesh.corner)
        assert mesh.uv.min() >= 0 and mesh.uv.max() <= 1
        assert mesh.follow.min() >= 0 and mesh.follow.max() <= 1
    for strands in head.strands.values():
        assert np.isfinite(strands.points).all()


def test_parts_and_textures_are_there(head: Head) -> None:
    assert {"skin", "suit", "teeth", "tongue"} <= set(head.meshes)
    assert {"hair", "brows", "lashes"} <= set(head.strands)
    assert {"skin_albedo", "skin_normal", "skin_surface", "suit_albedo"} <= set(head.textures)
    assert all(path.is_file() for path in head.textures.values())
    assert len(head.strands["hair"].points) >= 30_000


def test_smoothing_keeps_the_cage_vertices_first() -> None:
    cage, smooth = load_head(level=0), load_head(level=1)
    count = len(cage.meshes["skin"].rest)
    assert len(smooth.meshes["skin"].rest) > 3 * count
    moved = np.linalg.norm(smooth.meshes["skin"].rest[:count] - cage.meshes["skin"].rest, axis=1)
    assert np.median(moved) < 0.05 and moved.max() < 0.6


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("eyeLook")])
def test_every_shape_moves_something(head: Head, name: str) -> None:
    moved = max(float(np.abs(mesh.shapes[INDEX[name]]).max()) for mesh in head.meshes.values())
    assert moved > 0.2


@pytest.mark.parametrize(("side", "first"), [("Right", 36), ("Left", 42)])
def test_blink_closes_one_eye_only(head: Head, side: str, first: int) -> None:
    rest, blink = head.landmarks(face(), STILL), head.landmarks(face(**{f"eyeBlink{side}": 1.0}), STILL)
    other = 42 if first == 36 else 36

    def gap(points: np.ndarray, eye: int) -> float:
        return float((points[eye + 1, 1] + points[eye + 2, 1] - points[eye + 4, 1] - points[eye + 5, 1]) / 2)

    assert gap(rest, first) > 0.6
    assert gap(blink, first) < 0.02
    assert gap(blink, other) == pytest.approx(gap(rest, other), abs=0.02)


def test_jaw_lowers_chin_and_lower_teeth_and_leaves_the_upper_row(head: Head) -> None:
    chin = head.landmarks(face(jawOpen=1), STILL)[8] - head.landmarks(face(), STILL)[8]
    assert 3.0 < np.linalg.norm(chin) < 4.5 and chin[1] < -1.5
    offsets = np.linalg.norm(head.meshes["teeth"].shapes[INDEX["jawOpen"]], axis=1)
    upper = offsets < 1e-3
    assert 0.3 < upper.mean() < 0.7
    assert offsets[~upper].max() > 2.0


@pytest.mark.parametrize("jaw", [0.0, 0.1, 0.2, 0.5, 1.0])
def test_mouth_close_shuts_the_lips_at_any_jaw(head: Head, jaw: float) -> None:
    mouth = head.landmarks(face(jawOpen=jaw, mouthClose=jaw), STILL)[48:68]
    assert np.abs(mouth[[13, 14, 15], 1] - mouth[[19, 18, 17], 1]).max() < 0.1
    if jaw:
        opened = head.landmarks(face(jawOpen=jaw), STILL)[48:68]
        assert opened[14, 1] - opened[18, 1] > 2.5 * jaw


def test_pressed_and_rolled_lips_close_a_slightly_open_jaw(head: Head) -> None:
    weights = face(jawOpen=0.12, mouthClose=0.12, mouthPressLeft=0.4, mouthPressRight=0.4, mouthRollLower=0.3)
    mouth = head.landmarks(weights, STILL)[48:68]
    assert (mouth[[13, 14, 15], 1] - mouth[[19, 18, 17], 1]).max() < 0.05


def test_landmarks_are_ordered_like_dlib(head: Head) -> None:
    points = head.landmarks(face(), STILL)
    x, y = points[:, 0], points[:, 1]
    assert x[0] < x[8] < x[16] and y[8] == y[:17].min()
    assert (np.diff(x[17:22]) > 0).all() and (np.diff(x[22:27]) > 0).all()
    assert y[17:27].min() > y[36:48].max()
    assert x[48] < x[51] < x[54] and y[51] > y[57]


def test_brow_landmarks_lie_on_the_brow_hairs(head: Head) -> None:
    roots = head.strands["brows"].points[:, 0]
    for point in head.landmarks(face(), STILL)[17:27]:
        assert np.linalg.norm(roots - point, axis=1).min() < 0.25


def test_head_turns_to_the_presenters_left_and_the_torso_stays(head: Head) -> None:
    turn = np.float32([0, 0.3, 0])
    assert head.landmarks(face(), turn)[30, 0] > head.landmarks(face(), STILL)[30, 0] + 2
    skin, suit = head.meshes["skin"], head.meshes["suit"]
    assert skin.follow[skin.rest[:, 1] > head.eye_centres[0, 1]].min() > 0.9
    low = suit.rest[:, 1] < head.pivot[1] - 20
    np.testing.assert_allclose(head.pose(suit, face(), turn)[low], suit.rest[low], atol=0.05)


def test_nod_down_and_gaze_have_the_agreed_signs(head: Head) -> None:
    nod = head.landmarks(face(), np.float32([0.2, 0, 0]))
    assert nod[30, 1] < head.landmarks(face(), STILL)[30, 1] - 1
    left = gaze(face(eyeLookOutLeft=1, eyeLookInRight=1))
    assert (left[:, 0] > 0.3).all() and np.allclose(left[:, 1], 0)
    assert (gaze(face(eyeLookDownLeft=1, eyeLookDownRight=1))[:, 1] > 0.3).all()


def test_lashes_follow_the_lid_and_hair_only_the_head(head: Head) -> None:
    blink = face(eyeBlinkLeft=1, eyeBlinkRight=1)
    lashes, hair = head.strands["lashes"], head.strands["hair"]
    moved = head.pose_strands(lashes, blink, STILL) - lashes.points
    assert moved[:, 0, 1].min() < -0.4
    np.testing.assert_allclose(head.pose_strands(hair, blink, STILL), hair.points)
    lengths = [np.linalg.norm(np.diff(p, axis=1), axis=2) for p in (lashes.points, lashes.points + moved)]
    np.testing.assert_allclose(lengths[0], lengths[1], atol=1e-3)


def test_loading_twice_gives_the_same_head() -> None:
    assert load_head(level=0) is load_head(DEFAULT, 0)


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "missing"])
def test_a_damaged_file_is_refused_with_one_sentence(tmp_path: Path, damage: str) -> None:
    whole = (DEFAULT / FILE).read_bytes()
    broken = {"cut": whole[: len(whole) // 2], "noise": whole[::-1], "empty": b""}
    if damage in broken:
        (tmp_path / FILE).write_bytes(broken[damage])
    with pytest.raises(EngineError, match="head file") as caught:
        load_head(tmp_path)
    assert str(caught.value).count(". ") == 0


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"x": np.zeros(1)}, tmp_path / FILE, {"anchor-head": '{"version": 99, "shapes": []}'})
    with pytest.raises(EngineError, match="another version"):
        load_head(tmp_path)
