"""Laws of compositing: faces set in without a seam, presenters before backgrounds, framing, the silent clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engines.api.events import EngineError
from engines.presenter.backgrounds import open_background
from engines.presenter.composite import FaceSetter, cut_from, fit, over, with_coverage
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.template import template_number
from tests.engines.drawn_face import (
    BEHIND,
    FPS,
    face_points,
    noisy_picture,
)


def test_face_is_set_in_without_touching_the_rest(frame: FaceFrame) -> None:
    body = noisy_picture(2, 640)
    setter = FaceSetter(frame, (50, 60))
    out = setter.set(body, np.full((BOX, BOX, 3), 255, np.uint8), frame.align(face_points()))
    changed = (out != body).any(-1)
    assert changed[60 + 315, 50 + 256]
    changed[60 : 60 + BOX, 50 : 50 + BOX] = False
    assert not changed.any()


def test_border_takes_the_template_colour(frame: FaceFrame) -> None:
    body = np.full((640, 640, 3), 120, np.uint8)
    out = FaceSetter(frame, (50, 60)).set(body, np.full((BOX, BOX, 3), 128, np.uint8), frame.align(face_points()))
    assert np.abs(out.astype(int) - 120).max() <= 2


def test_presenter_stands_before_the_background() -> None:
    picture, new = np.full((2, 2, 3), 200, np.uint8), np.full((2, 2, 3), 10, np.uint8)
    matte = np.uint8([[255, 0], [128, 128]])
    share = 128 / 255
    picture[1] = np.rint(share * 200 + (1 - share) * np.array(BEHIND))
    out = over(picture, matte, new, BEHIND)
    assert (out[0, 0] == 200).all() and (out[0, 1] == 10).all()
    np.testing.assert_allclose(out[1, 0], share * 200 + (1 - share) * 10, atol=1.5)
    straight = with_coverage(picture, matte, BEHIND)
    np.testing.assert_allclose(straight[1, 0, :3], 200, atol=2)
    assert (straight[..., 3] == matte).all()


def test_template_plays_there_and_back_without_a_jump() -> None:
    numbers = [template_number(i, FPS, 10, FPS) for i in range(60)]
    assert set(numbers) == set(range(10)) and max(abs(np.diff(numbers))) == 1
    assert [template_number(i, Fraction(50), 10, FPS) for i in range(5)] == [0, 0, 1, 2, 2]


def test_unknown_background_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no picture")
    for name in (str(tmp_path / "x.png"), str(tmp_path / "none.png")):
        with pytest.raises(EngineError, match="background"):
            open_background(name, 64, 36)


def test_a_cut_is_in_the_middle_unless_the_head_would_be_lost() -> None:
    assert cut_from(600, 400, None) == 100
    assert cut_from(600, 400, (120, 480)) == 100
    assert cut_from(600, 400, (60, 400)) == 60, "the hair stays"
    assert cut_from(600, 400, (150, 540)) == 140, "the chin stays"
    assert cut_from(600, 400, (50, 590)) == 190, "of a head too high the chin does"
    assert cut_from(600, 400, (300, 900)) == 200, "no more is seen than there is"


@pytest.mark.parametrize("size", [(1920, 1080), (512, 512), (1080, 1920)])
def test_the_chin_is_seen_at_every_shape_of_clip(size: tuple[int, int]) -> None:
    picture = np.zeros((588, 682, 3), np.uint8)
    picture[530:536, 330:350] = 255  # below the middle that a wide clip would show
    assert fit(picture, *size, (245.0, 86.0, 471.0, 541.0)).max() == 255
    assert fit(picture, *size).shape == (size[1], size[0], 3)
