"""The command `animate`: a recording becomes a track of face shapes for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engines.api.events import EngineError
from engines.api.jobs import LabelJob, PerformJob
from engines.api.values import Performance, Speech
from studio.audio.errors import AudioFileError
from studio.audio.files import read_audio
from studio.cli.desk import CommandError, Desk
from studio.export.plan import RATES
from studio.export.tracks import TRACKS, write_track


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("animate", help="make face animation from a recording")
    parser.add_argument("audio", type=Path, help="a recording: WAV, FLAC, MP3 or M4A")
    parser.add_argument("-o", "--out", type=Path, required=True, help=f"the track to write: {', '.join(TRACKS)}")
    parser.add_argument("--model", choices=["rules"], default="rules", help="what animates")
    parser.add_argument("--text", default="", help="what is said, for exact timing")
    parser.add_argument("--fps", choices=RATES, default="25", help="frames per second")
    parser.add_argument("--seed", type=int, default=0, help="another seed blinks and looks at other times")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Label the sound, perform it, write the track."""
    if arguments.out.suffix.lower() not in TRACKS:
        raise CommandError(f"{arguments.out.name} is no track: end its name in {', '.join(TRACKS)}.")
    try:
        audio = read_audio(arguments.audio).audio
        speech: Speech = desk.run(LabelJob(audio, arguments.text))
        performance: Performance = desk.run(PerformJob(speech, RATES[arguments.fps], arguments.seed))
        write_track(performance, arguments.out)
    except (AudioFileError, EngineError) as error:
        raise CommandError(str(error)) from error
    frames = len(performance.weights)
    desk.say(f"{arguments.out}: {frames} frames", track=str(arguments.out), frames=frames, fps=str(performance.fps))
