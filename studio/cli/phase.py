"""The command `phase`: recordings lose the phase of their spectrogram and are rebuilt by a method of choice."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engines.api.jobs import CompareJob, PhaseJob
from engines.api.values import Audio, Likeness, Reconstruction
from studio.audio.errors import AudioFileError
from studio.audio.files import SoundFile, read_audio, write_audio
from studio.cli.desk import CommandError, Desk
from studio.cli.pairs import pair_files

METHODS = ("zero", "griffin-lim", "fast-griffin-lim", "gan", "phase-gradient", "admm", "phase-gradient-admm")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command."""
    parser: argparse.ArgumentParser = commands.add_parser("phase", help="rebuild sound from magnitude spectrograms")
    parser.add_argument("audio", nargs="+", type=Path, help="recordings, or folders of them")
    parser.add_argument("-o", "--out", type=Path, required=True, help=".wav or .flac; a folder for several recordings")
    parser.add_argument("--method", choices=METHODS, default="gan", help="how the phase is rebuilt")
    parser.add_argument("--preset", choices=["compact", "paper"], default="compact", help="network of --method gan")
    parser.add_argument("--iterations", type=int, help="projections; each method has its own number")
    parser.add_argument("--rate", type=int, default=16000, help="samples per second to work at")
    parser.add_argument("--size", type=int, default=1024, help="samples of a frame")
    parser.add_argument("--hop", type=int, default=512, help="samples from frame to frame")
    parser.add_argument("--window", choices=["blackman", "hann", "hamming"], default="blackman")
    parser.add_argument("--mel-bands", type=int, default=0, help="lose the magnitude too, all but so many mel bands")
    parser.add_argument("--seed", type=int, default=0, help="of the random first phase")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument("--measure", action="store_true", help="compare the result with the original")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Rebuild each recording; report it as it is done."""
    if not 4000 <= arguments.rate <= 192_000:
        raise CommandError(f"Sound cannot be worked on at {arguments.rate} Hz: choose 4000 to 192000.")
    for source, out in pair_files(arguments.audio, arguments.out):
        try:
            sound = read_audio(source, arguments.rate)
            result: Reconstruction = desk.run(job_of(arguments, sound.audio))
            out.parent.mkdir(parents=True, exist_ok=True)
            write_audio(result.audio, out)
        except AudioFileError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out.parent} cannot be made a folder: choose another place.") from error
        except CommandError as error:
            raise CommandError(f"{source.name}: {error}") from error
        report(arguments, desk, sound, result, out)


def job_of(arguments: argparse.Namespace, audio: Audio) -> PhaseJob:
    """The job of one recording."""
    return PhaseJob(
        audio,
        arguments.method,
        arguments.preset,
        arguments.iterations,
        arguments.size,
        arguments.hop,
        arguments.window,
        arguments.mel_bands,
        arguments.seed,
        device=arguments.device,
    )


def report(arguments: argparse.Namespace, desk: Desk, sound: SoundFile, result: Reconstruction, out: Path) -> None:
    """One line for one recording."""
    factor = result.work_s / sound.audio.seconds
    fields: dict[str, Any] = {
        "sound": str(out),
        "method": arguments.method,
        "iterations": result.iterations,
        "seconds": sound.audio.seconds,
        "real_time_factor": factor,
        "peak_mib": result.peak_mib,
        "remarks": list(sound.remarks),
    }
    words = f"{out}: {sound.audio.seconds:.1f} s rebuilt at {factor:.3f} of real time"
    if arguments.measure:
        likeness: Likeness = desk.run(CompareJob(sound.audio, result.audio))
        measures = {name: value for name, value in vars(likeness).items() if value is not None}
        fields |= measures
        words += "".join(f", {name} {value:.3f}" for name, value in measures.items())
    desk.say(" ".join((words, *sound.remarks)), **fields)
