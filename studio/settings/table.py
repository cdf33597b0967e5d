"""The settings of the studio as a table: one row gives title, unit, limits, default, choices and group."""

# ruff: noqa: RUF009 - _row is dataclasses.field with the row of the table in its metadata

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import platformdirs

from engines.api.face import LIVE_MODELS

Value = str | int | float | bool | Fraction | Path
"""What a setting may hold."""

RATES = (Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50))
"""Exact frame rates a clip may have; 30000/1001 is what is called 29.97."""

SIZES = ("1920x1080", "1280x720", "1080x1920", "512x512")
"""Picture sizes offered for a clip, width x height in pixels."""

LOUDNESS = {
    "ebu": "EBU R128 (-23 LUFS)",
    "atsc": "ATSC A/85 (-24 LKFS)",
    "web": "Web (-16 LUFS)",
    "none": "As it is",
}
"""What the sound of a clip may be brought to, with titles."""

APP = "anchor-studio"


@dataclass(frozen=True)
class Setting:
    """One row. low, high: limits of a number in `unit`; choices: the only values allowed, empty for any; titles: how
    people call them, by choice, where that is not how they are kept.

    source: what offers the values of an open list while the studio runs ("voices", "presenters", "inputs", "outputs"),
    or "pin" for a number that is only kept as a hash.
    """

    key: str
    title: str
    group: str
    default: Value
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    hint: str = ""


def _row(title: str, group: str, default: Value, *rest: Any, **more: Any) -> Any:
    """A field of Preferences that carries its row of the table."""
    return field(default=default, metadata={"row": (title, group, default, *rest), "more": more})


@dataclass(frozen=True)
class Preferences:
    """The settings now, one typed field per row: this is the table."""

    voice: str = _row("Voice", "Speech", "en-gb", source="voices", hint="Voice of a new story.")
    rate_wpm: int = _row("Speaking rate", "Speech", 165, "words per minute", 80, 450)
    pitch: int = _row("Pitch", "Speech", 50, "of 100", 0, 100, hint="50 is the voice's own pitch.")
    voices_folder: Path = _row(
        "Voices folder",
        "Speech",
        Path(platformdirs.user_data_dir(APP)) / "voices",
        hint="Piper voices (.onnx with .json) go here.",
    )
    input_device: str = _row("Microphone", "Sound", "", source="inputs", hint="Empty: the one the system prefers.")
    output_device: str = _row("Loudspeaker", "Sound", "", source="outputs", hint="Empty: the one the system prefers.")
    live_model: str = _row("Network", "Live", "lstm", choices=LIVE_MODELS, hint="What moves the face as you speak.")
    gate_db: int = _row("Gate opens at", "Live", -45, "dB", -80, 0, hint="Quieter sound moves no lips.")
    gate_hold_ms: int = _row("Gate stays open", "Live", 250, "ms", 0, 2000)
    half_duplex: bool = _row(
        "Mute while playing", "Live", True, hint="Else the avatar answers what the loudspeakers say."
    )
    vmc_host: str = _row("VMC receiver", "Live", "127.0.0.1", hint="Name or address of the computer that receives.")
    vmc_port: int = _row("VMC port", "Live", 39539, "", 1, 65_535)
    booth_start: bool = _row("Open the booth at start", "Booth", False, hint="Full screen, until the PIN is given.")
    booth_idle_s: int = _row("Attract visitors after", "Booth", 30, "s of silence", 5, 600)
    booth_pin: str = _row("PIN to leave", "Booth", "", source="pin", hint="4 to 8 digits; kept as a hash only.")
    countdown_s: int = _row("Countdown before recording", "Sound", 3, "s", 0, 10)
    presenter: str = _row("Presenter", "Clip", "default", source="presenters")
    background: str = _row("Background", "Clip", "studio", hint="A set, green, alpha, or a picture's path.")
    clip_fps: Fraction = _row("Frame rate", "Clip", Fraction(25), "frames per second", choices=RATES)
    clip_size: str = _row("Picture size", "Clip", "1920x1080", "pixels", choices=SIZES)
    loudness: str = _row("Loudness", "Clip", "ebu", choices=tuple(LOUDNESS), titles=LOUDNESS)
    preview_fps: int = _row("Preview rate", "Window", 25, "frames per second", 5, 60)
    autosave: bool = _row("Save while working", "Project", True, hint="Off: edits are kept only when you save.")
    projects_folder: Path = _row(
        "Projects folder", "Project", Path(platformdirs.user_documents_dir()) / "Anchor Studio"
    )
    cache_folder: Path = _row(
        "Cache folder",
        "Project",
        Path(platformdirs.user_cache_dir(APP)),
        hint="Safe to empty while the studio is closed.",
    )


TABLE: tuple[Setting, ...] = tuple(
    Setting(column.name, *column.metadata["row"], **column.metadata["more"]) for column in fields(Preferences)
)
"""All rows, in the order preferences are shown."""

ROWS: dict[str, Setting] = {row.key: row for row in TABLE}
