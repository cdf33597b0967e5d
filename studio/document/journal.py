"""The journal: edits one per line, each with its checksum, each on the disk before it counts as kept."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = "anchor-studio-journal"


@dataclass(frozen=True)
class Replay:
    """What a journal still holds. damaged: something after the last whole record could not be read."""

    records: tuple[Any, ...]
    damaged: bool


class Journal:
    """An open journal file; begin makes a new one."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - stays open until close
        self.size = 0

    @classmethod
    def begin(cls, path: Path, generation: int) -> Journal:
        """Start the journal that follows the snapshot of that generation. Raises OSError."""
        journal = cls(path)
        try:
            journal.append({"format": FORMAT, "generation": generation})
        except OSError:
            journal.close()
            raise
        return journal

    def append(self, record: Any) -> None:
        """Write a record and bring it to the disk. Raises OSError; the file then ends as it did before."""
        line = pack(record)
        try:
            self._write(line)
            os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self.size)
            raise
        self.size += len(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        self._file.seek(self.size)
        rest = memoryview(line)
        while rest:  # an unbuffered write may take only part, when the disk is about to be full
            rest = rest[self._file.write(rest) :]


def pack(record: Any) -> bytes:
    """One line: checksum in hex, a blank, the record as JSON."""
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def read(path: Path) -> Replay:
    """Read records up to the first that is cut or damaged; the header is not among them. Raises OSError."""
    lines = path.read_bytes().split(b"\n")
    rest = lines.pop()  # what follows the last line end: nothing, or a line cut short
    records: list[Any] = []
    for line in lines:
        if not _whole(line):
            return Replay(tuple(records[1:]), True)
        records.append(json.loads(line[9:]))
    return Replay(tuple(records[1:]), bool(rest) or not records)


def _whole(line: bytes) -> bool:
    return len(line) > 9 and line[:9] == b"%08x " % zlib.crc32(line[9:])
