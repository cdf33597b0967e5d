"""Laws of the facial map: alignment, recomposed mouths, the jaw that follows, the lines of the map."""

from __future__ import annotations

import numpy as np

from engines.api.values import FloatArray
from engines.presenter.face_frame import BOX, FaceFrame, carry, fit_similarity, invert
from engines.presenter.facial_map import compose_map, draw_lines, speech_region, still_edges, true_map
from engines.presenter.jaw import fit_jaw, mouth_size
from engines.presenter.recompose import recompose
from tests.engines.drawn_face import (
    face_points,
    moved,
    noisy_picture,
)


def open_mouth(mouth: FloatArray, gap: float) -> FloatArray:
    """A mouth (20, 2) in mouth units with its lower lip dropped."""
    opened = mouth.copy()
    opened[[7, 8, 9, 10, 11, 17, 18, 19], 1] += gap
    return opened


def test_similarity_is_found_and_undone() -> None:
    points = face_points()
    matrix = fit_similarity(points, moved(points, 0.2, 1.1, 5, -7))
    np.testing.assert_allclose(carry(matrix, points), moved(points, 0.2, 1.1, 5, -7), atol=1e-3)
    np.testing.assert_allclose(carry(invert(matrix), carry(matrix, points)), points, atol=1e-3)


def test_own_mouth_recomposed_changes_nothing(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.1, 0.95, 12, 4)
    points[48:] += np.random.default_rng(0).normal(0, 2, (20, 2)).astype(np.float32)
    rule = fit_jaw(np.stack([points, face_points(), points + 3]), frame)
    np.testing.assert_allclose(recompose(points, frame.mouth(points), frame, rule), points, atol=1e-2)
    rest = frame.mouth(face_points())
    np.testing.assert_allclose(recompose(points, rest, frame, rule, rest), points, atol=1e-2)


def test_jaw_rule_finds_the_linear_law_and_moves_only_the_jaw(frame: FaceFrame) -> None:
    rest, rows = frame.mouth(face_points()), []
    for gap in (0.0, 0.1, 0.2, 0.35):
        row = face_points()
        row[48:] = frame.pixels(open_mouth(rest, gap))
        row[3:14, 1] += 0.8 * gap * frame.width
        rows.append(row)
    rule = fit_jaw(np.stack(rows), frame)
    offset = rule.offset(open_mouth(rest, 0.25), rest)
    np.testing.assert_allclose(offset, np.tile([[0.0, 0.2]], (11, 1)), atol=1e-3)
    out = recompose(face_points(), open_mouth(rest, 0.25), frame, rule)
    np.testing.assert_allclose(out[:3], face_points()[:3], atol=1e-4)
    np.testing.assert_allclose(out[17:48], face_points()[17:48], atol=1e-4)
    assert mouth_size(frame.mouth(out))[1] > mouth_size(rest)[1] + 0.2


def test_map_has_no_edges_where_speech_may_change_the_picture(frame: FaceFrame) -> None:
    edges = still_edges(noisy_picture(), frame.points)
    assert edges.any() and not edges[speech_region(frame.points) > 0].any()
    mouth = frame.points[48:68].mean(0).astype(int)
    assert not edges[mouth[1] - 30 : mouth[1] + 30, mouth[0] - 40 : mouth[0] + 40].any()


def test_map_follows_the_mouth_by_less_than_a_pixel(frame: FaceFrame) -> None:
    nudged = frame.points.copy()
    nudged[60:68, 1] += 0.25
    changed = draw_lines(nudged) != draw_lines(frame.points)
    assert changed[3].any() and not changed[:3].any()


def test_map_is_the_same_for_every_pose(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.05, 1.02, 3, -2)
    empty = np.zeros((BOX, BOX), np.uint8)
    one, two = (
        compose_map(empty, points, frame.align(points)),
        compose_map(empty, face_points(), frame.align(points * 0 + face_points())),
    )
    assert np.abs(one.astype(int) - two).mean() < 0.3


def test_true_map_is_drawn_in_the_face_frame(frame: FaceFrame) -> None:
    points = moved(face_points(), 0.03, 1.0, 8, -5)
    drawn, pose = true_map(noisy_picture(4), points, frame)
    assert drawn.shape == (5, BOX, BOX) and drawn.dtype == np.uint8
    np.testing.assert_allclose(carry(pose, points), frame.points, atol=0.05)
