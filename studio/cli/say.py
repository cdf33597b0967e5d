"""The command `say`: a text or a recording becomes a clip file."""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from engines.api.jobs import DRIVERS, ClipJob, LabelJob, Pronunciation, SpeakJob
from engines.api.looks import BESIDE, PLAIN, SETS, LowerThird
from engines.api.textlip import PacedSpeakJob
from engines.api.values import Audio, ClipSummary, Speech
from studio.audio.errors import AudioFileError
from studio.audio.files import read_audio
from studio.cli.desk import CommandError, Desk
from studio.export.captions import captions_of, write_captions
from studio.export.errors import ExportError
from studio.export.loudness import TARGETS, Loudness, complaint
from studio.export.movie import MovieWriter
from studio.export.plan import RATES, ExportPlan, check
from studio.export.provenance import SPOKEN, generated
from studio.settings import LOUDNESS

LONGEST_STORY = 200_000
"""Characters of a story; more is refused (about four hours of speech)."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    names = ", ".join(name for name, _ in (*SETS, *PLAIN))
    parser: argparse.ArgumentParser = commands.add_parser("say", help="make a clip from a text or a recording")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("text", nargs="?", help="what the presenter says")
    source.add_argument("--file", type=Path, help="a text file with the story")
    source.add_argument("--audio", type=Path, help="a recording to be spoken by the presenter")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the clip to write: .mp4, .mov or .webm")
    parser.add_argument("--voice", default="en-gb", help="voice of the speech (doctor --voices lists them)")
    parser.add_argument("--rate", type=int, default=165, help="words per minute, 80 to 450")
    parser.add_argument("--pitch", type=int, default=50, help="0 to 100; 50 is the voice's own")
    parser.add_argument("--pronounce", action="append", default=[], metavar="TERM=RESPELLING", help="may be repeated")
    parser.add_argument("--presenter", default="default", help="name of a presenter, or its folder")
    parser.add_argument("--size", type=size, default=(1920, 1080), help="picture size, 1920x1080 unless given")
    parser.add_argument("--fps", choices=RATES, default="25", help="frames per second")
    parser.add_argument("--background", default="studio", help=f"{names}, or a picture file")
    parser.add_argument("--name", default="", help="lower third: the name under the presenter")
    parser.add_argument("--title", default="", help="lower third: the line below the name")
    parser.add_argument("--driver", choices=DRIVERS, default="audio", help="what moves the lips: sound or text")
    compared = [name for name, _ in BESIDE]
    parser.add_argument("--beside", choices=compared, default="", help="compare the face with this, side by side")
    targets = ", ".join(f"{key}: {title}" for key, title in LOUDNESS.items())
    parser.add_argument("--loudness", choices=LOUDNESS, default="ebu", help=targets)
    parser.add_argument("--captions", action="store_true", help="write an .srt file beside the clip of a text")
    parser.add_argument("--seed", type=int, default=0, help="another seed moves the head and eyes another way")
    return parser


def size(text: str) -> tuple[int, int]:
    """Parse 1920x1080."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1920x1080")
    return int(width), int(height)


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Speak (or read) the sound, then render and encode the clip picture by picture."""
    start = time.monotonic()
    plan = plan_of(arguments)
    try:
        check(plan)
        speech = sound(arguments, desk)
        summary, loudness = render(arguments, desk, plan, speech)
        captions = plan.path.with_suffix(".srt") if arguments.captions and speech.words else None
        if captions:
            write_captions(captions_of(speech.words, speech.text), captions)
    except (AudioFileError, ExportError) as error:
        raise CommandError(str(error)) from error
    work_s = time.monotonic() - start
    desk.say(
        f"{plan.path}: {summary.frames} pictures, {summary.sound_s:.2f} s, {loudness}, made in {work_s:.1f} s",
        clip=str(plan.path),
        captions=str(captions) if captions else None,
        frames=summary.frames,
        fps=str(plan.fps),
        sound_s=summary.sound_s,
        lufs=loudness.lufs,
        true_peak_db=loudness.true_peak_db,
        work_s=work_s,
        stages_s=summary.work_s,
    )
    if trouble := complaint(plan.path.name, loudness, plan.loudness):
        desk.warn(trouble)


def plan_of(arguments: argparse.Namespace) -> ExportPlan:
    """The file that is asked for; its title is that of the story's file, or the first words."""
    width, height = arguments.size
    named = arguments.file or arguments.audio
    return ExportPlan(
        arguments.out,
        RATES[arguments.fps],
        width,
        height,
        alpha=arguments.background == "alpha",
        loudness=TARGETS[arguments.loudness],
        title=named.stem if named else " ".join(arguments.text.split()[:6]),
        made=generated("presenter", {"imported" if arguments.audio else SPOKEN}),
    )


def sound(arguments: argparse.Namespace, desk: Desk) -> Speech:
    """The sound of the clip: spoken from the text, or read from the recording."""
    if arguments.audio:
        audio: Audio = read_audio(arguments.audio).audio
        return desk.run(LabelJob(audio)) if arguments.driver == "text" else Speech(audio)  # type: ignore[no-any-return]
    pairs = [entry.partition("=") for entry in arguments.pronounce]
    if bad := [term for term, _, respelling in pairs if not (term and respelling)]:
        raise CommandError(f"--pronounce takes TERM=RESPELLING, not {bad[0]!r}.")
    pronunciations = tuple(Pronunciation(term, respelling) for term, _, respelling in pairs)
    speak = PacedSpeakJob if arguments.driver == "text" else SpeakJob
    job = speak(story_text(arguments), arguments.voice, arguments.rate, arguments.pitch, pronunciations)
    speech: Speech = desk.run(job)
    return speech


def story_text(arguments: argparse.Namespace) -> str:
    """The story, from the command line or a UTF-8 file."""
    if arguments.file is None:
        return str(arguments.text)
    try:
        text: str = arguments.file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{arguments.file} cannot be read ({error.strerror}): name a text file.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{arguments.file} is not UTF-8 text: save it as plain text first.") from error
    if len(text) > LONGEST_STORY:
        raise CommandError(f"{arguments.file} has {len(text)} characters: split it below {LONGEST_STORY}.")
    return text


def render(arguments: argparse.Namespace, desk: Desk, plan: ExportPlan, speech: Speech) -> tuple[ClipSummary, Loudness]:
    """Feed the encoder with pictures as they are made; the sound decides the length. Also how loud the file is."""
    job = ClipJob(
        speech.audio,
        presenter=arguments.presenter,
        fps=Fraction(plan.fps),
        width=plan.width,
        height=plan.height,
        background=arguments.background,
        seed=arguments.seed,
        beside=arguments.beside,
        lower_third=LowerThird(arguments.name, arguments.title) if arguments.name or arguments.title else None,
        driver=arguments.driver,
        phones=speech.phones if arguments.driver == "text" else (),
    )
    with MovieWriter(plan, speech.audio) as movie:
        summary: ClipSummary = desk.run(job, movie.write)
    assert movie.loudness is not None
    return summary, movie.loudness
