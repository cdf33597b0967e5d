"""The command `bench`: measure, one JSON-able row at a time, with the machine and the commit named."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engines.api.jobs import BenchJob
from studio.cli import clip_bench, face_bench
from studio.cli.desk import CommandError, Desk

ENGINES = ("speech", "lipsync", "renderer", "landmarks", "phase", "codec", "face", "textlip")
NAMES = ("clip", *ENGINES, "studio")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("bench", help="measure speed and quality")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(NAMES)}; all unless given")
    parser.add_argument("--data", default="", help="folder of recordings with unseen voices and sentences")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Print a row for each figure."""
    names = arguments.names or list(NAMES)
    if unknown := [name for name in names if name not in NAMES]:
        raise CommandError(f"There is no bench named {unknown[0]}; choose from {', '.join(NAMES)}.")
    where = place()
    for name in names:
        measure(name, arguments.data, desk, lambda row: print_row(desk, {**row, **where}))


def measure(name: str, data: str, desk: Desk, on_row: Callable[[dict[str, Any]], None]) -> None:
    """Run one bench."""
    if name in ENGINES:
        desk.run(BenchJob(name, data), on_row)
        for row in face_bench.rows(desk) if name == "face" else ():
            on_row(row)
        return
    for row in clip_bench.rows() if name == "clip" else studio_rows():
        on_row(row)


def studio_rows() -> Iterator[dict[str, Any]]:
    """The window's own bench, in a process of its own so that this one stays without Qt."""
    import json
    import sys

    command = [sys.executable, "-m", "studio.bench"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if result.returncode:
        raise CommandError(f"The window could not be measured: {(result.stderr.splitlines() or ['no display'])[-1]}")
    for line in result.stdout.splitlines():
        yield json.loads(line)


def print_row(desk: Desk, row: dict[str, Any]) -> None:
    """One row, for a person or as JSON."""
    value = f"{row['value']:.4g}" if isinstance(row["value"], float) else row["value"]
    count = f" (n = {row['n']})" if row.get("n") else ""
    desk.say(f"{row['bench']:9} {row['case']:18} {row['metric']:26} {value} {row.get('unit', '')}{count}", **row)


def place() -> dict[str, str]:
    """The machine and the commit of a figure."""
    return {"machine": f"{processor()}, {os.cpu_count()} cores", "commit": commit()}


def processor() -> str:
    """The processor's own name where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit() -> str:
    """The commit of the working tree, with + where it differs; "unknown" outside a checkout."""
    root = Path(__file__).parents[2]
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True)
    if head.returncode:
        return "unknown"
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=root, capture_output=True, text=True)
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")
