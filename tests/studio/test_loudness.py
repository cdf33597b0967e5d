"""Loudness and provenance of exported movies: at target and under the ceiling in the file itself, by another meter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest
import soxr

from engines.api.values import Audio, FloatArray
from studio.audio.files import read_audio
from studio.export import levelling
from studio.export.levelling import MOST_GAIN_DB, Levelling, level_to, limited
from studio.export.loudness import TARGETS, Loudness, complaint
from studio.export.metering import measure
from studio.export.movie import MovieWriter
from studio.export.plan import ExportPlan
from studio.export.provenance import generated
from studio.settings import LOUDNESS

RATE_HZ = 16_000
SIDE = 32


def voice(gain: float, seconds: float = 4.0, *, peaky: float = 0.0, rate_hz: int = RATE_HZ) -> Audio:
    """Something like speech: a hum with syllables over noise. peaky: height of a plosive in every syllable."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(7).standard_normal(len(t))
    sound = (np.sin(2 * np.pi * 140 * t) + 0.5 * np.sin(2 * np.pi * 830 * t) + 0.1 * noise) * np.sin(6 * t) ** 2
    plosive = np.sin(2 * np.pi * 300 * t[: rate_hz // 200]) * np.hanning(rate_hz // 200)
    sound += np.convolve(np.arange(1, len(t) + 1) % (rate_hz // 4) == 0, peaky * plosive)[: len(t)]
    return Audio(np.clip(gain * sound, -1, 1).astype(np.float32), rate_hz)


def export(path: Path, audio: Audio, loudness: str = "ebu", made: str = "presenter and speech") -> Loudness:
    """Write a movie with black pictures and return what it says of its own loudness."""
    plan = ExportPlan(path, width=SIDE, height=SIDE, loudness=TARGETS[loudness], title="Bridge reopens", made=made)
    with MovieWriter(plan, audio) as movie:
        for _ in range(movie.frames):
            movie.write_picture(np.zeros((SIDE, SIDE, 3), np.uint8))
    assert movie.loudness is not None
    return movie.loudness


def by_another_meter(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a movie, by pyloudnorm and eightfold oversampling."""
    sound = read_audio(path).audio
    lufs = pyloudnorm.Meter(sound.rate_hz).integrated_loudness(sound.samples.astype(np.float64))
    return float(lufs), peak_db(sound.samples)


def peak_db(samples: FloatArray) -> float:
    return float(20 * np.log10(np.abs(soxr.resample(samples, 1, 8)).max()))


def joined(blocks: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(blocks)


SOUNDS = {"faint": voice(0.024), "hot": voice(5.0), "peaky": voice(0.1, peaky=8.0), "48k": voice(0.05, rate_hz=48_000)}


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(("target", "ending"), [("ebu", ".mp4"), ("atsc", ".mov"), ("web", ".mp4"), ("web", ".webm")])
def test_files_come_out_at_target_and_under_the_ceiling(tmp_path: Path, sound: str, target: str, ending: str) -> None:
    found = export(tmp_path / f"clip{ending}", SOUNDS[sound], target)
    lufs, true_peak_db = by_another_meter(tmp_path / f"clip{ending}")
    wanted = TARGETS[target]
    assert lufs == pytest.approx(wanted.lufs, abs=0.5) and true_peak_db <= wanted.ceiling_db + 0.1
    assert found.lufs == pytest.approx(lufs, abs=0.1) and found.true_peak_db == pytest.approx(true_peak_db, abs=0.1)
    assert not complaint("clip", found, wanted)


def test_the_sounds_of_these_tests_are_what_they_are_called() -> None:
    faint, hot = (measure([SOUNDS[name].samples], RATE_HZ) for name in ("faint", "hot"))
    assert faint.lufs == pytest.approx(-40, abs=1)
    assert hot.true_peak_db > 0 and (np.abs(SOUNDS["hot"].samples) == 1).mean() > 0.1
    assert level_to(TARGETS["web"], SOUNDS["peaky"]).ceiling is not None
    assert level_to(TARGETS["ebu"], SOUNDS["faint"]).ceiling is None


@pytest.mark.parametrize("audio", [Audio(np.zeros(RATE_HZ, np.float32), RATE_HZ), voice(0.02, 0.3)])
def test_silence_and_what_is_too_short_stay_as_they_are(tmp_path: Path, audio: Audio) -> None:
    assert level_to(TARGETS["web"], audio) == Levelling()
    found = export(tmp_path / "clip.mov", audio, "web")
    assert found.lufs is None and not complaint("clip", found, TARGETS["web"])
    assert np.abs(read_audio(tmp_path / "clip.mov").audio.samples).max() <= np.abs(audio.samples).max() * 1.01 + 1e-6


def test_as_it_is_leaves_every_sample(tmp_path: Path) -> None:
    audio = voice(0.3, rate_hz=48_000)
    export(tmp_path / "clip.mov", audio, "none")
    assert np.abs(read_audio(tmp_path / "clip.mov").audio.samples - audio.samples).max() <= 2**-23  # 24 bits


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = SOUNDS["peaky"]
    levelled = level_to(TARGETS["web"], audio)
    blocks = joined(list(levelled.blocks(audio)))
    monkeypatch.setattr(levelling, "BLOCK_S", 60.0)
    assert np.abs(blocks - joined(list(levelled.blocks(audio)))).max() < 1e-6
    assert len(blocks) == len(audio.samples)


def test_the_limiter_touches_only_what_lies_about_a_peak() -> None:
    sound = voice(0.05, 1.0).samples.copy()
    sound[8000] = 0.9
    out = limited(sound, RATE_HZ, 0.25)
    assert peak_db(out) <= 20 * np.log10(0.25) + 0.05
    changed = np.flatnonzero(out != sound)
    assert 7000 < changed.min() < 8000 < changed.max() < 9000


def test_a_far_too_faint_sound_is_complained_of(tmp_path: Path) -> None:
    found = export(tmp_path / "clip.mp4", voice(0.001))  # about -67 LUFS
    assert found.lufs is not None and found.lufs < -23 - 1 and MOST_GAIN_DB < 45
    told = complaint("clip.mp4", found, TARGETS["ebu"])
    assert told.startswith(f"clip.mp4 came out at {found.lufs:.1f} LUFS") and "-23 LUFS" in told
    assert not complaint("clip.mp4", found, TARGETS["none"])
    assert complaint("clip.mp4", Loudness(-23.0, -0.2), TARGETS["ebu"])


def test_every_target_has_its_title() -> None:
    assert LOUDNESS.keys() == TARGETS.keys()
    assert all(str(abs(round(target.lufs))) in LOUDNESS[key] for key, target in TARGETS.items() if target.lufs)


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".webm"])
def test_a_movie_says_that_a_machine_made_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"clip{ending}"
    export(path, voice(0.1, 0.5), made=generated("presenter", {"recorded"}))
    with av.open(str(path)) as file:
        told = {name.lower(): words for name, words in file.metadata.items()}
    assert told["title"] == "Bridge reopens"
    assert told["comment"].startswith("Computer-generated presenter, recorded voice; made with Anchor Studio 1.")
    made = datetime.fromisoformat(told["creation_time"])
    assert abs(datetime.now(UTC) - made) < timedelta(hours=1)


def test_what_is_said_of_the_sound_is_true() -> None:
    assert generated("presenter", {"spoken"}) == "presenter and speech"
    assert generated("avatar", {"recorded", "imported"}) == "avatar, recorded voice"
    assert "partly" in generated("presenter", {"spoken", "recorded"})
