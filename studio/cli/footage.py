"""The command `footage`: render a training corpus of the computer-made presenter speaking."""

from __future__ import annotations

import argparse
from typing import Any

from engines.api.jobs import FootageJob
from studio.cli.desk import Desk


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("footage", help="render training footage of the presenter")
    parser.add_argument("-o", "--out", required=True, help="folder of the footage; what is there is kept")
    parser.add_argument("--data", default="", help="folder of recordings to speak")
    parser.add_argument("--frames", type=int, default=1600, help="pictures for training")
    parser.add_argument("--unseen-seconds", type=float, default=20.0, help="seconds of sentences kept for tests")
    parser.add_argument("--workers", type=int, default=2, help="processes that draw")
    parser.add_argument("--tier", choices=["film", "live", "cycles"], default="film", help="quality of the drawing")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Render and count."""
    job = FootageJob(
        arguments.out, arguments.data, arguments.frames, arguments.unseen_seconds, arguments.workers, arguments.tier
    )
    count = desk.run(job)
    desk.say(f"{arguments.out}: {count} pictures", footage=arguments.out, pictures=count)
