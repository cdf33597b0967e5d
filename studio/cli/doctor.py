"""The command `doctor`: examine what the studio needs and say what to do about what is missing."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engines.api.jobs import DoctorJob, VoicesJob
from engines.api.values import Finding
from studio.cli.desk import CommandError, Desk

ENOUGH_DISK_GB = 2.0


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("doctor", help="examine this installation")
    parser.add_argument("--voices", action="store_true", help="list the voices instead")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Print a line per finding; exit with 2 if anything is not well."""
    if arguments.voices:
        for voice in desk.run(VoicesJob()):
            desk.say(f"{voice.key:20} {voice.title} ({voice.engine})", voice=voice.key, title=voice.title)
        return
    findings = [*examine_studio(), *desk.run(DoctorJob())]
    for finding in findings:
        mark = "ok  " if finding.well else "BAD "
        desk.say(f"{mark} {finding.subject}: {finding.words}", **vars(finding))
    if ill := [finding.subject for finding in findings if not finding.well]:
        raise CommandError(f"Not well: {', '.join(ill)}; the lines above say what to do.")


def examine_studio() -> Iterator[Finding]:
    """What the window side needs: Qt, sound devices, disk space."""
    import PySide6

    yield Finding("Qt", True, PySide6.__version__)
    yield examine_sound()
    free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
    words = f"{free_gb:.1f} GB free" + ("" if free_gb > ENOUGH_DISK_GB else ": free some space before exporting")
    yield Finding("disk here", free_gb > ENOUGH_DISK_GB, words)


def examine_sound() -> Finding:
    """Sound devices; none at all is fine for the command line."""
    try:
        import sounddevice
    except OSError:
        return Finding("sound devices", False, "PortAudio is missing: sudo apt-get install -y libportaudio2")
    devices = sounddevice.query_devices()
    inputs = sum(1 for d in devices if d["max_input_channels"])
    outputs = sum(1 for d in devices if d["max_output_channels"])
    words = f"{inputs} to record from, {outputs} to play on"
    return Finding("sound devices", True, words if devices else "none: the studio plays silently by the wall clock")
