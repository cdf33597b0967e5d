"""Laws of what training does to the columns of a voice: nothing moves in time, and an ear could have heard them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.face.augment import elsewhere, noise, response, ringing, warped
from engines.face.config import HOP, RATE_HZ

BANDS = 48


def spoken(seed: int = 0, columns: int = 300) -> np.ndarray:
    """Bursts of low and of high bands with nothing between them."""
    rng = np.random.default_rng(seed)
    values = np.zeros((columns, BANDS), np.float32)
    for first in range(20, columns - 30, 60):
        bands = slice(0, 20) if first % 120 == 20 else slice(25, BANDS)
        values[first : first + 25, bands] = rng.uniform(0.3, 0.9, values[first : first + 25, bands].shape)
    return values


@given(st.integers(0, 10_000))
def test_what_is_heard_elsewhere_is_still_what_an_ear_gives(seed: int) -> None:
    before = spoken(seed)
    kept = before.copy()
    after = elsewhere(before, np.random.default_rng(seed))
    assert after.shape == before.shape and after.dtype == np.float32
    assert np.isfinite(after).all() and after.min() >= 0.0 and after.max() <= 1.5
    assert np.array_equal(before, kept)
    assert np.array_equal(after, elsewhere(before, np.random.default_rng(seed)))


def test_sounds_begin_when_they_began() -> None:
    after = [elsewhere(spoken(), np.random.default_rng(seed)).max(axis=1) for seed in range(60)]
    loudest = np.mean(after, axis=0)  # one clip alone may be drowned in noise
    for begin in range(20, 270, 60):
        assert loudest[begin + 1] > loudest[begin - 2 : begin].mean() + 0.1


def test_chance_is_new_every_time_and_some_clips_stay_as_they_are() -> None:
    rng, before = np.random.default_rng(3), spoken()
    after = [elsewhere(before, rng) for _ in range(60)]
    same = sum(np.array_equal(a, before) for a in after)
    assert 3 <= same <= 25
    assert len({a.tobytes() for a in after}) == 61 - same


def test_a_shorter_throat_moves_resonances_up() -> None:
    values = np.zeros((4, BANDS), np.float32)
    values[:, 19] = 1.0  # the twentieth multiple of the lowest band
    assert np.array_equal(warped(values, 1.0), values)
    assert warped(values, 1.1).argmax(axis=1).tolist() == [21] * 4
    assert warped(values, 0.9).argmax(axis=1).tolist() == [17] * 4


def test_a_microphone_is_smooth_and_mild() -> None:
    curves = np.stack([response(BANDS, np.random.default_rng(i)) for i in range(200)])
    assert 60 * np.abs(curves).mean() < 8.0 and 60 * np.abs(np.diff(curves, axis=1)).max() < 6.0
    assert np.abs(curves.mean(axis=0)).max() * 60 < 2.0  # no curve is usual


def test_a_room_only_adds_after_and_dies_away_as_long_as_asked() -> None:
    power = np.zeros((400, 2))
    power[10] = 1.0
    heard = ringing(power, 0.3, 0.2)
    assert np.array_equal(heard[:11], power[:11])
    assert heard[11:, 0].sum() == pytest.approx(0.2, rel=0.01)
    later = round(0.3 * RATE_HZ / HOP)
    assert 10 * np.log10(heard[11 + later, 0] / heard[11, 0]) == pytest.approx(-60, abs=0.5)


@pytest.mark.parametrize("colour", [0.0, 2.0])
def test_noise_is_as_far_below_speech_as_asked(colour: float) -> None:
    made = noise((4000, BANDS), 20.0, colour, np.random.default_rng(0))
    usual = 10 ** (50 / 10)  # the speaker's level is 50 of the 60 dB that are heard
    assert 10 * np.log10(usual / made.sum(axis=1).mean()) == pytest.approx(20.0, abs=0.3)
    low, high = made[:, :4].mean(), made[:, -4:].mean()
    assert high == pytest.approx(low, rel=0.1) if colour == 0 else high < 0.05 * low
