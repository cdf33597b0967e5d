"""Tunings kept by name in the user's folder: one JSON file each, finished in one move."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from studio.atomic import explain, write_bytes
from studio.document.codec import decode, encode
from studio.document.errors import DocumentError
from studio.document.tuning import Tuning, as_preset

FORMAT, VERSION = "anchor-studio-face-preset", 1
LONGEST = 60
"""Letters a name may have."""


class Presets:
    """The presets of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """Names in the order of the alphabet; files that are no presets are passed over."""
        found = (self._read(path) for path in self.folder.glob("*.json")) if self.folder.is_dir() else ()
        return tuple(sorted((name for name, _ in filter(None, found)), key=str.casefold))

    def load(self, name: str) -> Tuning:
        """A preset by name. Raises DocumentError."""
        found = self._read(self._path(name))
        if found is None:
            raise DocumentError(f"The preset “{name}” is gone or damaged: save it again.")
        return found[1]

    def save(self, name: str, tuning: Tuning) -> None:
        """Keep a tuning under a name, in place of the one that had it. Raises DocumentError."""
        name = name.strip()
        if not name or len(name) > LONGEST:
            raise DocumentError(f"A preset needs a name of 1 to {LONGEST} letters: type one.")
        data = {"format": FORMAT, "version": VERSION, "name": name, "tuning": encode(as_preset(tuning))}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_bytes(self._path(name), json.dumps(data, indent=1).encode())
        except OSError as error:
            raise DocumentError(f"The preset could not be kept in {self.folder}: {explain(error)}.") from None

    def remove(self, name: str) -> None:
        """Forget a preset."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Every letter that is not plain is spelled as its number, so that two names never share a file."""
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_ ") else f"%{ord(c):x}" for c in name.casefold())
        return self.folder / f"{safe}.json"

    def _read(self, path: Path) -> tuple[str, Tuning] | None:
        try:
            data = json.loads(path.read_bytes())
            if data["format"] != FORMAT or data["version"] != VERSION:
                return None
            return str(data["name"]), decode(Tuning, data["tuning"])
        except (OSError, ValueError, TypeError, KeyError, DocumentError):
            return None
