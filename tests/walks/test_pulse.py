"""Live mode through the real sound stack: PortAudio, ALSA and a PulseAudio daemon whose null sink is the microphone."""

from __future__ import annotations

import queue
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.actions.live import keep_recording
from studio.app import Studio
from studio.audio.devices import list_devices, refresh_devices
from studio.audio.gate import GateConfig
from studio.audio.hops import HOP, LIVE_RATE_HZ
from studio.audio.live import GONE, Hop, LiveInput
from studio.audio.sources import DeviceSource
from tests.studio.conftest import standing
from tests.studio.live_fakes import JAW, LiveRoom
from tests.walks.pulse import PulseServer, pulse

__all__ = ["pulse"]

LIMIT_S, LIMIT_MS = 40.0, 40_000
ROOT = Path(__file__).resolve().parents[2]
WATCHER = """
import sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtMultimedia import QMediaDevices
app = QCoreApplication([])
watch = QMediaDevices()
def tell():
    print(*(bytes(device.id()).decode() for device in QMediaDevices.audioInputs()), flush=True)
watch.audioInputsChanged.connect(tell)
tell()
app.exec()
"""


def tone(seconds: float, rate_hz: int, hz: float = 440.0) -> np.ndarray:
    return (0.4 * np.sin(np.arange(round(seconds * rate_hz)) * 2 * np.pi * hz / rate_hz)).astype(np.float32)


@pytest.fixture(autouse=True)
def fresh_portaudio(pulse: PulseServer) -> Iterator[None]:
    """PortAudio looks for devices anew, and lets go of them before the daemon ends."""
    assert refresh_devices()
    yield
    assert refresh_devices()


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 2), (8_000, 1), (96_000, 6)])
def test_a_wav_played_into_the_sink_is_heard(pulse: PulseServer, rate_hz: int, channels: int) -> None:
    pulse.unplug()
    pulse.plug_in(rate_hz, channels)
    assert list_devices("input")
    hops: queue.Queue[Hop] = queue.Queue()
    heard = LiveInput(DeviceSource(), hops.put, GateConfig(-40.0))
    heard.start()
    player = pulse.play(tone(3.0, 16_000), 16_000)
    try:
        loud: list[np.ndarray] = []
        while len(loud) < 50:
            hop = hops.get(timeout=LIMIT_S)
            if np.abs(hop.samples).max() > 0.05:
                loud.append(hop.samples)
            assert hop.taken_s >= hop.heard_s
        spectrum = np.abs(np.fft.rfft(np.concatenate(loud[5:45])))
        assert np.argmax(spectrum) * LIVE_RATE_HZ / (40 * HOP) == pytest.approx(440, abs=5)
        assert heard.state.hearing and heard.state.trouble == "" and heard.gate.open
    finally:
        heard.stop()
        player.wait()


@pytest.fixture
def studio(pulse: PulseServer, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    """A shown studio over that microphone."""
    with standing(LiveRoom(), qtbot, qapp, tmp_path) as opened:
        yield opened


def speak_until_posed(studio: Studio, pulse: PulseServer, qtbot: QtBot) -> None:
    """Play speech-loud sound until the face has answered it."""
    live, before = studio.desk.live, studio.desk.live.path.poses
    player = pulse.play(tone(4.0, 48_000), 48_000)
    newest = lambda: live.path.track._poses[-1].weights[JAW] if len(live.path.track) else 0.0  # noqa: E731
    qtbot.waitUntil(lambda: live.path.poses > before + 10 and newest() > 0.3, timeout=LIMIT_MS)
    player.terminate()
    player.wait()


def test_the_microphone_is_unplugged_and_plugged_in_again_while_live(
    studio: Studio, pulse: PulseServer, qtbot: QtBot
) -> None:
    live = studio.desk.live
    live.start()
    speak_until_posed(studio, pulse, qtbot)
    pulse.unplug()
    qtbot.waitUntil(lambda: live.state.trouble == GONE, timeout=LIMIT_MS)
    assert live.running and not live.state.hearing
    pulse.plug_in(44_100, 1)
    qtbot.waitUntil(lambda: live.state.hearing, timeout=LIMIT_MS)
    speak_until_posed(studio, pulse, qtbot)
    assert live.state.trouble == ""


def test_it_starts_without_a_microphone_and_goes_on_when_there_is_one(
    studio: Studio, pulse: PulseServer, qtbot: QtBot
) -> None:
    pulse.unplug()
    live = studio.desk.live
    live.start()
    qtbot.waitUntil(lambda: live.state.trouble != "", timeout=LIMIT_MS)
    assert live.state.trouble.count(".") == 1 and live.running
    pulse.plug_in()
    speak_until_posed(studio, pulse, qtbot)


def test_a_recording_of_the_microphone_becomes_a_take_with_its_face(
    studio: Studio, pulse: PulseServer, qtbot: QtBot
) -> None:
    desk = studio.desk
    desk.live.start()
    desk.live.record()
    speak_until_posed(studio, pulse, qtbot)
    stories = len(desk.document.project.stories)
    keep_recording(desk)
    qtbot.waitUntil(lambda: len(desk.document.project.stories) == stories + 1, timeout=LIMIT_MS)
    story = desk.document.project.stories[-1]
    assert story.take is not None and story.tuning.model == "recorded"
    takes = desk.file.store.takes
    sound, motion = takes.load(story.take.digest).audio, takes.motion(story.take.digest)
    assert motion is not None and len(motion.weights) == round(sound.seconds * motion.fps)
    envelope = [np.abs(block).max() for block in np.array_split(sound.samples, len(motion.weights))]
    loud = np.array(envelope) > 0.2
    assert loud.any()
    middle = np.flatnonzero(loud)[3:-3]
    assert (motion.weights[middle, JAW] > 0.3).all()  # the mouth is open where the sound is


def wait_for_line(told: IO[str], word: str) -> None:
    """Read until a line names it; the end of the stream is a failure."""
    while word not in (line := told.readline()):
        assert line


def test_qt_tells_when_microphones_come_and_go(pulse: PulseServer) -> None:
    watcher = subprocess.Popen(
        [sys.executable, "-c", WATCHER],
        env=pulse.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "\n"  # it watches, and there is none
        pulse.show_to_qt("first")
        wait_for_line(watcher.stdout, "first")
        pulse.unplug()  # takes the microphone with it
        pulse.plug_in()
        pulse.show_to_qt("second")
        wait_for_line(watcher.stdout, "second")
    finally:
        watcher.terminate()
        watcher.communicate()
