"""The command `animate`: a recording becomes a track of face shapes for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engines.api.events import EngineError
from engines.api.face import EMOTIONS, MODELS, AnimateJob
from engines.api.values import Audio, Performance
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
    parser.add_argument("--model", choices=MODELS, default="rules", help="the performance rules, or a network")
    parser.add_argument("--text", default="", help="what is said, for exact timing by the rules")
    parser.add_argument("--emotion", choices=EMOTIONS, default="neutral", help="worn by the upper face")
    parser.add_argument("--strength", type=float, default=1.0, help="of the emotion: 0 to 2")
    parser.add_argument("--fps", choices=RATES, default="25", help="frames per second")
    parser.add_argument("--seed", type=int, default=0, help="another seed blinks and looks at other times")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Animate the sound, write the track."""
    if arguments.out.suffix.lower() not in TRACKS:
        raise CommandError(f"{arguments.out.name} is no track: end its name in {', '.join(TRACKS)}.")
    try:
        audio = read_audio(arguments.audio).audio
        performance: Performance = desk.run(job_of(arguments, audio))
        write_track(performance, arguments.out)
    except (AudioFileError, EngineError) as error:
        raise CommandError(str(error)) from error
    frames = len(performance.weights)
    desk.say(
        f"{arguments.out}: {frames} frames by {arguments.model}",
        track=str(arguments.out),
        frames=frames,
        fps=str(performance.fps),
        model=arguments.model,
    )


def job_of(arguments: argparse.Namespace, audio: Audio) -> AnimateJob:
    """The job that the arguments ask for."""
    return AnimateJob(
        audio,
        arguments.model,
        RATES[arguments.fps],
        arguments.emotion,
        arguments.strength,
        arguments.seed,
        arguments.text,
    )
