"""Live sound without a window: any device becomes hops, the gate, what is lost and found again."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio import live as live_module
from studio.audio.gate import HYSTERESIS_DB, Gate, GateConfig
from studio.audio.hops import HOP, HOP_S, LIVE_RATE_HZ, HopCutter
from studio.audio.live import GONE, Hop, LiveInput
from studio.audio.sources import FileSource
from tests.studio.live_fakes import HandSource

LIMIT_S = 20.0


def tone(seconds: float, rate_hz: int = LIVE_RATE_HZ, loud: float = 0.3, hz: float = 440.0) -> np.ndarray:
    return (loud * np.sin(np.arange(round(seconds * rate_hz)) * 2 * np.pi * hz / rate_hz)).astype(np.float32)


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000, 96_000, 192_000])
def test_any_rate_and_channels_become_hops_of_the_same_pitch_and_length(rate_hz: int, channels: int) -> None:
    cutter = HopCutter(rate_hz)
    sound = np.repeat(tone(1.0, rate_hz)[:, None], channels, axis=1)
    hops = [hop for block in np.array_split(sound, 100) for hop in cutter.push(block)]
    assert all(hop.shape == (HOP,) and hop.dtype == np.float32 for hop in hops)
    assert len(hops) * HOP_S + cutter.waiting_s == pytest.approx(1.0, abs=0.002)
    spectrum = np.abs(np.fft.rfft(np.concatenate(hops)))
    assert np.argmax(spectrum) * LIVE_RATE_HZ / (len(hops) * HOP) == pytest.approx(440, abs=2)
    assert np.abs(np.concatenate(hops)).max() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 32_000, 48_000, 96_000])
def test_a_hop_comes_with_its_own_last_block_at_any_rate(rate_hz: int) -> None:
    cutter, block = HopCutter(rate_hz), round(0.005 * rate_hz)
    came = [len(cutter.push(part)) for part in np.split(tone(1.0, rate_hz)[: 200 * block], 200)]
    heard_s = np.cumsum([block] * 200) / rate_hz
    assert np.array_equal(np.cumsum(came), np.floor(heard_s / HOP_S + 1e-9))


@given(st.lists(st.integers(0, 2000), max_size=20))
def test_hops_do_not_depend_on_how_sound_was_cut(cuts: list[int]) -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, sum(cuts)).astype(np.float32)
    whole, parts = HopCutter(LIVE_RATE_HZ).push(sound), HopCutter(LIVE_RATE_HZ)
    cut = [hop for block in np.split(sound, np.cumsum(cuts)[:-1]) for hop in parts.push(block)] if cuts else []
    assert len(whole) == len(cut) and all(np.array_equal(a, b) for a, b in zip(whole, cut, strict=True))


def test_broken_samples_and_overshoots_do_no_harm() -> None:
    block = np.full(HOP, np.nan, np.float32)
    block[:3] = np.inf, -np.inf, 7.0
    (hop,) = HopCutter(LIVE_RATE_HZ).push(block)
    assert hop[:3].tolist() == [1.0, -1.0, 1.0] and not hop[3:].any()


def test_the_gate_opens_at_its_threshold_holds_and_shuts() -> None:
    gate = Gate(GateConfig(threshold_db=-30.0, hold_s=0.1))
    level = 10 ** (-30.0 / 20) * np.sqrt(2)
    quiet, loud = tone(HOP_S, loud=level * 0.9), tone(HOP_S, loud=level * 1.1)
    assert not gate.push(quiet, LIVE_RATE_HZ).any() and not gate.open
    assert np.array_equal(gate.push(loud, LIVE_RATE_HZ), loud)
    assert np.array_equal(gate.push(quiet, LIVE_RATE_HZ), quiet)  # within the hysteresis
    below = tone(HOP_S, loud=level * 10 ** (-(HYSTERESIS_DB + 1) / 20))
    passed = [bool(gate.push(below, LIVE_RATE_HZ).any()) for _ in range(7)]
    assert passed == [True] * 4 + [False] * 3


def input_over(source: HandSource | FileSource, **more: object) -> tuple[LiveInput, list[Hop]]:
    hops: list[Hop] = []
    return LiveInput(source, hops.append, GateConfig(-60.0), **more), hops  # type: ignore[arg-type]


def test_the_callback_only_copies_and_taking_cuts() -> None:
    source = HandSource((48_000, 2))
    heard, hops = input_over(source)
    assert heard.open()
    source.streams[0].speak(0.5)
    assert not hops
    for _ in range(3):
        heard.take()
    # more than LATE_S lay in the ring: only the newest hop is still of use
    assert len(hops) <= 2 and heard.state.dropped >= 22
    source.streams[0].speak(0.2)
    heard.take()
    numbers = [hop.number for hop in hops]
    assert numbers == sorted(numbers) and numbers[-1] in (33, 34)  # the clock of the sound went on over the gap
    assert hops[-1].taken_s - hops[-1].heard_s >= source.streams[0].latency_s


def test_clipping_is_shown_and_silence_shuts_the_gate() -> None:
    source = HandSource((44_100, 1))
    heard, hops = input_over(source)
    heard.open()
    source.streams[0].speak(0.1, loud=3.0)
    heard.take()
    assert heard.state.level.clipped and heard.state.gate_open
    for _ in range(10):
        source.streams[0].speak(0.1, loud=0.0)
        heard.take()
    assert not heard.state.gate_open and not hops[-1].gated.any()


def test_a_muted_microphone_moves_nothing_but_its_meter() -> None:
    source = HandSource((44_100, 1))
    heard, hops = input_over(source, muted=lambda: True)
    heard.open()
    source.streams[0].speak(0.1)
    heard.take()
    assert heard.state.muted and heard.state.level.peak_db > -20
    assert all(hop.samples.any() and not hop.gated.any() for hop in hops)


def test_a_wipe_leaves_no_sound_anywhere() -> None:
    source = HandSource((48_000, 1))
    heard, _ = input_over(source)
    heard.open()
    source.streams[0].speak(0.23)
    heard.take()
    assert heard._ring.latest(10_000).any() and heard._cutter.waiting_s > 0
    heard.wipe()
    assert not heard._ring.latest(100_000).any() and not heard._cutter._rest.any()


def test_no_sound_from_before_a_wipe_comes_after_it() -> None:
    source, cut, goes_on = HandSource((48_000, 1)), threading.Event(), threading.Event()
    opened: queue.Queue[object] = queue.Queue()
    source.opened = opened.put
    seen: list[Hop] = []
    enough = threading.Event()

    def slow(hop: Hop) -> None:
        cut.set()
        assert goes_on.wait(LIMIT_S)
        seen.append(hop)
        if len(seen) >= 8:
            enough.set()

    heard = LiveInput(source, slow)
    heard.start()
    opened.get(timeout=LIMIT_S)
    source.streams[0].speak(0.1)
    assert cut.wait(LIMIT_S)
    threading.Timer(0.1, goes_on.set).start()
    heard.wipe()
    known = len(seen)
    assert known >= 4  # those on their way were waited for
    source.streams[0].speak(0.1, loud=0.0)
    assert enough.wait(LIMIT_S)
    heard.stop()
    assert not any(hop.samples.any() for hop in seen[known:])


def test_it_waits_for_a_busy_device_and_outlives_unplugging_and_another_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "RETRY_S", 0.01)
    source = HandSource("The microphone is busy: close the other program.", (48_000, 1), "There is none.", (8_000, 6))
    arrived: queue.Queue[Hop] = queue.Queue()
    opened: queue.Queue[object] = queue.Queue()
    source.opened = opened.put
    heard = LiveInput(source, arrived.put, GateConfig(-60.0))
    heard.start()
    try:
        opened.get(timeout=LIMIT_S)
        source.streams[0].speak(0.1)
        first = arrived.get(timeout=LIMIT_S)
        source.streams[0].alive = False
        heard.devices_changed()
        opened.get(timeout=LIMIT_S)
        assert source.streams[0].closed
        source.streams[1].speak(0.1)
        numbers = [arrived.get(timeout=LIMIT_S).number for _ in range(7)]
        assert numbers[-1] > first.number and numbers == sorted(set(numbers))
    finally:
        heard.stop()
    assert source.streams[1].closed and not heard.state.running
    assert heard.state.rate_hz == 8_000 and heard.state.channels == 6


def test_trouble_is_one_sentence() -> None:
    source = HandSource("The microphone is busy: close the other program.", (48_000, 1))
    heard, _ = input_over(source)
    assert not heard.open() and heard.state.trouble == "The microphone is busy: close the other program."
    assert heard.open() and heard.state.trouble == "" and heard.state.hearing
    source.streams[0].alive = False
    heard._check()
    assert heard.state.trouble == GONE and not heard.state.hearing


def test_a_device_that_says_nothing_counts_as_lost() -> None:
    now = [0.0]
    source = HandSource((48_000, 1))
    heard, _ = input_over(source, clock=lambda: now[0])
    heard.open()
    now[0] += 2.0
    heard._check()
    assert heard.state.hearing  # a sound server may take its time
    source.streams[0].speak(0.1)
    now[0] += 2.0
    heard._check()
    assert not heard.state.hearing and source.streams[0].closed


def test_a_sound_file_stands_in_for_a_microphone() -> None:
    sound, ended = tone(0.5, 48_000), threading.Event()
    hops: list[Hop] = []
    heard = LiveInput(FileSource(sound, 48_000, speed=4.0), hops.append, GateConfig(-60.0), ended=ended.set)
    heard.start()
    assert ended.wait(LIMIT_S)
    heard.stop()
    assert len(hops) + heard.state.dropped >= 24
