"""Sets, and the name under the presenter: where it stands, when it shows, what it does to transparent pictures."""

from __future__ import annotations

import numpy as np
import pytest

from engines.api.events import EngineError, Partial
from engines.api.jobs import ClipJob
from engines.api.looks import SETS, LowerThird
from engines.api.values import Audio
from engines.presenter import sets
from engines.presenter.backgrounds import open_background
from engines.presenter.beside import check_beside, inked
from engines.presenter.engine import PresenterEngine
from engines.presenter.lower_third import LowerThirdBand, check_lower_third, draw_band
from engines.presenter.mouth_box import mouth_box_mask
from engines.presenter.presenters import load_presenter

WIDTH, HEIGHT = 640, 360
THIRD = LowerThird("Ada Example", "Harbour correspondent", 1.0, 4.0)


def test_every_set_of_the_table_is_painted_and_differs() -> None:
    assert [name for name, _ in SETS] == list(sets.SETS)
    pictures = [open_background(name, 320, 180) for name, _ in SETS]
    for i, picture in enumerate(pictures):
        assert picture is not None and picture.shape == (180, 320, 3) and picture.std() > 8
        again = open_background(SETS[i][0], 320, 180)
        assert again is not None and (picture == again).all()
        for other in pictures[:i]:
            assert other is not None and np.abs(picture.astype(int) - other).mean() > 15


def test_the_band_shows_in_its_time_only() -> None:
    band, picture = LowerThirdBand(THIRD, WIDTH, HEIGHT), np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for at_s in (0.0, 0.99, 5.0, 9.0):
        assert band.over(picture, at_s) is picture
    shown = band.over(picture, 3.0)
    rows, columns = np.nonzero((shown != picture).any(2))
    assert columns.min() >= 0.05 * WIDTH and columns.max() <= 0.95 * WIDTH  # title safe
    assert rows.min() > 0.6 * HEIGHT and rows.max() <= 0.95 * HEIGHT
    early, full = band.over(picture, 1.1), np.count_nonzero(shown != picture)
    assert 0 < np.count_nonzero(early != picture) < full
    fading = band.over(picture, 4.9).astype(int)
    assert 0 < np.abs(fading - picture).mean() < np.abs(shown.astype(int) - picture).mean()


def test_over_nothing_the_band_is_its_own_coverage() -> None:
    empty = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    shown = LowerThirdBand(THIRD, WIDTH, HEIGHT).over(empty, 3.0)
    own = draw_band(THIRD, WIDTH, HEIGHT)
    assert shown[..., 3].sum() == own[..., 3].astype(int).sum()
    solid = shown[..., 3] > 0
    assert solid.any() and (shown[~solid] == 0).all()
    assert set(map(tuple, own.reshape(-1, 4)[:: len(own)])) <= set(map(tuple, shown[solid]))


def test_a_long_line_is_shrunk_into_the_picture() -> None:
    long = LowerThird("W" * 60, "m" * 60)
    assert draw_band(long, WIDTH, HEIGHT).shape[1] <= 0.9 * WIDTH


@pytest.mark.parametrize("wrong", [LowerThird("  "), LowerThird("x" * 61), LowerThird("A", seconds=0.0)])
def test_what_cannot_be_shown_is_refused(wrong: LowerThird) -> None:
    with pytest.raises(EngineError):
        check_lower_third(wrong)


def test_what_can_stand_beside_the_clip() -> None:
    check_beside("")
    check_beside("map")
    with pytest.raises(EngineError, match="choose from map"):
        check_beside("mirror")


def test_the_rivals_box_holds_the_mouth_and_leaves_the_chin() -> None:
    presenter = load_presenter("default")
    mask, points = mouth_box_mask(presenter.frame), presenter.frame.points.astype(int)
    assert all(mask[y, x] > 0.9 for x, y in points[48:68])
    assert mask[points[8, 1], points[8, 0]] < 0.02 and mask[points[3, 1], points[3, 0]] < 0.02


def test_a_map_is_drawn_in_its_channels_colours() -> None:
    drawn = np.zeros((5, 512, 512), np.uint8)
    drawn[3, 100, 100] = 255
    picture = inked(drawn)
    assert tuple(picture[100, 100]) == (255, 110, 110) and np.count_nonzero(picture.any(2)) == 1


@pytest.mark.parametrize("what", ["map", "mouth-box"])
def test_a_pair_fills_the_picture_and_keeps_its_numbers(what: str) -> None:
    sound = Audio((0.2 * np.sin(np.arange(6400) / 9)).astype(np.float32), 16000)
    job = ClipJob(sound, width=320, height=180, beside=what, start_s=0.16)
    parts = [e.value for e in PresenterEngine("cpu").run(job) if isinstance(e, Partial)]
    assert [f.first for f in parts] == list(range(4, 10)) and all(f.pictures.shape[1:] == (180, 320, 3) for f in parts)
    left, right = parts[0].pictures[0][:, :160].astype(int), parts[0].pictures[0][:, 160:].astype(int)
    assert np.abs(left - right).mean() > (30 if what == "map" else 0)
    if what == "mouth-box":
        assert np.abs(left - right).mean() < 3
