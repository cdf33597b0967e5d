"""The command `train`: make an engine's weights again."""

from __future__ import annotations

import argparse
from typing import Any

from engines.api.jobs import TrainJob
from studio.cli.desk import Desk


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("train", help="train an engine's network")
    parser.add_argument("engine", help="lipsync, landmarks, presenter, phase, codec, face or textlip")
    parser.add_argument("--data", default="", help="folder of recordings (lipsync, phase, face) or footage (presenter)")
    parser.add_argument("--minutes", type=float, default=60.0, help="time to spend")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--network", default="", help="one of the engine's networks, such as lstm or paper")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Train and name the weight file."""
    given = arguments
    job = TrainJob(given.engine, given.data, given.minutes, given.device, given.resume, given.network)
    path = desk.run(job)
    desk.say(f"Weights are in {path}.", weights=str(path))
