"""Snapshots: the whole project in one versioned, checksummed file, one generation after another."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studio.atomic import write_bytes
from studio.document.errors import DocumentError

FORMAT = "anchor-studio-project"
VERSION = 1
Migration = Callable[[dict[str, Any]], dict[str, Any]]
MIGRATIONS: Mapping[int, Migration] = {}
"""version -> what turns a project of it into one of the next version."""


class Damaged(DocumentError):
    """The file is not a whole snapshot."""


def snapshot_path(folder: Path, generation: int) -> Path:
    """Where the snapshot of a generation lies."""
    return folder / f"project-{generation:06d}.json"


def journal_path(folder: Path, generation: int) -> Path:
    """Where the edits made after that snapshot lie."""
    return folder / f"journal-{generation:06d}.log"


def generations(folder: Path) -> list[int]:
    """Generations that have a snapshot, oldest first. Raises OSError."""
    names = (re.fullmatch(r"project-(\d{6})\.json", path.name) for path in folder.iterdir())
    return sorted(int(name[1]) for name in names if name)


def write(folder: Path, generation: int, project: Any) -> None:
    """Write a snapshot in one move. Raises OSError."""
    body = _text(project)
    header = {"format": FORMAT, "version": VERSION, "generation": generation, "crc": zlib.crc32(body.encode())}
    write_bytes(snapshot_path(folder, generation), f"{json.dumps(header)}\n{body}\n".encode())


def read(folder: Path, generation: int) -> Any:
    """Read a snapshot as JSON of the present version. Raises OSError, Damaged; DocumentError if it is newer."""
    path = snapshot_path(folder, generation)
    head, _, body = path.read_bytes().partition(b"\n")
    try:
        header, project = json.loads(head), json.loads(body)
        version, crc = int(header["version"]), header["crc"]
        whole = header["format"] == FORMAT and (crc == zlib.crc32(body.rstrip(b"\n")))
    except (ValueError, TypeError, KeyError):
        whole, version, project = False, 0, None
    if not whole:
        raise Damaged(f"{path.name} is damaged.")
    return migrate(project, version, folder.name)


def migrate(
    project: Any, version: int, name: str, *, to: int = VERSION, migrations: Mapping[int, Migration] = MIGRATIONS
) -> Any:
    """Bring a project to the present version. Raises DocumentError for a newer one."""
    if version > to:
        raise DocumentError(f"{name} was made by a newer Anchor Studio: update this one to open it.")
    for old in range(version, to):
        project = migrations[old](project)
    return project


def _text(project: Any) -> str:
    return json.dumps(project, ensure_ascii=True, indent=1)
