"""The command `lips`: the lips that say a text, as a silent movie, before any speech exists."""

from __future__ import annotations

import argparse
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.textlip import LIP_FPS, LIP_MODELS, LIP_SIZE, DurationsJob, LipPictures, LipsJob, LipTrack
from engines.api.values import Audio, Frames
from studio.cli.desk import CommandError, Desk
from studio.cli.say import story_text
from studio.export.errors import ExportError
from studio.export.movie import MovieWriter
from studio.export.plan import ExportPlan, check

RATE_HZ = 48_000


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("lips", help="paint lips straight from text")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("text", nargs="?", help="what the lips say")
    source.add_argument("--file", type=Path, help="a text file")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the movie to write, ending in .mp4")
    parser.add_argument("--model", choices=LIP_MODELS, default="paralip", help="network that paints")
    parser.add_argument("--identity", default="default", help="a presenter, or a picture or video of a face")
    parser.add_argument("--rate", type=int, default=165, help="words per minute, 80 to 450")
    parser.add_argument("--language", default="en-gb", help="whose rules read the text")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Paint the lips picture by picture into the movie."""
    width, height = LIP_SIZE
    plan = ExportPlan(arguments.out, Fraction(LIP_FPS), width, height, made="lips, no sound")
    job = LipsJob(
        story_text(arguments),
        model=arguments.model,
        identity=arguments.identity,
        rate_wpm=arguments.rate,
        language=arguments.language,
    )
    try:
        check(plan)
        phones = desk.run(DurationsJob(job.text, job.rate_wpm, job.language))
        silence = Audio(np.zeros(round(phones[-1].end_s * RATE_HZ), np.float32), RATE_HZ)
        with MovieWriter(plan, silence) as movie:
            track: LipTrack = desk.run(replace(job, phones=phones), lambda lips: movie.write(frames_of(lips)))
    except ExportError as error:
        raise CommandError(str(error)) from error
    desk.say(
        f"{plan.path}: {track.frames} lip pictures, {track.seconds:.2f} s, painted in {track.work_s:.2f} s",
        lips=str(plan.path),
        frames=track.frames,
        seconds=track.seconds,
        work_s=track.work_s,
        first_picture_s=track.first_s,
        phones=[[phone.symbol, round(phone.start_s, 3), round(phone.end_s, 3)] for phone in track.phones],
    )


def frames_of(lips: LipPictures) -> Frames:
    """Lip pictures as frames of a movie."""
    return Frames(lips.pictures, lips.first, Fraction(LIP_FPS))
