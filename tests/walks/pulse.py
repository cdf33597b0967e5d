"""A PulseAudio daemon of the tests' own: a null sink whose monitor is the only microphone, for PortAudio and for Qt."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

SINK = "booth"
ALSA = '</usr/share/alsa/alsa.conf>\npcm.!default {{ type pulse server "{server}" }}\n'
READY = "Daemon startup complete"


class PulseServer:
    """A running daemon. Everything it needs lies in one folder; who runs the tests, root too, does not matter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server = folder, f"unix:{folder}/native"
        self.alsa = folder / "asound.conf"
        self.alsa.write_text(ALSA.format(server=self.server))
        script = folder / "start.pa"
        script.write_text(f"load-module module-native-protocol-unix socket={folder}/native auth-anonymous=1\n")
        places = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PULSE_RUNTIME_PATH": str(folder)}
        self.environment = {**os.environ, **places, "PULSE_STATE_PATH": str(folder), "PULSE_SERVER": self.server}
        options = ("-n", "-F", str(script), "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no")
        silent = ("--disable-shm=yes", "--realtime=no", "--log-target=stderr", "-v")
        alone = {key: value for key, value in self.environment.items() if key != "PULSE_SERVER"}
        self._daemon = subprocess.Popen(
            ["pulseaudio", *options, *silent], env=alone, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self.log: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, name="pulse log", daemon=True)
        self._reader.start()
        assert self._ready.wait(30) and self._daemon.poll() is None, "".join(self.log[-10:])

    def plug_in(self, rate_hz: int = 48_000, channels: int = 2) -> None:
        """Load the null sink: its monitor is a microphone."""
        self._control("load-module", "module-null-sink", f"sink_name={SINK}", f"rate={rate_hz}", f"channels={channels}")

    def show_to_qt(self, name: str) -> None:
        """Give the monitor a source of its own: Qt counts monitors as loudspeakers, not as microphones."""
        self._control("load-module", "module-remap-source", f"source_name={name}", f"master={SINK}.monitor")

    def unplug(self) -> None:
        """Unload it."""
        self._control("unload-module", "module-null-sink")

    def play(self, samples: np.ndarray, rate_hz: int) -> subprocess.Popen[bytes]:
        """Play a WAV file into the sink, at once and without waiting for its end."""
        path = self.folder / "sound.wav"
        soundfile.write(path, samples, rate_hz)
        return subprocess.Popen(["paplay", f"--device={SINK}", "--latency-msec=20", str(path)], env=self.environment)

    def close(self) -> None:
        """End the daemon."""
        self._daemon.terminate()
        self._daemon.wait()
        self._reader.join()
        assert self._daemon.stderr is not None
        self._daemon.stderr.close()

    def _control(self, *words: str) -> None:
        subprocess.run(["pactl", *words], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def _read(self) -> None:
        assert self._daemon.stderr is not None
        for line in self._daemon.stderr:
            self.log.append(line)
            if READY in line:
                self._ready.set()
        self._ready.set()


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    """A daemon with a microphone, which PortAudio takes for the default one."""
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("PulseAudio is not installed: packaging/check.py installs pulseaudio, pulseaudio-utils by apt")
    folder = Path(tempfile.mkdtemp(prefix="pulse"))  # short: the path of a socket has at most 107 letters
    server = PulseServer(folder)
    monkeypatch.setenv("PULSE_SERVER", server.server)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(server.alsa))
    server.plug_in()
    yield server
    server.close()
    shutil.rmtree(folder)
