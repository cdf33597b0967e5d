"""Sound packed and unpacked: sizes, places, lengths; the anchor's filter against the standard's limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate

from engines.api.values import Audio, FloatArray
from studio.audio.anchor import low_pass_anchor
from studio.audio.exchange import pack, unpack
from studio.session.sending import AMR, BPGAN, FLAC, FORMATS, OPUS, WAV, Packing, Setting, estimate, spell_size

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def voice() -> Audio:
    """Four seconds of a humming voice whose pitch and loudness wander, so that only one place fits."""
    at_s = np.arange(4 * RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * at_s)) / RATE_HZ
    hum = sum(np.sin(k * phase) / k for k in range(1, 12))
    loudness = 0.12 * (1 + np.sin(2 * np.pi * 2.3 * at_s**1.2))
    return Audio((hum * loudness).astype(np.float32), RATE_HZ)


@pytest.mark.parametrize(
    ("packing", "kbps", "most_kbps"), [(OPUS, 9, 12.0), (OPUS, 24, 28.0), (AMR, 4.75, 5.5), (AMR, 12.2, 13.2)]
)
def test_packed_sound_is_small_and_stays_at_its_place(
    voice: Audio, packing: Packing, kbps: float, most_kbps: float
) -> None:
    data = pack(voice, packing, kbps)
    assert 0.5 * kbps < len(data) * 8 / voice.seconds / 1000 < most_kbps
    back = unpack(data, packing, voice)
    assert len(back.samples) == len(voice.samples) and back.rate_hz == RATE_HZ
    assert abs(late(back.samples, voice.samples)) <= 2, "in samples of 62 us"


@pytest.mark.parametrize(("packing", "step"), [(FLAC, 2.0**-23), (WAV, 2.0**-15)])
def test_lossless_is_lossless(voice: Audio, packing: Packing, step: float) -> None:
    back = unpack(pack(voice, packing), packing, voice)
    np.testing.assert_allclose(back.samples, voice.samples, atol=step)


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_the_anchor_keeps_the_limits_of_the_standard(rate_hz: int) -> None:
    click = np.zeros(rate_hz, np.float32)
    click[rate_hz // 2] = 1.0
    response = low_pass_anchor(Audio(click, rate_hz)).samples
    assert int(np.argmax(response)) == rate_hz // 2, "the filter's delay is taken out"
    decibels = 20 * np.log10(np.abs(np.fft.rfft(response)) + 1e-12)  # one bin per Hz
    assert np.abs(decibels[20:3500]).max() < 0.1
    assert decibels[4000:].max() < -25 and decibels[4500:].max() < -50


def late(heard: FloatArray, original: FloatArray) -> int:
    """How many samples later what is heard comes; slopes, since AMR-NB takes the lowest tones away."""
    return int(np.argmax(correlate(np.diff(heard), np.diff(original), method="fft"))) - (len(original) - 2)


@pytest.mark.parametrize("setting", [*(Setting("amr-nb", kbps) for kbps in AMR.rates_kbps), Setting("wav")])
def test_exact_estimates_are_exact(voice: Audio, setting: Setting) -> None:
    guess = estimate(setting, voice.seconds, RATE_HZ)
    assert not guess.word
    assert guess.size == len(pack(voice, FORMATS[setting.format], setting.kbps))


def test_estimates_of_what_depends_on_the_sound(voice: Audio) -> None:
    less = estimate(Setting("flac"), voice.seconds, RATE_HZ)
    assert less.word == "less than" and less.size > len(pack(voice, FLAC))
    about = estimate(Setting("opus", 16), voice.seconds, RATE_HZ)
    assert about.size == 8000
    about = estimate(Setting("bpgan", 2.0), 1.0, RATE_HZ)
    assert (about.word, about.size) == ("about", 250)


def test_titles_and_sizes_as_people_read_them() -> None:
    assert (Setting(BPGAN.key, 0.5).title, Setting("flac").title) == ("BPGAN 0.5", "FLAC")
    assert [spell_size(size) for size in (812, 2_640, 412_345, 4_100_000)] == [
        "812 bytes", "2.6 kB", "412 kB", "4.1 MB",
    ]  # fmt: skip
