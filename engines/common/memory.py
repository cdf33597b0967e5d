"""Knows the most memory this process has held, and how to begin counting anew."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_MIB = 1024 * 1024


def begin_peak() -> None:
    """Count from now on where the system allows it (Linux); elsewhere the peak is that of the whole process."""
    with contextlib.suppress(OSError):
        _RESET.write_text("5")  # man 5 proc: resets the peak resident set size


def peak_mib() -> float | None:
    """Most resident memory since `begin_peak`, in MiB, libraries and weights included; None where nobody tells."""
    with contextlib.suppress(OSError):
        lines = _STATUS.read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    return _peak_of_life()


def _peak_of_life() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / _MIB if sys.platform == "darwin" else largest / 1024
