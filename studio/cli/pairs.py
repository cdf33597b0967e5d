"""Which file each of several inputs is written to: one into a file, several or folders into a folder, names kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from studio.cli.desk import CommandError

WRITABLE = (".wav", ".flac")


def pair_files(inputs: Sequence[Path], out: Path) -> list[tuple[Path, Path]]:
    """(input, output) of every recording. Raises CommandError where names clash or nothing is found."""
    if len(inputs) == 1 and not inputs[0].is_dir() and not out.is_dir():
        pairs = [(inputs[0], out)]
    else:
        if out.is_file():
            raise CommandError(f"{out} is a file: name a folder for several recordings.")
        pairs = [(path, out / kept_name(path)) for path in recordings(inputs)]
    refuse_clashes(pairs)
    return pairs


def recordings(inputs: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named. Raises CommandError for a folder without any."""
    from studio.audio.decode import READABLE  # brings PyAV

    found: list[Path] = []
    for path in inputs:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [p for p in sorted(path.iterdir()) if p.is_file() and p.suffix.lower().lstrip(".") in READABLE]
        if not inside:
            raise CommandError(f"{path} holds no recording: choose a folder with sound files.")
        found += inside
    return found


def kept_name(path: Path) -> str:
    """The name of the result: the same, ending in .wav where it cannot be written as it was."""
    return path.name if path.suffix.lower() in WRITABLE else f"{path.stem}.wav"


def refuse_clashes(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Raise CommandError where a result would overwrite another or its own source."""
    for source, target in pairs:
        if source.resolve() == target.resolve():
            raise CommandError(f"{source} would be overwritten by its own result: choose another place with -o.")
    name, count = Counter(target for _, target in pairs).most_common(1)[0]
    if count > 1:
        raise CommandError(f"{count} recordings would be written to {name}: rename them or run them apart.")
