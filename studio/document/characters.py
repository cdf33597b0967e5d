"""The user's characters: one folder each with the GLB as it came and a file with its title and mapping."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engines.api.events import EngineError
from studio.atomic import explain, finished_in_one_move, write_bytes
from studio.document.errors import DocumentError

MODEL, ABOUT = "model.glb", "character.json"
FORMAT, VERSION = "anchor-character", 1
LONGEST = 40
TAKEN = ("default", "import", "map")
"""Names that mean something else where a character is chosen."""

Mapping52 = Mapping[str, tuple[str, ...]]
"""ARKit shape -> the character's own shapes that it moves."""


@dataclass(frozen=True)
class CharacterRef:
    """A character on disk: the name of its folder, and its title."""

    key: str
    title: str


class Characters:
    """The characters of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> tuple[CharacterRef, ...]:
        """Characters by title; folders that hold none are passed over."""
        from engines.scene.character import read_about

        found = []
        for path in self.folder.glob(f"*/{ABOUT}") if self.folder.is_dir() else ():
            try:
                found.append(CharacterRef(path.parent.name, read_about(path.parent)[0]))
            except EngineError:
                continue
        return tuple(sorted(found, key=lambda ref: ref.title.casefold()))

    def place(self, key: str) -> Path:
        """The folder of a character."""
        return self.folder / key

    def add(self, source: Path, mapping: Mapping52) -> CharacterRef:
        """Keep a copy of a GLB with its mapping. Raises DocumentError; nothing half-written is ever listed."""
        title = source.stem.strip() or "Character"
        key = self._free(title)
        try:
            self.place(key).mkdir(parents=True)
            with finished_in_one_move(self.place(key) / MODEL) as part:
                shutil.copyfile(source, part)
            self.save(key, title, mapping)
        except OSError as error:
            shutil.rmtree(self.place(key), ignore_errors=True)
            raise DocumentError(f"The character could not be kept in {self.folder}: {explain(error)}.") from None
        return CharacterRef(key, title)

    def save(self, key: str, title: str, mapping: Mapping52) -> None:
        """Write title and mapping. Raises OSError."""
        spelt = {shape: list(targets) for shape, targets in mapping.items()}
        told = {"format": FORMAT, "version": VERSION, "title": title, "mapping": spelt}
        write_bytes(self.place(key) / ABOUT, json.dumps(told, indent=1, ensure_ascii=True).encode())

    def remove(self, key: str) -> None:
        """Forget a character."""
        shutil.rmtree(self.place(key), ignore_errors=True)

    def _free(self, title: str) -> str:
        """A folder name nobody has yet."""
        plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower()).strip("-")[:LONGEST]
        plain = plain if plain and plain not in TAKEN else "character"
        names = (plain, *(f"{plain}-{n}" for n in range(2, 10_000)))
        return next(name for name in names if not self.place(name).exists())
