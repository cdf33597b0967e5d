"""Keys bend curves smoothly, and every edit of them keeps their laws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engines.api.arkit import INDEX
from engines.api.values import Performance
from studio.document.keys import CLOSE, EASE_S, baked, bend, moved, on_frame, scaled, stretched, with_key, without
from studio.document.layers import tuned
from studio.document.tuning import Curve, Key, Tuning, with_curve

TIMES = np.arange(100) / 25
VALUES = 0.3 + 0.2 * np.sin(TIMES * 5)
A, B, C = Key(1.0, 0.1), Key(1.4, 0.3), Key(2.0, 0.0)
KEYS = (A, B, C)


def test_a_key_bends_the_curve_at_its_time_and_far_away_nothing() -> None:
    out = bend(VALUES, TIMES, Curve("jawOpen", "t", (Key(2.0, 0.25),)))
    assert out[50] == pytest.approx(VALUES[50] + 0.25)
    far = np.abs(TIMES - 2.0) > EASE_S + 1e-9
    np.testing.assert_array_equal(out[far], VALUES[far])
    assert np.abs(np.diff(out - VALUES)).max() < 0.1  # no jump


def test_between_keys_detail_of_the_output_is_kept() -> None:
    out = bend(VALUES, TIMES, Curve("jawOpen", "t", (Key(0.4, 0.2), Key(3.6, 0.2))))
    inside = (TIMES >= 0.4) & (TIMES <= 3.6)
    np.testing.assert_allclose(out[inside], VALUES[inside] + 0.2)


def test_baked_keys_are_the_curve_and_follow_it_closely() -> None:
    keys = baked(VALUES, TIMES, 0.8, 3.2)
    assert keys[0].at_s == pytest.approx(0.8)
    assert keys[-1].at_s == pytest.approx(3.2)
    assert len(keys) < 30
    out = bend(np.zeros_like(VALUES), TIMES, Curve("jawOpen", "t", keys, baked=True))
    inside = (TIMES >= 0.8) & (TIMES <= 3.2)
    assert np.abs(out - VALUES)[inside].max() <= CLOSE + 1e-9
    assert not out[TIMES > 3.2 + EASE_S].any()
    same = bend(VALUES, TIMES, Curve("jawOpen", "t", keys, baked=True))
    np.testing.assert_allclose(same, VALUES, atol=CLOSE + 1e-9)


def test_keys_of_another_take_wait_for_it() -> None:
    motion = Performance(np.full((100, 52), 0.3, np.float32), np.zeros((100, 3), np.float32), Fraction(25))
    tuning = with_curve(with_curve(Tuning(), Curve("jawOpen", "old", KEYS)), Curve("headYaw", "new", (Key(1.0, 0.2),)))
    jaw = INDEX["jawOpen"]
    assert tuned(motion, tuning, "old").weights[25, jaw] == pytest.approx(0.4)
    assert tuned(motion, tuning, "new").weights[25, jaw] == pytest.approx(0.3)
    assert tuned(motion, tuning, "new").rotation[25, 1] == pytest.approx(0.2)
    assert with_curve(tuning, Curve("jawOpen", "old")).curves == tuning.curves[:1]


def test_keys_stay_in_order_and_one_at_a_time() -> None:
    assert with_key(KEYS, Key(1.2, 0.5)) == (A, Key(1.2, 0.5), B, C)
    assert with_key(KEYS, Key(1.4, 0.9)) == (A, Key(1.4, 0.9), C)
    assert without(KEYS, frozenset({B})) == (A, C)


def test_a_drag_moves_what_is_chosen_and_what_is_in_the_way_gives_way() -> None:
    keys, chosen = moved(KEYS, frozenset({B}), 0.2, -0.1)
    assert (keys[0], keys[2]) == (A, C)
    assert (keys[1].at_s, keys[1].value) == pytest.approx((1.6, 0.2))
    assert chosen == frozenset({keys[1]})
    keys, _ = moved(KEYS, frozenset({B}), 0.6, 0.0)
    assert [key.at_s for key in keys] == [1.0, 2.0]
    assert keys[1].value == 0.3
    keys, _ = moved(KEYS, frozenset({A}), -9.0, 0.0)
    assert keys[0].at_s == 0.0


def test_ripple_takes_later_keys_along_but_never_past_earlier_ones() -> None:
    keys, chosen = moved(KEYS, frozenset({B}), 0.4, 0.1, ripple=True)
    assert [key.at_s for key in keys] == pytest.approx([1.0, 1.8, 2.4])
    assert [key.value for key in keys] == pytest.approx([0.1, 0.4, 0.0])
    assert len(chosen) == 1
    keys, _ = moved(KEYS, frozenset({B}), -3.0, 0.0, ripple=True)
    assert len(keys) == 3
    assert keys[0] == A
    assert keys[1].at_s > A.at_s


def test_scale_and_stretch() -> None:
    keys, chosen = scaled(KEYS, frozenset({A, B}), 2.0)
    assert [key.value for key in keys] == [0.2, 0.6, 0.0]
    assert len(chosen) == 2
    keys, _ = stretched(KEYS, frozenset(KEYS), 0.5, 25)
    assert [key.at_s for key in keys] == pytest.approx([1.0, 1.2, on_frame(1.5, 25)])


def test_on_frame() -> None:
    assert on_frame(1.013, 25) == 1.0
    assert on_frame(-3.0, 25) == 0.0


def test_a_curve_on_an_empty_take_is_no_error() -> None:
    none = np.zeros(0)
    assert not len(bend(none, none, Curve("jawOpen", "t", KEYS)))
    assert baked(none, none, 0, 1) == ()
    assert bend(VALUES[:1], TIMES[:1], replace(Curve("jawOpen", "t", KEYS), baked=True)).shape == (1,)
