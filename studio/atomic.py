"""Files finished in one move: NAME.part is written and synced, then renamed over NAME."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

_REASONS = {
    errno.ENOSPC: "the disk is full: free some space, then try again",
    errno.EDQUOT: "your disk quota is used up: free some space, then try again",
    errno.EACCES: "it may not be written: choose another folder or change its permissions",
    errno.EPERM: "it may not be written: choose another folder or change its permissions",
    errno.EROFS: "the disk is read-only: choose another folder",
    errno.ENOENT: "its folder does not exist: create it or choose another",
    errno.ENOTDIR: "part of its path is a file, not a folder: choose another place",
    errno.EISDIR: "a folder of that name is in the way: choose another name",
    errno.EEXIST: "a file of that name is in the way: choose another name",
    errno.ENAMETOOLONG: "its name is too long: choose a shorter one",
    errno.EIO: "the disk reports an error: choose another disk and check this one",
}


def explain(error: OSError) -> str:
    """What went wrong with a file and what to do, as the second half of a sentence (no full stop)."""
    known = _REASONS.get(error.errno or 0)
    return known or f"the system says {(error.strerror or str(error)).lower()!r}: choose another place"


def part_path(path: Path) -> Path:
    """The name under which a file grows until it is whole."""
    return path.with_name(path.name + ".part")


@contextlib.contextmanager
def finished_in_one_move(path: Path) -> Iterator[Path]:
    """Give the .part path to write to; on success sync and rename it over path, on any failure remove it."""
    part = part_path(path)
    try:
        yield part
        sync_file(part)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole small file, or leave what was there before. Raises OSError."""
    with finished_in_one_move(path) as part:
        part.write_bytes(data)


def sync_file(path: Path) -> None:
    """Have the system bring a file's content to the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the system bring a folder's names to the disk, where it lets folders be opened at all."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
