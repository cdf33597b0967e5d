"""What is to be written: a frozen plan of a movie file, checked before any work is spent on it."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.atomic import explain, part_path
from studio.export.containers import CONTAINERS, Container, endings
from studio.export.errors import ExportError
from studio.export.loudness import TARGETS, Target

RATES: dict[str, Fraction] = {
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
}
"""Frame rates by the name the user gives them; 29.97 is exactly 30000/1001."""


@dataclass(frozen=True)
class ExportPlan:
    """One movie file; the ending of its name says which kind (CONTAINERS).

    fps: one of RATES; width, height: even pixels; alpha: the pictures carry coverage (h, w, 4), straight; loudness:
    what the sound is brought to; title, made: what the file says of itself (provenance.tags).
    """

    path: Path
    fps: Fraction = Fraction(25)
    width: int = 1920
    height: int = 1080
    alpha: bool = False
    audio_bitrate: int = 160_000
    audio_rate_hz: int = 48_000
    loudness: Target = TARGETS["ebu"]
    title: str = ""
    made: str = "presenter and speech"

    @property
    def container(self) -> Container:
        """The kind of file, by its name; only for plans that were checked."""
        return CONTAINERS[self.path.suffix.lower()]


def check(plan: ExportPlan) -> None:
    """Raise ExportError at once for what would fail at the end: rate, size, folder, permission."""
    if plan.fps not in RATES.values():
        raise ExportError(f"{float(plan.fps):.5g} frames per second cannot be written: choose {', '.join(RATES)}.")
    if plan.width % 2 or plan.height % 2 or not (16 <= plan.width <= 8192 and 16 <= plan.height <= 8192):
        raise ExportError(f"{plan.width}x{plan.height} cannot be written: choose even numbers from 16 to 8192.")
    suffix = plan.path.suffix.lower()
    if suffix not in CONTAINERS:
        raise ExportError(f"{plan.path.name} is no name for a movie: let it end in {' or '.join(endings(plan.alpha))}.")
    if plan.alpha and suffix not in endings(True):
        told = " or ".join(endings(True))
        raise ExportError(f"{suffix} holds no transparency: end the name in {told}, or choose another background.")
    check_writable(plan.path)


def check_writable(path: Path) -> None:
    """Raise ExportError unless a file of that name can be made there; nothing is left behind."""
    part = part_path(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        existed = os.path.lexists(part)
        with open(part, "ab"):
            pass
        if not existed:
            part.unlink()
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {explain(error)}.") from None
