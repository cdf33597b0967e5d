"""Which file each of several inputs is written to: one into a file, several or folders into a folder, names kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.cli.desk import CommandError

WRITABLE = (".wav", ".flac")


def pair_files(
    inputs: Sequence[Path],
    out: Path,
    find: Callable[[Sequence[Path]], list[Path]] | None = None,
    name: Callable[[Path], str] | None = None,
) -> list[tuple[Path, Path]]:
    """(input, output) of every recording. Raises CommandError where names clash or nothing is found.

    find: the files meant by names of files and folders, recordings unless given; name: what a result is called.
    """
    if len(inputs) == 1 and not inputs[0].is_dir() and not out.is_dir():
        pairs = [(inputs[0], out)]
    else:
        if out.is_file():
            raise CommandError(f"{out} is a file: name a folder for several recordings.")
        pairs = [(path, out / (name or kept_name)(path)) for path in (find or recordings)(inputs)]
    refuse_clashes(pairs)
    return pairs


def recordings(inputs: Sequence[Path]) -> list[Path]:
    """The files named, and the sound files in the folders named. Raises CommandError for a folder without any."""
    from studio.audio.decode import READABLE  # brings PyAV

    return found_in(inputs, READABLE, "recording: choose a folder with sound files")


def found_in(inputs: Sequence[Path], endings: Sequence[str], what: str) -> list[Path]:
    """The files named, and those with such endings in the folders named. Raises CommandError for a folder without."""
    found: list[Path] = []
    for path in inputs:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [p for p in sorted(path.iterdir()) if p.is_file() and p.suffix.lower().lstrip(".") in endings]
        if not inside:
            raise CommandError(f"{path} holds no {what}.")
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
        raise CommandError(f"{count} files would be written to {name}: rename them or run them apart.")
