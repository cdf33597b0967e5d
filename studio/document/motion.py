"""Facial motion on disk: the poses of a live recording, kept beside the sound of its take."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from engines.api.values import Performance
from studio.atomic import explain, write_bytes
from studio.document.errors import DocumentError


def save_motion(path: Path, performance: Performance) -> None:
    """Write a performance as npz in one move. Raises DocumentError."""
    memory = io.BytesIO()
    fps = np.array([performance.fps.numerator, performance.fps.denominator])
    np.savez_compressed(memory, weights=performance.weights, rotation=performance.rotation, fps=fps)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, memory.getvalue())
    except OSError as error:
        raise DocumentError(f"The recorded motion could not be kept in {path.parent}: {explain(error)}.") from None


def load_motion(path: Path) -> Performance | None:
    """The performance in a file; None if there is no such file. Raises DocumentError if it is damaged."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as held:
            fps = Fraction(int(held["fps"][0]), int(held["fps"][1]))
            return Performance(held["weights"].astype(np.float32), held["rotation"].astype(np.float32), fps)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, ZeroDivisionError):
        raise DocumentError(f"The recorded motion {path.name} is damaged: record it again.") from None
