"""The head is really drawn, without a window, and the picture obeys the face."""

from __future__ import annotations

from collections.abc import Iterator

import moderngl
import numpy as np
import pytest

from engines.api.arkit import INDEX, NAMES
from engines.api.events import EngineError
from engines.scene import Camera, FilmRenderer, LiveRenderer, face_box, headless_context
from engines.scene.head import Head, load_head
from engines.scene.light import PRESETS, find_light, room_harmonics
from engines.scene.shadow import key_view

STILL = np.zeros(3, np.float32)


def face(**shapes: float) -> np.ndarray:
    weights = np.zeros(len(NAMES), np.float32)
    for name, amount in shapes.items():
        weights[INDEX[name]] = amount
    return weights


NEUTRAL = face()


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    try:
        context = headless_context()
    except EngineError as error:
        pytest.skip(str(error))
    yield context
    context.release()


@pytest.fixture(scope="module")
def head() -> Head:
    return load_head(level=0)


@pytest.fixture(scope="module")
def film(ctx: moderngl.Context, head: Head) -> FilmRenderer:
    return FilmRenderer(ctx, head, shadow_size=512)


@pytest.fixture(scope="module")
def live(ctx: moderngl.Context, head: Head) -> LiveRenderer:
    return LiveRenderer(ctx, head, shadow_size=512)


@pytest.fixture(scope="module")
def camera(head: Head) -> Camera:
    return Camera.portrait(128, head)


def rows_that_change(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much each row of the picture differs, 0..255 mean."""
    return np.abs(a[..., :3].astype(float) - b[..., :3]).mean((1, 2))


@pytest.fixture(params=["film", "live"])
def renderer(request: pytest.FixtureRequest) -> FilmRenderer | LiveRenderer:
    return request.getfixturevalue(request.param)


def test_picture_has_a_head_and_a_clear_background(renderer, camera):
    picture = renderer.picture(NEUTRAL, STILL, camera)
    alpha = picture[..., 3]
    assert picture.shape == (128, 128, 4) and picture.dtype == np.uint8
    assert alpha[:4].max() == 0 and alpha[-4:, 40:88].min() > 250
    assert 0.3 < (alpha > 128).mean() < 0.9
    assert picture[alpha > 250][:, :3].std() > 20


def test_same_input_gives_the_same_pixels(renderer, camera):
    weights = face(jawOpen=0.4, eyeBlinkLeft=0.5)
    first = renderer.picture(weights, STILL, camera)
    renderer.picture(NEUTRAL, np.array([0.1, 0.2, 0.0], np.float32), camera)
    assert np.array_equal(first, renderer.picture(weights, STILL, camera))


def test_jaw_changes_only_the_lower_face(renderer, camera, head):
    shut, wide = (renderer.picture(face(jawOpen=amount), STILL, camera) for amount in (0.0, 0.8))
    rows = rows_that_change(shut, wide)
    bridge, tip = camera.project(head.landmarks(NEUTRAL, STILL)[[27, 30]])[:, 1].astype(int)
    assert rows[:bridge].max() < 0.2 < 2.0 < rows[tip + 6 :].max()


def test_blink_changes_the_eyes(renderer, camera, head):
    shut = face(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)
    rows = rows_that_change(renderer.picture(NEUTRAL, STILL, camera), renderer.picture(shut, STILL, camera))
    eyes = int(camera.project(head.eye_centres)[:, 1].mean())
    assert abs(int(rows.argmax()) - eyes) < 8
    assert rows[eyes + 25 :].max() < 0.2


def test_lamps_change_the_picture_and_a_wrong_name_is_told(renderer, camera):
    studio, dark = (renderer.picture(NEUTRAL, STILL, camera, light=name) for name in ("studio", "dramatic"))
    assert rows_that_change(studio, dark).max() > 5
    with pytest.raises(EngineError, match="choose one of"):
        find_light("noon")


def test_crop_is_a_window_of_the_whole_picture(film, head):
    camera = Camera.portrait(160, head)
    whole = film.picture(NEUTRAL, STILL, camera)
    part = film.picture(NEUTRAL, STILL, camera.crop(40, 50, 64, 64))
    inner = np.s_[6:-6, 6:-6]
    difference = np.abs(whole[50:114, 40:104].astype(int) - part)[inner]
    assert difference.mean() < 0.5 and np.percentile(difference, 99) <= 4


def test_landmarks_fall_on_the_face(film, head, camera):
    alpha = film.picture(NEUTRAL, STILL, camera)[..., 3]
    points = camera.project(head.landmarks(NEUTRAL, STILL))
    points += 0.08 * (points[30] - points)  # the jaw line is the silhouette itself
    x, y = np.round(points).astype(int).T
    assert (alpha[y, x] > 200).all()


def test_face_box_holds_the_face_with_the_jaw_open(head):
    camera = Camera.presenter(head=head)
    x, y, w, h = face_box(camera, head)
    points = camera.crop(x, y, w, h).project(head.landmarks(face(jawOpen=1.0), STILL))
    assert (w, h) == (512, 512)
    assert points.min() > 24 and points.max() < 512 - 24
    tall = np.ptp(camera.project(head.landmarks(NEUTRAL, STILL))[:, 1])
    assert 190 < tall < 300  # brows to chin; about three quarters of the face


def test_live_draws_over_what_the_target_shows(ctx, live, camera):
    target = ctx.framebuffer([ctx.texture((128, 128), 4)], ctx.depth_renderbuffer((128, 128)))
    target.clear(0.0, 1.0, 0.0, 1.0)
    live.draw(NEUTRAL, STILL, camera, target=target, landmarks=True)
    picture = np.frombuffer(target.read(), np.uint8).reshape(128, 128, 3)[::-1]
    assert tuple(picture[2, 2]) == (0, 255, 0)
    assert not np.array_equal(picture[64, 64], (0, 255, 0))
    target.clear(0.0, 1.0, 0.0, 1.0)
    live.draw(NEUTRAL, STILL, camera, target=target, wireframe=True)
    wires = np.frombuffer(target.read(), np.uint8).reshape(128, 128, 3)[::-1]
    assert not np.array_equal(wires, picture)


def test_shapes_summed_in_the_shader_look_as_those_summed_in_numpy(ctx, live, head, camera):
    weights = face(jawOpen=0.6, mouthSmileLeft=0.5, browInnerUp=0.7)
    turned = np.array([0.05, 0.2, 0.0], np.float32)
    shader = LiveRenderer(ctx, head, shadow_size=512, shapes_in_shader=True).picture(weights, turned, camera)
    difference = np.abs(live.picture(weights, turned, camera).astype(int) - shader)
    assert difference.mean() < 0.3 and np.percentile(difference, 99.5) < 12


@pytest.mark.parametrize("light", PRESETS)
def test_the_key_lamp_sees_all_of_the_head_however_it_turns(head, light):
    view, skin = key_view(head, PRESETS[light], head_alone=True), head.meshes["skin"]
    for turn in ((0.4, 0.6, 0.2), (-0.4, -0.6, -0.2), (0.4, -0.6, 0.0), (0.0, 0.0, 0.0)):
        points = head.pose(skin, face(jawOpen=1.0), np.array(turn, np.float32))
        assert np.abs(np.c_[points, np.ones(len(points))] @ view.matrix.T).max() <= 1.0


def test_a_wireframe_does_not_depend_on_what_was_drawn_before(ctx, live, camera):
    target = ctx.framebuffer([ctx.texture((128, 128), 4)], ctx.depth_renderbuffer((128, 128)))
    wires = []
    for before in (np.array([0.0, 0.6, 0.0], np.float32), STILL):
        live.picture(NEUTRAL, before, camera)
        target.clear()
        live.draw(face(jawOpen=0.3), STILL, camera, target=target, wireframe=True)
        wires.append(target.read())
    assert wires[0] == wires[1]


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 0.0), (0.8, 0.5), (2.6, 0.3), (0.3, 1.2)])
def test_the_scalp_left_out_is_hidden_by_hair(live, head, camera, yaw, pitch):
    skin = live._surfaces["skin"]
    seen = live.picture(NEUTRAL, STILL, camera.orbit(yaw, pitch))
    part, skin._seen = skin._seen, -1  # all of it
    whole = live.picture(NEUTRAL, STILL, camera.orbit(yaw, pitch))
    skin._seen = part
    assert 0 < part < 3 * len(head.meshes["skin"].triangles)
    assert np.array_equal(seen, whole)


def test_orbit_keeps_distance_and_target(camera):
    moved = camera.orbit(0.5, 0.2)
    reach = [np.linalg.norm(np.subtract(c.eye, c.target)) for c in (camera, moved)]
    assert reach[0] == pytest.approx(reach[1])
    assert moved.eye[0] > camera.eye[0] and moved.eye[1] > camera.eye[1]


def test_room_harmonics_of_a_plain_room_are_its_colour():
    for light in PRESETS.values():
        zenith, nadir = (irradiance(light, y) for y in (1.0, -1.0))
        assert (np.asarray(light.floor) * 0.9 < nadir).all() and (zenith < np.asarray(light.sky) * 1.1).all()
        assert (nadir < zenith).all()


def irradiance(light: object, y: float) -> np.ndarray:
    c = room_harmonics(light)  # type: ignore[arg-type]
    return c[0] + c[1] * y - c[6] - c[8] * y * y
