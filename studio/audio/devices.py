"""Microphones and loudspeakers the system has, through PortAudio, which is loaded only when first asked for."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from studio.audio.errors import AudioDeviceError

Direction = Literal["input", "output"]
LOCK = threading.RLock()
"""Held while a stream is opened or closed and while devices are looked for: PortAudio bears one of these at a time."""
_open: dict[int, Callable[[], bool]] = {}


@dataclass(frozen=True)
class Device:
    """key: its name, which outlives re-plugging better than a number; rate_hz: the rate it prefers."""

    key: str
    title: str
    rate_hz: int
    index: int
    channels: int = 1


def portaudio() -> Any:
    """The sounddevice module. Raises AudioDeviceError with the command that installs PortAudio where it is absent."""
    try:
        return importlib.import_module("sounddevice")
    except (OSError, ImportError):
        raise AudioDeviceError(
            "Sound devices need PortAudio: install it with 'sudo apt install libportaudio2'."
        ) from None


def warm_up() -> None:
    """Load PortAudio before it is needed, on any thread; where it is absent, the first use says so."""
    with contextlib.suppress(AudioDeviceError):
        portaudio()


def list_devices(direction: Direction) -> tuple[Device, ...]:
    """All devices of a direction, the preferred one first. Raises AudioDeviceError if PortAudio is absent."""
    module = portaudio()
    try:
        with LOCK:
            found = list(module.query_devices())
            preferred = module.default.device[0 if direction == "input" else 1]
    except module.PortAudioError as error:
        raise AudioDeviceError(f"The sound devices cannot be listed: check the sound settings ({error}).") from None
    devices = [_device(i, entry, direction) for i, entry in enumerate(found) if entry[f"max_{direction}_channels"] > 0]
    return tuple(sorted(devices, key=lambda device: device.index != preferred))


def refresh_devices() -> bool:
    """Have PortAudio look again after something was plugged in or out; False while a stream that is needed is open."""
    module = portaudio()
    with LOCK:
        for let_go in tuple(_open.values()):
            if not let_go():
                return False
        module._terminate()  # the only way PortAudio offers: it lists devices once, when it starts
        module._initialize()
    return True


def note_open(stream: Any, let_go: Callable[[], bool] = lambda: False) -> Any:
    """Remember an open stream, which looking for devices would break; let_go closes it if nobody needs it now."""
    _open[id(stream)] = let_go
    return stream


def close_stream(stream: Any, *, drain: bool = False) -> None:
    """Close a noted stream, at once or (drain) after what is under way; it must not be touched again."""
    with LOCK:
        if _open.pop(id(stream), None) is not None:
            stream.stop() if drain else stream.abort()
            stream.close()


def choose(direction: Direction, key: str) -> Device:
    """The device named, or the preferred one if key is empty. Raises AudioDeviceError if there is none."""
    devices = list_devices(direction)
    kind = "microphone" if direction == "input" else "loudspeaker"
    if not devices:
        raise AudioDeviceError(f"There is no {kind}: plug one in, then try again.")
    if not key:
        return devices[0]
    for device in devices:
        if device.key == key:
            return device
    raise AudioDeviceError(f"The {kind} {key} is not there: plug it in or choose another in the preferences.")


def _device(index: int, entry: Any, direction: Direction) -> Device:
    channels = int(entry[f"max_{direction}_channels"])
    return Device(entry["name"], entry["name"], int(entry["default_samplerate"]), index, channels)
