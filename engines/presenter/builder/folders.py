"""Knows the folders of a presenter being made: which films a training learnt from, how one takes another's place."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from engines.common.weights import write_json
from engines.presenter.footage_files import read_footage
from engines.presenter.presenters import file_hash

STATE = "state.safetensors"
TRAINED_ON = "trained_on.json"


def films_hash(films: Sequence[Path]) -> str:
    """One hash of several films, whatever their names and order."""
    return hashlib.sha256("".join(sorted(map(file_hash, films))).encode()).hexdigest()


def mark_training(training: Path, footage: Path) -> None:
    """Note which footage a training learns from."""
    write_json(training / TRAINED_ON, {"look": read_footage(footage).look})


def learnt_elsewhere(training: Path, footage: Path) -> bool:
    """Whether a training has begun with other films than those of the footage."""
    if not (training / STATE).is_file():
        return False
    try:
        known = json.loads((training / TRAINED_ON).read_text(encoding="utf-8"))["look"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
    return bool(known != read_footage(footage).look)


def swap(part: Path, place: Path) -> None:
    """Put a finished folder in place of what was there."""
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    part.rename(place)
    shutil.rmtree(old, ignore_errors=True)
