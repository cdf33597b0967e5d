"""Times as a newsroom writes them."""

from __future__ import annotations

from fractions import Fraction


def timecode(seconds: float, fps: Fraction) -> str:
    """HH:MM:SS:FF by counting frames; at 29.97 the frames are numbered without dropping (semicolon-free)."""
    nominal = round(fps)
    frame = int(seconds * fps + 1e-6)
    whole, rest = divmod(frame, nominal)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{rest:02d}"


def short_time(seconds: float, step_s: float = 1.0) -> str:
    """M:SS, with as many decimals as a step of that size needs."""
    decimals = 0 if step_s >= 1 else 1 if step_s >= 0.1 else 2
    minutes, rest = divmod(round(seconds, decimals), 60)
    return f"{int(minutes)}:{rest:0{2 if decimals == 0 else 3 + decimals}.{decimals}f}"


def spell_duration(seconds: float) -> str:
    """A length in words: "8 s", "1 min 20 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
