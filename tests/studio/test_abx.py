"""Blind tests: exact odds, a fixed number of trials, nothing that gives X away."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.session.abx import LENGTHS, BlindTest, Trial, by_guessing, needed


@given(st.integers(1, 40), st.data())
def test_the_odds_are_the_exact_binomial_tail(trials: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, trials))
    exact = Fraction(sum(comb(trials, k) for k in range(right, trials + 1)), 2**trials)
    assert by_guessing(right, trials) == pytest.approx(float(exact), rel=1e-12)


def test_six_of_six_are_needed_and_twelve_of_sixteen() -> None:
    assert [needed(length) for length in LENGTHS] == [6, 9, 12, 15]
    assert by_guessing(6, 6) == pytest.approx(1 / 64)
    assert by_guessing(5, 6) == pytest.approx(7 / 64)


def test_a_test_takes_so_many_answers_and_no_more() -> None:
    test = BlindTest("original", "zero", 6, seed=3)
    told: list[int] = []
    test.changed.connect(lambda: told.append(len(test.trials)))
    for _ in range(8):
        test.answer("A", 1.5)
    assert test.over
    assert told == [1, 2, 3, 4, 5, 6]
    assert [trial.number for trial in test.trials] == [1, 2, 3, 4, 5, 6]
    assert test.right == sum(trial.x == "A" for trial in test.trials)
    assert test.odds == by_guessing(test.right, 6)


def test_x_is_one_of_the_two_and_stays_during_a_trial() -> None:
    test = BlindTest("original", "zero", 20, seed=1)
    assert (test.lane("A"), test.lane("B")) == ("original", "zero")
    seen = set()
    while not test.over:
        x = test.lane("X")
        assert x == test.lane("X")
        seen.add(x)
        test.answer("A" if x == "original" else "B", 0.1)
    assert seen == {"original", "zero"}
    assert test.right == 20
    assert test.heard


def test_who_always_says_a_is_right_about_half_the_time() -> None:
    right = 0
    for seed in range(50):
        test = BlindTest("a", "b", 20, seed=seed)
        while not test.over:
            test.answer("A", 0.0)
        right += test.right
    assert abs(right / 1000 - 0.5) < 0.06


def test_a_sound_is_not_tested_against_itself() -> None:
    with pytest.raises(ValueError, match="same"):
        BlindTest("zero", "zero", 6)
    assert Trial(1, "A", "A", 0.0).right
    assert not Trial(1, "A", "B", 0.0).right
