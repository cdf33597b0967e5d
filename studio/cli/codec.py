"""The command `codec`: speech to .bpgan files of a few kilobits a second, back to sound, and what they say."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engines.api.codec import (
    DEFAULT_ITERATIONS,
    RATES_KBPS,
    Decoded,
    DecodeJob,
    Encoded,
    EncodeJob,
    InspectJob,
    PacketInfo,
    StoredSound,
)
from engines.api.values import Audio
from studio.atomic import explain, finished_in_one_move
from studio.audio.errors import AudioFileError
from studio.audio.streams import growing_audio, store_audio
from studio.cli.desk import CommandError, Desk
from studio.cli.pairs import found_in, pair_files

ENDING = ".bpgan"
RATE_HZ = 16_000
LARGEST = 64 << 20
"""Bytes of a file that is read; a day of sound at the highest rate."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command and its three parts."""
    parser: argparse.ArgumentParser = commands.add_parser("codec", help="send speech at 0.5 to 4 kbit/s")
    parts = parser.add_subparsers(dest="part", required=True, metavar="encode|decode|info", parser_class=type(parser))
    encode = parts.add_parser("encode", help="recordings to .bpgan files")
    encode.add_argument("inputs", nargs="+", type=Path, metavar="AUDIO", help="recordings, or folders of them")
    encode.add_argument("-o", "--out", type=Path, required=True, help="ending in .bpgan; a folder for several")
    encode.add_argument("--kbps", type=float, default=2.0, help=f"one of {', '.join(f'{k:g}' for k in RATES_KBPS)}")
    encode.add_argument("--iterations", type=int, default=DEFAULT_ITERATIONS, help="of the search: more sound better")
    encode.add_argument("--keep-best", action="store_true", help="when stopped with Ctrl+C, write the best yet")
    decode = parts.add_parser("decode", help=".bpgan files to sound")
    decode.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help=".bpgan files, or folders of them")
    decode.add_argument("-o", "--out", type=Path, required=True, help=".wav or .flac; a folder for several files")
    decode.add_argument("--vocoder", choices=["network", "inversion"], default="network", help="how mel becomes sound")
    info = parts.add_parser("info", help="what .bpgan files say of themselves")
    info.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help=".bpgan files, or folders of them")
    for part in (encode, decode, info):
        part.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object per line")
    return parser


def run(arguments: argparse.Namespace, desk: Desk) -> None:
    """Do one part for each file; report it as it is done."""
    if arguments.part == "info":
        for source in packets(arguments.inputs):
            tell(source, arguments, desk)
        return
    act = encode_file if arguments.part == "encode" else decode_file
    for source, out in pairs_of(arguments):
        try:
            act(source, out, arguments, desk)
        except AudioFileError as error:
            raise CommandError(str(error)) from error


def pairs_of(arguments: argparse.Namespace) -> list[tuple[Path, Path]]:
    """(input, output) of every file. Raises CommandError for outputs that cannot be written."""
    if arguments.part == "decode":
        return pair_files(arguments.inputs, arguments.out, packets, lambda path: f"{path.stem}.wav")
    pairs = pair_files(arguments.inputs, arguments.out, None, lambda path: f"{path.stem}{ENDING}")
    if wrong := [out for _, out in pairs if out.suffix.lower() != ENDING]:
        raise CommandError(f"{wrong[0].name} is no name for an encoded file: let it end in {ENDING}.")
    return pairs


def packets(inputs: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named."""
    return found_in(inputs, [ENDING.lstrip(".")], f"{ENDING} file: choose a folder that 'codec encode' wrote to")


def encode_file(source: Path, out: Path, arguments: argparse.Namespace, desk: Desk) -> None:
    """One recording to one file; its sound stays on disk, so hours of it are no more to hold than seconds."""
    best: list[Encoded] = []
    with tempfile.TemporaryDirectory(prefix="anchor-codec-") as folder:
        stored = Path(folder) / "sound"
        count, remarks = store_audio(source, stored, RATE_HZ)
        job = EncodeJob(StoredSound(str(stored), count), arguments.kbps, arguments.iterations)
        try:
            encoded: Encoded = run_named(source, job, desk, lambda value: best.__setitem__(slice(None), [value]))
        except KeyboardInterrupt:
            if arguments.keep_best and best:
                write_packet(out, best[0].packet)
                report(out, best[0], (*remarks, "Stopped early."), arguments, desk)
            raise
    write_packet(out, encoded.packet)
    report(out, encoded, remarks, arguments, desk)


def report(out: Path, encoded: Encoded, remarks: Sequence[str], arguments: argparse.Namespace, desk: Desk) -> None:
    """One line for one encoded file."""
    factor = encoded.work_s / encoded.seconds
    words = (
        f"{out}: {encoded.seconds:.1f} s in {len(encoded.packet)} bytes, {encoded.kbps:.2f} kbit/s, "
        f"{encoded.iterations} iterations at {factor:.2f} of real time"
    )
    desk.say(
        " ".join((words, *remarks)),
        file=str(out),
        bytes=len(encoded.packet),
        seconds=encoded.seconds,
        kbps=encoded.kbps,
        nominal_kbps=arguments.kbps,
        iterations=encoded.iterations,
        loss=encoded.loss,
        real_time_factor=factor,
        remarks=list(remarks),
    )


def decode_file(source: Path, out: Path, arguments: argparse.Namespace, desk: Desk) -> None:
    """One file to one recording, written while it is decoded."""
    job = DecodeJob(read_packet(source), arguments.vocoder, keep=False)
    run_named(source, InspectJob(job.packet), desk)  # so that nothing is made for a file that cannot be read
    make_folder(out.parent)
    samples = 0
    with growing_audio(out, RATE_HZ) as write:

        def grow(piece: Audio) -> None:
            nonlocal samples
            write(piece.samples)
            samples += len(piece.samples)

        decoded: Decoded = run_named(source, job, desk, grow)
    seconds = samples / RATE_HZ
    factor = decoded.work_s / seconds if seconds else 0.0
    desk.say(
        f"{out}: {seconds:.1f} s decoded at {factor:.3f} of real time. {decoded.words}".rstrip(),
        sound=str(out),
        seconds=seconds,
        vocoder=arguments.vocoder,
        real_time_factor=factor,
        concealed=list(decoded.concealed),
        words=decoded.words,
    )


def tell(source: Path, arguments: argparse.Namespace, desk: Desk) -> None:
    """What one file says of itself."""
    info: PacketInfo = run_named(source, InspectJob(read_packet(source)), desk)
    model = f"model {info.model} ({info.model_hash}{'' if info.known else ', not installed here'})"
    words = (
        f"{source}: format version {info.version}, {model}, {info.seconds:.1f} s in {info.segments} segments, "
        f"{info.kbps:.2f} kbit/s of nominally {info.nominal_kbps:g}. {info.words}"
    )
    desk.say(words.rstrip(), file=str(source), **vars(info))


def run_named(source: Path, job: Any, desk: Desk, on_partial: Any = lambda value: None) -> Any:
    """Run a job; what goes wrong names the file."""
    try:
        return desk.run(job, on_partial)
    except CommandError as error:
        raise CommandError(f"{source.name}: {error}") from error


def read_packet(path: Path) -> bytes:
    """The bytes of a file. Raises CommandError for missing and for huge ones, which are none of ours."""
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(
            f"{path} cannot be read ({(error.strerror or 'unreadable').lower()}): name another."
        ) from error
    if len(data) > LARGEST:
        raise CommandError(f"{path.name} is larger than any {ENDING} file: choose one that 'codec encode' made.")
    return data


def write_packet(path: Path, data: bytes) -> None:
    """Write a file in one move, after reading back what lies on the disk. Raises CommandError."""
    make_folder(path.parent)
    try:
        with finished_in_one_move(path) as part:
            part.write_bytes(data)
            if part.read_bytes() != data:
                raise CommandError(f"{path} came back from the disk changed: choose another disk and check this one.")
    except OSError as error:
        raise CommandError(f"{path} could not be written: {explain(error)}.") from error


def make_folder(folder: Path) -> None:
    """Make a folder where there is none. Raises CommandError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made a folder: choose another place.") from error
