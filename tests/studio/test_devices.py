"""Microphone and loudspeaker against a PortAudio made of plain Python."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.api.values import Audio
from studio.audio import devices
from studio.audio.errors import AudioDeviceError
from studio.audio.microphone import Microphone
from studio.audio.sources import DeviceSource
from studio.audio.speaker import Speaker
from studio.session import Recording, RecordingState, Transport


class FakeStream:
    """What sounddevice's streams show of themselves; the test calls the callback."""

    def __init__(self, callback: Callable[..., None], **options: Any) -> None:
        self.callback, self.options, self.active = callback, options, False

    def start(self) -> None:
        self.active = True

    def stop(self) -> None:
        self.active = False

    abort = close = stop


class FakePortAudio:
    """Two devices, one of which refuses to open."""

    PortAudioError = RuntimeError

    def __init__(self) -> None:
        self.default = SimpleNamespace(device=(1, 1))
        self.trouble = "busy"
        self.entries = [
            {"name": name, "max_input_channels": 1, "max_output_channels": 2, "default_samplerate": 8000.0}
            for name in ("broken", "good")
        ]
        self.streams: list[FakeStream] = []

    def query_devices(self) -> list[dict[str, Any]]:
        return self.entries

    def InputStream(self, **options: Any) -> FakeStream:
        if options["device"] == 0:
            raise self.PortAudioError(self.trouble)
        self.streams.append(FakeStream(**options))
        return self.streams[-1]

    OutputStream = InputStream

    def _terminate(self) -> None:
        """Nothing to let go."""

    _initialize = _terminate


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    fake = FakePortAudio()
    monkeypatch.setattr("studio.audio.devices._open", {})  # streams of the made-up module are gone with it
    monkeypatch.setattr(importlib, "import_module", lambda name: fake)
    return fake


def hear(stream: FakeStream, samples: np.ndarray) -> None:
    stream.callback(samples[:, np.newaxis], len(samples), None, None)


def play(stream: FakeStream, count: int, delay_s: float = 0.0) -> np.ndarray:
    out = np.full((count, 1), 9.0, np.float32)
    stream.callback(out, count, SimpleNamespace(outputBufferDacTime=5 + delay_s, currentTime=5.0), None)
    return out[:, 0]


def test_devices_come_preferred_first_and_are_chosen_by_name(portaudio: FakePortAudio) -> None:
    assert [device.key for device in devices.list_devices("input")] == ["good", "broken"]
    assert devices.choose("output", "").key == "good"
    with pytest.raises(AudioDeviceError, match="microphone gone is not there"):
        devices.choose("input", "gone")
    portaudio.entries.clear()
    with pytest.raises(AudioDeviceError, match="no loudspeaker"):
        devices.choose("output", "")


def test_without_portaudio_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(AudioDeviceError, match="apt install libportaudio2"):
        Microphone().start()


def test_the_microphone_keeps_exactly_what_came_between_start_and_stop(portaudio: FakePortAudio) -> None:
    microphone = Microphone()
    microphone.open()
    stream = portaudio.streams[0]
    heard = np.random.default_rng(0).uniform(-1, 1, 6000).astype(np.float32)
    hear(stream, heard[:1000])
    microphone.start()
    for block in np.split(heard[1000:], 5):
        hear(stream, block)
    kept = microphone.stop()
    assert np.array_equal(kept.samples, heard[1000:]) and kept.rate_hz == 8000
    assert not microphone.is_open and stream.active is False
    microphone.start()
    hear(portaudio.streams[1], heard[:10])
    assert np.array_equal(microphone.stop().samples, heard[:10])


def test_a_mute_or_broken_microphone_is_one_sentence(portaudio: FakePortAudio) -> None:
    microphone = Microphone()
    microphone.start()
    with pytest.raises(AudioDeviceError, match="gave no sound"):
        microphone.stop()
    microphone.key = "broken"
    with pytest.raises(AudioDeviceError, match="choose another"):
        microphone.open()


@pytest.mark.parametrize(("said", "reason"), [("Device unavailable", "another program holds it"), ("oops", "plug it")])
def test_a_busy_device_for_live_mode_is_one_sentence(portaudio: FakePortAudio, said: str, reason: str) -> None:
    portaudio.trouble = said
    with pytest.raises(AudioDeviceError, match=reason) as caught:
        DeviceSource("broken").open(lambda rate_hz, channels: lambda block: None)
    assert str(caught.value).endswith("or choose another.") and not portaudio.streams


def test_an_unplugged_microphone_keeps_what_came_and_is_opened_anew(portaudio: FakePortAudio) -> None:
    microphone = Microphone()
    microphone.start()
    hear(portaudio.streams[0], np.ones(50, np.float32))
    portaudio.streams[0].active = False
    assert microphone.is_open and not microphone.alive
    assert len(microphone.stop().samples) == 50
    microphone.open()
    portaudio.streams[1].active = False
    microphone.open()
    assert microphone.alive and len(portaudio.streams) == 3
    microphone.close()


def test_a_recording_runs_over_the_real_microphone_class(portaudio: FakePortAudio) -> None:
    recording = Recording(Microphone())
    recording.begin(0.0)
    assert recording.state is RecordingState.RECORDING
    hear(portaudio.streams[0], np.ones(100, np.float32))
    audio = recording.finish()
    assert audio is not None and len(audio.samples) == 100


def speaker_over(now: list[float]) -> Speaker:
    speaker = Speaker(source=lambda: now[0])
    speaker.load(Audio(np.linspace(0, 0.9, 48_000, dtype=np.float32), 48_000))
    return speaker


def test_the_clock_is_what_is_heard_not_what_was_handed_out(portaudio: FakePortAudio) -> None:
    now = [100.0]
    speaker = speaker_over(now)
    speaker.start(0.25)
    stream = portaudio.streams[0]
    assert np.allclose(play(stream, 4800, delay_s=0.05), np.linspace(0, 0.9, 48_000, dtype=np.float32)[12_000:16_800])
    assert speaker.now_s() == 0.25
    now[0] += 0.1
    assert speaker.now_s() == pytest.approx(0.30)
    now[0] += 5.0  # the card asks for no more: nothing more was heard
    assert speaker.now_s() == pytest.approx(0.35)
    speaker.stop()
    assert speaker.now_s() == pytest.approx(0.35)
    assert not play(stream, 100).any()  # open but silent, so that playing goes on at once
    assert speaker.now_s() == pytest.approx(0.35)
    speaker.close()
    assert not stream.active


def test_another_loudspeaker_is_used_from_the_next_start(portaudio: FakePortAudio) -> None:
    portaudio.entries.append({**portaudio.entries[1], "name": "other"})
    speaker = speaker_over([0.0])
    speaker.start(0.0)
    speaker.key = "other"
    speaker.stop()
    speaker.start(0.0)
    first, second = portaudio.streams
    assert not first.active and second.active and second.options["device"] == 2
    second.active = False  # unplugged while paused: looked for again
    speaker.start(0.0)
    assert portaudio.streams[2].active


def test_a_longer_sound_takes_over_while_playing_without_a_gap(portaudio: FakePortAudio) -> None:
    now = [0.0]
    speaker = Speaker(source=lambda: now[0])
    whole = np.random.default_rng(0).uniform(-1, 1, 9600).astype(np.float32)
    speaker.load(Audio(whole[:4800], 48_000))
    speaker.start(0.0)
    first = play(portaudio.streams[0], 2400)
    speaker.load(Audio(whole, 48_000))
    assert speaker.seconds == pytest.approx(0.2)
    rest = [play(portaudio.streams[0], 2400) for _ in range(3)]
    assert np.array_equal(np.concatenate([first, *rest]), whole)
    assert not play(portaudio.streams[0], 2400).any()


def test_seeking_while_playing_goes_straight_there(portaudio: FakePortAudio) -> None:
    now = [0.0]
    speaker = speaker_over(now)
    speaker.start(0.5)
    play(portaudio.streams[0], 480)
    now[0] += 0.01
    speaker.start(0.1)
    assert speaker.now_s() == 0.1 and len(portaudio.streams) == 1
    assert play(portaudio.streams[0], 10)[0] == pytest.approx(0.09, abs=1e-4)


@pytest.mark.parametrize("key", ["broken", "gone"])
def test_without_a_loudspeaker_time_still_goes_by_and_it_is_said_once(portaudio: FakePortAudio, key: str) -> None:
    now, told = [0.0], []
    speaker = speaker_over(now)
    speaker.key = key
    speaker.silent.connect(told.append)
    transport = Transport(speaker)
    transport.set_length(1.0)
    for _ in range(2):
        transport.play()
        now[0] += 0.4
        transport.tick()
        assert transport.position_s == pytest.approx(0.4)
        now[0] += 0.7
        transport.tick()
        assert not transport.playing and transport.position_s == 1.0
    assert len(told) == 1 and "without sound" in told[0]


def test_a_loudspeaker_pulled_out_while_playing_goes_silent_in_place(portaudio: FakePortAudio) -> None:
    now, told = [0.0], []
    speaker = speaker_over(now)
    speaker.silent.connect(told.append)
    speaker.start(0.0)
    play(portaudio.streams[0], 4800)
    now[0] += 0.1
    portaudio.streams[0].active = False
    assert speaker.now_s() == pytest.approx(0.1)
    now[0] += 0.2
    assert speaker.now_s() == pytest.approx(0.3) and "has gone" in told[0]
