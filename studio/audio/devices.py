"""Microphones and loudspeakers the system has, through PortAudio, which is loaded only when first asked for."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import dataclass
from typing import Any, Literal

from studio.audio.errors import AudioDeviceError

Direction = Literal["input", "output"]


@dataclass(frozen=True)
class Device:
    """key: its name, which outlives re-plugging better than a number; rate_hz: the rate it prefers."""

    key: str
    title: str
    rate_hz: int
    index: int


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
        found = list(module.query_devices())
        preferred = module.default.device[0 if direction == "input" else 1]
    except module.PortAudioError as error:
        raise AudioDeviceError(f"The sound devices cannot be listed: check the sound settings ({error}).") from None
    devices = [_device(i, entry) for i, entry in enumerate(found) if entry[f"max_{direction}_channels"] > 0]
    return tuple(sorted(devices, key=lambda device: device.index != preferred))


def refresh_devices() -> None:
    """Have PortAudio look again after something was plugged in or out; no stream may be open."""
    module = portaudio()
    module._terminate()  # the only way PortAudio offers: it lists devices once, when it starts
    module._initialize()


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


def _device(index: int, entry: Any) -> Device:
    return Device(entry["name"], entry["name"], int(entry["default_samplerate"]), index)
