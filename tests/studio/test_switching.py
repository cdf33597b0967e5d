"""Switching between lanes: the same sample, no click, equal loudness, loops without a gap, one player at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engines.api.values import Audio, FloatArray
from studio.app import Studio
from studio.audio.rates import RATE_HZ
from studio.audio.switching import FADE_S, Lanes, LaneSpeaker, loudness_lufs, match_db, prepare
from studio.bridge.lanes_player import LanesPlayer
from studio.session import Span

FADE = round(FADE_S * RATE_HZ)


def ramp(seconds: float = 1.0, base: float = 0.0) -> FloatArray:
    """A sound whose every sample tells where it is."""
    return (base + np.linspace(0, 0.4, round(seconds * RATE_HZ), endpoint=False)).astype(np.float32)


def tone(seconds: float, amplitude: float, rate_hz: int = RATE_HZ) -> Audio:
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return Audio((amplitude * np.sin(2 * np.pi * 997 * at_s)).astype(np.float32), rate_hz)


def speaker_over(now: list[float], *sounds: FloatArray) -> LaneSpeaker:
    speaker = LaneSpeaker(source=lambda: now[0])
    speaker._new_stream = lambda: None  # type: ignore[method-assign]  # the test itself is the sound card
    speaker.load_lanes(Lanes(sounds, (0.0,) * len(sounds)))
    return speaker


def hear(speaker: LaneSpeaker, count: int) -> FloatArray:
    out = np.zeros(count, np.float32)
    speaker.fill(out, 0.0)
    return out


def test_a_switch_goes_on_at_the_same_sample_and_fades_for_five_milliseconds() -> None:
    first, second = ramp(), ramp(base=0.5)
    speaker = speaker_over([0.0], first, second)
    speaker.start(0.25)
    at = RATE_HZ // 4
    np.testing.assert_array_equal(hear(speaker, 1000), first[at : at + 1000])
    speaker.choose(1)
    after = hear(speaker, 1000)
    np.testing.assert_allclose(after[FADE:], second[at + 1000 + FADE : at + 2000], atol=1e-7)
    assert np.abs(np.diff(after)).max() < 0.5 / FADE * 1.1, "no step greater than the fade's slope"
    assert after[0] < first[at + 1000] + 0.01


def test_a_switch_during_a_fade_never_dips() -> None:
    ones = np.ones(RATE_HZ, np.float32)
    speaker = speaker_over([0.0], ones, ones, ones)
    speaker.start(0.0)
    speaker.choose(1)
    pieces = [hear(speaker, FADE // 3)]
    speaker.choose(2)
    pieces.append(hear(speaker, 2 * FADE))
    np.testing.assert_allclose(np.concatenate(pieces), 1.0, atol=1e-6)


def test_blocks_of_any_size_sound_the_same() -> None:
    sounds = ramp(), ramp(base=0.5)
    heard = []
    for size in (64, 96):
        speaker = speaker_over([0.0], *sounds)
        speaker.set_loop(0.1, 0.13)
        speaker.start(0.1)
        speaker.choose(1)
        heard.append(np.concatenate([hear(speaker, size) for _ in range(5760 // size)]))
    np.testing.assert_allclose(heard[0], heard[1], atol=1e-7)


def test_a_loop_returns_without_a_gap_and_without_a_step() -> None:
    sound = ramp()
    now = [0.0]
    speaker = speaker_over(now, sound)
    speaker.set_loop(0.2, 0.4)
    speaker.start(0.2)
    first, last = round(0.2 * RATE_HZ), round(0.4 * RATE_HZ)
    heard = hear(speaker, 2 * (last - first))
    np.testing.assert_array_equal(heard[: last - first - FADE], sound[first : last - FADE])
    np.testing.assert_array_equal(heard[last - first : -FADE], sound[first : last - FADE])
    slope = float((sound[last] - sound[first]) / FADE)
    assert np.abs(np.diff(heard)).max() < 1.1 * slope
    now[0] = 0.3
    assert speaker.now_s() == pytest.approx(0.3), "0.2 + 0.3 is 0.1 beyond the end of the loop"


def test_letting_a_loop_go_keeps_the_place() -> None:
    now = [0.0]
    speaker = speaker_over(now, ramp())
    speaker.set_loop(0.2, 0.4)
    speaker.start(0.2)
    hear(speaker, round(0.3 * RATE_HZ))
    now[0] = 0.3
    speaker.set_loop(0.0, 0.0)
    assert speaker.now_s() == pytest.approx(0.3)
    np.testing.assert_allclose(hear(speaker, 10), ramp()[round(0.3 * RATE_HZ) :][:10], atol=1e-7)


def test_past_the_end_there_is_silence_and_the_clock_goes_on() -> None:
    now = [0.0]
    speaker = speaker_over(now, ramp(0.1, 0.5))
    speaker.start(0.05)
    assert not hear(speaker, RATE_HZ // 10)[RATE_HZ // 20 :].any()
    now[0] = 0.1
    assert speaker.now_s() == pytest.approx(0.15)


def test_no_lane_of_that_number() -> None:
    with pytest.raises(IndexError):
        speaker_over([0.0], ramp()).choose(1)


def test_loudness_is_that_of_the_standard() -> None:
    """EBU Tech 3341, case 1: a stereo sine at -23 dBFS is -23 LUFS; one channel alone is 3.01 dB less."""
    level = loudness_lufs(tone(3.0, 10 ** (-23 / 20)).samples, RATE_HZ)
    assert level == pytest.approx(-26.01, abs=0.1)


def test_lanes_are_made_equally_loud_and_long() -> None:
    lanes = prepare([tone(1.0, 0.1), tone(0.9, 0.05, 16_000)])
    assert lanes.gains_db[0] == 0.0 and lanes.gains_db[1] == pytest.approx(6.02, abs=0.1)
    assert [len(sound) for sound in lanes.sounds] == [RATE_HZ] * 2
    assert np.abs(lanes.sounds[1][1000:40_000]).max() == pytest.approx(0.1, rel=0.02)


def test_nothing_is_raised_beyond_full_scale() -> None:
    peaky = tone(1.0, 0.02).samples.copy()
    peaky[100] = 0.9
    lanes = prepare([tone(1.0, 0.5), Audio(peaky, RATE_HZ)])
    assert max(float(np.abs(sound).max()) for sound in lanes.sounds) == pytest.approx(1.0)
    levels = [loudness_lufs(sound, RATE_HZ) for sound in lanes.sounds]
    assert levels[0] == pytest.approx(levels[1], abs=0.05)


@pytest.mark.parametrize("quiet", [np.zeros(RATE_HZ, np.float32), np.full(100, 0.5, np.float32)])
def test_what_has_no_loudness_is_left_alone(quiet: FloatArray) -> None:
    assert match_db([tone(1.0, 0.1).samples, quiet], RATE_HZ) == (0.0, 0.0)


@pytest.fixture
def player(studio: Studio) -> Iterator[LanesPlayer]:
    desk = studio.desk
    made = LanesPlayer(desk.player, desk.settings, desk.notices)
    made.load(Lanes((ramp(), ramp(base=0.5)), (0.0, 0.0)))
    yield made
    made.close()


def test_the_player_plays_switches_and_loops(player: LanesPlayer, studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(player.changed):
        player.choose(1)
    assert player.lane == 1
    player.set_loop(Span(0.2, 0.3))
    with qtbot.waitSignal(player.moved):
        player.toggle()
    qtbot.waitUntil(lambda: 0.2 < player.position_s < 0.3)
    player.toggle()
    assert not player.playing and 0.2 <= player.position_s <= 0.3


def test_only_one_thing_sounds_at_a_time(player: LanesPlayer, spoken: Studio) -> None:
    desk = spoken.desk
    desk.transport.play()
    player.play()
    assert player.playing and not desk.transport.playing
    other = LanesPlayer(desk.player, desk.settings, desk.notices)
    other.load(player.lanes)
    other.play()
    assert other.playing and not player.playing
    desk.transport.play()
    assert desk.transport.playing and not other.playing
    other.close()
