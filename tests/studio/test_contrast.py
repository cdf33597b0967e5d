"""Two sounds against each other: alignment, pictures of levels and of phase errors, waveforms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.api.values import FloatArray
from studio.audio.contrast import MOST_COLUMNS, Raster, fit, fitted, level_errors, levels, phase_errors, trace

RASTER = Raster(16_000, 1024, 512, "blackman")


def noise(count: int = 16_000, seed: int = 0) -> FloatArray:
    return (0.1 * np.random.default_rng(seed).standard_normal(count)).astype(np.float32)


@given(st.sampled_from([-1, 1]), st.integers(-200, 200))
def test_a_sign_and_a_delay_are_found_and_taken_back(sign: int, late: int) -> None:
    sound = noise()
    sound[:300] = sound[-300:] = 0.0
    moved = np.roll(sound * np.float32(sign), late)
    assert fit(sound, moved, 256) == (sign, late)
    np.testing.assert_array_equal(fitted(moved, sign, late), sound)


def test_sounds_that_do_not_agree_are_not_moved() -> None:
    _, late = fit(noise(seed=1), noise(seed=2), 256)
    assert late == 0
    assert fit(np.zeros(5000, np.float32), np.zeros(5000, np.float32), 256) == (1, 0)


def test_a_long_sound_is_fitted_block_by_block() -> None:
    sound = noise(200_000)
    sound[:300] = sound[-300:] = 0.0
    assert fit(sound, np.roll(-sound, 37), 256) == (-1, 37)


@pytest.mark.parametrize(("factor", "cell"), [(1.0, 128), (-1.0, 1)])
def test_phase_errors_are_zero_in_the_middle_and_pi_at_the_ends(factor: float, cell: int) -> None:
    sound = noise()
    cells = phase_errors(sound, (sound * factor).astype(np.float32), RASTER, 0.0, 1.0).cells
    seen = cells[cells > 0]
    assert len(seen) > 0.9 * cells.size
    turned = {1, 255} if cell == 1 else {cell}  # half a turn lies at both ends of the scale
    assert set(np.unique(seen)) <= turned


def test_a_quarter_turn_is_a_quarter_of_the_scale_off() -> None:
    at = np.arange(16_000) / 16_000 * 2 * np.pi * 1000
    cells = phase_errors(np.sin(at).astype(np.float32), np.cos(at).astype(np.float32), RASTER, 0.3, 0.6).cells
    loud = cells[64, 2:-2]  # 1000 Hz
    assert np.all(np.abs(loud.astype(int) - 191) <= 1)


def test_quiet_cells_show_neither_phase_nor_level_errors() -> None:
    silence = np.zeros(16_000, np.float32)
    assert not phase_errors(silence, noise(), RASTER, 0.0, 1.0).cells.any()
    assert not level_errors(silence, noise(), RASTER, 0.0, 1.0).cells.any()


def test_half_the_level_is_six_decibels_off() -> None:
    sound = noise()
    cells = level_errors(sound, sound * np.float32(0.5), RASTER, 0.0, 1.0).cells
    assert np.all(np.abs(cells[cells > 0].astype(int) - round((20 - 6.02) / 40 * 255)) <= 1)


def test_a_full_scale_sine_is_at_the_top_of_the_range() -> None:
    sine = np.sin(np.arange(16_000) / 16 * 2 * np.pi).astype(np.float32)  # 1000 Hz, bin 64
    picture = levels(sine, RASTER, 0.2, 0.4)
    assert picture.cells.shape[0] == 513
    assert np.all(picture.cells[64] == 255)
    assert picture.cells[300].max() < 80


def test_a_picture_covers_what_is_asked_for_in_few_columns() -> None:
    sound = noise(16_000 * 120)
    whole = levels(sound, RASTER, 0.0, 120.0)
    assert whole.cells.shape[1] <= MOST_COLUMNS
    assert whole.start_s <= 0.0
    assert whole.end_s >= 120.0
    part = levels(sound, RASTER, 50.0, 51.0)
    assert part.start_s <= 50.0 <= 51.0 <= part.end_s
    assert part.end_s - part.start_s < 1.3


def test_a_waveform_keeps_its_peaks_and_near_by_its_samples() -> None:
    sound = noise(100_000)
    sound[54_321] = 0.99
    far = trace(sound, 16_000, 0.0, 7.0)
    assert len(far.times) <= MOST_COLUMNS
    assert far.high.max() == np.float32(0.99)
    assert far.times[far.high.argmax()] == pytest.approx(54_321 / 16_000, abs=0.01)
    near = trace(sound, 16_000, 3.0, 3.01)
    np.testing.assert_array_equal(near.low, near.high)
    assert near.low[5] == sound[round(float(near.times[5]) * 16_000)]


def test_a_sound_shorter_than_a_frame_has_pictures_too() -> None:
    one = np.ones(1, np.float32)
    for picture in (levels(one, RASTER, 0.0, 1.0), phase_errors(one, one, RASTER, 0.0, 1.0)):
        assert picture.cells.shape[0] == 513
    assert trace(one, 16_000, 0.0, 1.0).low.tolist() == [1.0]
