"""What the phase bench draws and how it measures: strings, straight lines, memory, the projection done in place."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as xml

import numpy as np
import pytest
import torch

from engines.api.values import Audio
from engines.common.stft import Grid, project, stft
from engines.phase.belonging import Belonging
from engines.phase.bench import LENGTHS_S, straightness
from engines.phase.figures import LANE, music_figure, time_figure
from engines.phase.music import NOTES, passage, pluck


def test_the_strings_sound_at_their_pitch_and_stay_at_rest() -> None:
    for pitch_hz in (110.0, 220.0, 369.99):
        note = pluck(pitch_hz, 16_000, np.random.default_rng(1))[3200:19_200]
        spectrum = np.abs(np.fft.rfft(note * np.hanning(len(note))))
        partial = round(pitch_hz)  # bins of one hertz
        near = spectrum[partial - 4 : partial + 5]
        assert near.max() > 20 * np.median(spectrum[: 5 * partial])
        assert abs(int(near.argmax()) - 4) <= 1
        assert abs(note.mean()) < 1e-3


def test_the_passage_is_the_same_every_time_and_within_full_scale() -> None:
    first, again = passage(), passage()
    np.testing.assert_array_equal(first.samples, again.samples)
    assert np.abs(first.samples).max() == pytest.approx(0.9)
    before = round(NOTES[0][0] * first.rate_hz) - 10
    assert not first.samples[:before].any()


def test_a_line_is_straight_and_a_square_is_not() -> None:
    assert straightness(LENGTHS_S, [0.1 + 0.05 * s for s in LENGTHS_S]) == pytest.approx(1.0)
    assert straightness(LENGTHS_S, [s**2 for s in LENGTHS_S]) < 0.99
    assert straightness(LENGTHS_S, [1.0] * 4) == 1.0


def test_the_figures_hold_every_method() -> None:
    seconds = {"griffin-lim-400": [1.0, 2.0, 4.0, 8.0], "compact": [0.2, 0.4, 0.8, 1.6]}
    drawn = xml.fromstring(time_figure(seconds))
    space = "{http://www.w3.org/2000/svg}"
    assert len([path for path in drawn.iter(f"{space}path") if path.get("fill") == "none"]) == 2
    assert set(seconds) <= {word.text for word in drawn.iter(f"{space}text")}
    sound = passage()
    picture = music_figure({"original": sound, "silent": Audio(np.zeros_like(sound.samples), sound.rate_hz)})
    rows = np.asarray(picture).reshape(picture.height, -1).std(axis=1)
    assert rows[LANE // 2] > 5  # the original's lane is not empty


@pytest.mark.parametrize("grid", [Grid(), Grid(size=512, hop=128, window="hann"), Grid(size=64, hop=16)])
def test_the_projection_in_place_is_the_projection(grid: Grid) -> None:
    torch.manual_seed(3)
    spectra = stft(torch.randn(2, 5000), grid)
    spectra = spectra * torch.polar(torch.ones(spectra.shape), torch.rand(spectra.shape))
    belonging, out = Belonging(grid, spectra.abs()), torch.empty_like(spectra)
    for _ in range(2):  # the second time its memory is used
        torch.testing.assert_close(belonging.project(spectra), project(spectra, grid), rtol=1e-5, atol=1e-5)
    assert belonging.project(spectra, out) is out
    torch.testing.assert_close(out, project(spectra, grid), rtol=1e-5, atol=1e-5)


HOLDS = """
import numpy as np
from engines.common.memory import begin_peak, peak_mib
held = np.ones(96 << 20, np.uint8)
del held
begin_peak()
before = peak_mib()
held = np.ones(64 << 20, np.uint8)
del held
print(before, peak_mib())
"""


def test_the_peak_of_memory_counts_what_was_held_meanwhile() -> None:
    """In a process of its own: the system may take memory from a large one meanwhile."""
    told = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, text=True, check=True).stdout.split()
    if sys.platform != "linux":
        pytest.skip("Only Linux counts a peak anew.")
    before, after = map(float, told)
    assert before + 50 < after < before + 90
