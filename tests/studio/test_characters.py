"""Characters from files of other tools: read, mapped, kept, drawn where the studio's head is, and animated again."""

from __future__ import annotations

import json
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.api.expressions import EMPTY_SHAPES, EXPRESSIONS
from engines.api.values import Performance
from engines.scene.character import fit, load_character
from engines.scene.gltf import read_model
from engines.scene.gltf_book import Book
from engines.scene.head import load_head, rotation_matrix
from engines.scene.mapping import driven, guess, missing, target_weights
from studio.document.characters import Characters
from studio.document.errors import DocumentError
from studio.export.tracks import write_track

STILL = Performance(np.zeros((2, 52), np.float32), np.zeros((2, 3), np.float32), Fraction(25))


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The studio's own head as a GLB."""
    path = tmp_path_factory.mktemp("glb") / "own.glb"
    write_track(STILL, path)
    return path


def stranger(source: Path, path: Path, change: Any) -> Path:
    """A GLB whose document was changed in place."""
    book = Book.open(source)
    change(book.about)
    text = json.dumps(book.about).encode()
    text += b" " * (-len(text) % 4)
    parts = [struct.pack("<I4s", len(text), b"JSON"), text, struct.pack("<I4s", len(book.data), b"BIN\0"), book.data]
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + sum(map(len, parts))) + b"".join(parts))
    return path


def named(names: list[str]) -> Any:
    def change(about: Any) -> None:
        for mesh in about["meshes"]:
            if "extras" in mesh:
                mesh["extras"]["targetNames"] = names

    return change


# names


@pytest.mark.parametrize(("left", "right"), [("Left", "Right"), ("_L", "_R"), ("_left", "_right"), (".L", ".R")])
def test_arkit_names_are_found_however_they_are_spelt(left: str, right: str) -> None:
    ours = [name.replace("Left", left).replace("Right", right) for name in NAMES]
    assert missing(guess(ours)) == ()
    prefixed = guess([f"BlendShape1.{name[0].upper()}{name[1:]}" for name in ours])
    assert missing(prefixed) == ()
    assert all(len(moved) == 1 for moved in prefixed.values())
    assert len({moved[0] for moved in prefixed.values()}) == 52


def test_facewarehouse_names_are_found_but_for_the_empty_shapes() -> None:
    found = guess(EXPRESSIONS)
    assert missing(found) == EMPTY_SHAPES
    assert found["browOuterUpLeft"] == ("BrowsU_L",)
    assert found["noseSneerLeft"] == found["noseSneerRight"] == ("Sneer",)


def test_vroid_visemes_and_whole_face_shapes_serve_both_sides() -> None:
    face = "Face.M_F00_000_00_Fcl_"
    ends = ("EYE_Close", "EYE_Close_L", "EYE_Close_R", "MTH_A", "MTH_I", "MTH_U", "MTH_O", "MTH_Joy", "BRW_Angry")
    found = guess([face + end for end in ends])
    assert found["eyeBlinkLeft"] == (f"{face}EYE_Close_L",)
    assert found["jawOpen"] == (f"{face}MTH_A",)
    assert found["mouthPucker"] == (f"{face}MTH_U",)
    assert found["mouthSmileLeft"] == found["mouthSmileRight"] == (f"{face}MTH_Joy",)
    assert found["browDownRight"] == (f"{face}BRW_Angry",)
    assert "tongueOut" in missing(found)


def test_character_creator_moves_several_shapes_for_one() -> None:
    names = ["Brow_Raise_Inner_L", "Brow_Raise_Inner_R", "Eye_L_Look_L", "Eye_L_Look_R", "Eye_R_Look_L", "A05_Jaw_Open"]
    found = guess(names)
    assert found["browInnerUp"] == ("Brow_Raise_Inner_L", "Brow_Raise_Inner_R")
    assert found["eyeLookOutLeft"] == ("Eye_L_Look_L",)
    assert found["eyeLookInLeft"] == ("Eye_L_Look_R",)
    assert found["eyeLookInRight"] == ("Eye_R_Look_L",)
    assert found["jawOpen"] == ("A05_Jaw_Open",)


def test_a_shape_for_both_sides_moves_as_far_as_the_stronger() -> None:
    table = driven(
        {"mouthSmileLeft": ("smile",), "mouthSmileRight": ("smile",), "jawOpen": ("a", "b")}, ("smile", "a", "b")
    )
    weights = np.zeros((2, 52), np.float32)
    weights[0, INDEX["mouthSmileLeft"]], weights[0, INDEX["mouthSmileRight"]] = 0.3, 0.5
    weights[1, INDEX["jawOpen"]] = 0.7
    np.testing.assert_allclose(target_weights(table, weights), [[0.5, 0, 0], [0, 0.7, 0.7]])


# reading


def test_a_glb_is_read_at_rest_in_the_scene(own: Path) -> None:
    model, head = read_model(own), load_head(level=0)
    assert model.targets == NAMES
    assert model.remarks == ()
    skin, ours = next(part for part in model.parts if part.name == "skin"), head.meshes["skin"]
    np.testing.assert_allclose(skin.points * 100, ours.rest[ours.corner], atol=1e-3)
    np.testing.assert_allclose(skin.offsets * 100, ours.shapes[:, ours.corner], atol=1e-3)
    np.testing.assert_allclose(skin.follow, ours.follow[ours.corner], atol=1e-6)
    assert model.pivot is not None
    np.testing.assert_allclose(model.pivot * 100, head.pivot, atol=1e-3)
    assert skin.picture


def test_cloth_stays_dull_and_roughness_by_picture_is_taken_as_skins(own: Path, tmp_path: Path) -> None:
    rough = {part.name: part.rough for part in read_model(own).parts}
    assert rough["eye"] < rough["skin"] < rough["suit"]

    def paint(about: Any) -> None:
        about["materials"][0]["pbrMetallicRoughness"] = {"metallicRoughnessTexture": {"index": 0}}

    painted = {part.name: part.rough for part in read_model(stranger(own, tmp_path / "painted.glb", paint)).parts}
    assert 0.0 < painted["skin"] < 1.0


def test_a_character_of_any_size_turned_away_comes_to_lie_on_our_head(own: Path, tmp_path: Path) -> None:
    def giant(about: Any) -> None:
        root = about["nodes"][0]
        root["scale"], root["rotation"], root["translation"] = [3.0] * 3, [0.0, 1.0, 0.0, 0.0], [5.0, -2.0, 9.0]

    model = read_model(stranger(own, tmp_path / "giant.glb", giant))
    character = fit("Giant", model, guess(model.targets))
    skin, ours = next(p for p in character.parts if p.name == "skin"), load_head(level=0).meshes["skin"]
    np.testing.assert_allclose(skin.points, ours.rest[ours.corner], atol=0.3)  # centimetres
    np.testing.assert_allclose(character.pivot, load_head(level=0).pivot, atol=0.3)


def test_double_and_absent_names_are_told(own: Path, tmp_path: Path) -> None:
    names = list(NAMES)
    names[3] = names[5] = "smile"
    names[7] = ""
    model = read_model(stranger(own, tmp_path / "double.glb", named(names)))
    assert {"smile", "smile (2)", "target 8"} <= set(model.targets)
    assert [remark for remark in model.remarks if "“smile”" in remark]
    nameless = read_model(stranger(own, tmp_path / "nameless.glb", named([])))
    assert nameless.targets[0] == "target 1"
    assert any("no names" in remark for remark in nameless.remarks)


def drop_targets(about: Any) -> None:
    for mesh in about["meshes"]:
        for piece in mesh["primitives"]:
            piece.pop("targets", None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (drop_targets, "no morph targets"),
        (lambda about: about.update(meshes=[], nodes=[{"name": "empty"}]), "no surface"),
        (lambda about: about.update(extensionsRequired=["KHR_draco_mesh_compression"]), "compress"),
        (lambda about: about["accessors"][0].update(count=10**9), "damaged"),
        (lambda about: about["meshes"][1]["primitives"][0].update(attributes={}), "damaged"),
    ],
)
def test_bad_files_get_one_sentence(change: Any, sentence: str, own: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=sentence) as caught:
        read_model(stranger(own, tmp_path / "bad.glb", change))
    assert str(caught.value).count(". ") == 0


def test_a_loop_of_nodes_ends(own: Path, tmp_path: Path) -> None:
    def loop(about: Any) -> None:
        about["nodes"][1]["children"].append(1)

    assert read_model(stranger(own, tmp_path / "loop.glb", loop)).targets == NAMES


@pytest.mark.parametrize("data", [b"", b"glTF", b"nonsense", b"glTF\x02\0\0\0\xff\0\0\0"])
def test_files_that_are_no_glb(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.glb").write_bytes(data)
    with pytest.raises(EngineError, match=r"no binary glTF|damaged"):
        read_model(tmp_path / "x.glb")
    with pytest.raises(EngineError, match="cannot be read"):
        read_model(tmp_path / "none.glb")


def test_a_cut_file_is_damaged(own: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.glb").write_bytes(own.read_bytes()[:-5000])
    with pytest.raises(EngineError, match="damaged"):
        read_model(tmp_path / "cut.glb")


# keeping


def test_characters_are_kept_found_and_forgotten(own: Path, tmp_path: Path) -> None:
    kept = Characters(tmp_path / "characters")
    assert kept.all() == ()
    first, second = kept.add(own, {"jawOpen": ("jawOpen",)}), kept.add(own, {})
    assert {ref.key for ref in kept.all()} == {first.key, second.key}
    assert first.key != second.key
    assert load_character(kept.place(first.key)).table.sum() == 1
    kept.save(first.key, "Ada", {"jawOpen": ("jawOpen", "mouthClose")})
    assert load_character(kept.place(first.key)).title == "Ada"
    (kept.place(second.key) / "character.json").write_text("{")
    assert [ref.title for ref in kept.all()] == ["Ada"]
    with pytest.raises(EngineError, match="import its GLB again"):
        load_character(kept.place(second.key))
    kept.remove(first.key)
    assert kept.all() == ()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DocumentError):
        Characters(tmp_path / "file").add(own, {})


# animated again


def test_a_characters_own_file_gets_the_performance(own: Path, tmp_path: Path) -> None:
    names = [name.replace("Left", "_L").replace("Right", "_R") for name in NAMES]
    source = stranger(own, tmp_path / "Ada.glb", named(names))
    kept = Characters(tmp_path / "characters")
    ref = kept.add(source, guess(names))
    rng = np.random.default_rng(5)
    motion = Performance(
        rng.random((20, 52), np.float32), rng.normal(0, 0.1, (20, 3)).astype(np.float32), Fraction(30000, 1001)
    )
    path = tmp_path / "acted.glb"
    write_track(motion, path, kept.place(ref.key))
    scene = trimesh.load(path)
    assert {"skin", "teeth"} <= set(scene.geometry)
    read = pygltflib.GLTF2().load(str(path))
    node = next(i for i, one in enumerate(read.nodes) if one.name == "skin")
    head = next(i for i, one in enumerate(read.nodes) if one.name == "head")
    channels = {
        (c.target.node, c.target.path): read.animations[0].samplers[c.sampler] for c in read.animations[0].channels
    }
    book = Book.open(path)
    weights = book.array(channels[node, "weights"].output).reshape(20, 52)
    np.testing.assert_allclose(weights, motion.weights, atol=1e-6)
    times = book.array(channels[node, "weights"].input).ravel()
    np.testing.assert_allclose(times, np.arange(20) * 1001 / 30000, rtol=1e-6)
    turns = Rotation.from_quat(book.array(channels[head, "rotation"].output))
    np.testing.assert_allclose(turns[7].as_matrix(), rotation_matrix(motion.rotation[7]), atol=1e-5)
    assert read_model(path).targets == tuple(names)


# drawn


def test_a_character_is_drawn_and_moves(own: Path) -> None:
    from engines.scene import Camera, headless_context
    from engines.scene.character_live import CharacterRenderer

    model = read_model(own)
    ctx = headless_context()
    face = CharacterRenderer(ctx, fit("Own", model, guess(model.targets)))
    depth = ctx.framebuffer([ctx.renderbuffer((160, 160), 4)], ctx.depth_renderbuffer((160, 160)))

    def picture(**shapes: float) -> np.ndarray:
        weights = np.zeros(52, np.float32)
        for name, value in shapes.items():
            weights[INDEX[name]] = value
        depth.clear()
        face.draw(weights, np.zeros(3, np.float32), Camera.portrait(160), target=depth)
        return np.frombuffer(depth.read(components=4), np.uint8).reshape(160, 160, 4)[::-1].astype(int)

    rest, wide = picture(), picture(jawOpen=1.0)
    assert (rest[..., 3] > 0).mean() > 0.3
    changed = np.abs(rest - wide).max(-1) > 24
    rows = np.flatnonzero(changed.any(1))
    assert 0.003 < changed.mean() < 0.2
    assert rows.min() > 60  # the mouth moved, not the brow
    face.remap({})
    np.testing.assert_array_equal(picture(jawOpen=1.0), rest)
