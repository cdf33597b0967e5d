"""How a clip is dressed: the sets it can stand before and the name under the presenter."""

from __future__ import annotations

from dataclasses import dataclass

SETS: tuple[tuple[str, str], ...] = (
    ("studio", "Newsroom"),
    ("evening", "City at night"),
    ("daylight", "Morning room"),
)
"""Name and title of every painted set."""
PLAIN: tuple[tuple[str, str], ...] = (("green", "Green, for keying"), ("alpha", "Transparent"))
"""Backgrounds that are no set."""

MAP, MOUTH_BOX = "map", "mouth-box"
BESIDE: tuple[tuple[str, str], ...] = (
    ("", "The clip"),
    (MAP, "Face | facial map"),
    (MOUTH_BOX, "Face | mouth box only"),
    ("noncausal-tcn", "Adversarial | plain TCN"),
    ("lstm", "Adversarial TCN | LSTM"),
    ("bilstm", "Adversarial TCN | bidirectional LSTM"),
)
"""What a picture of the clip can be compared with, and its title: left | right."""


@dataclass(frozen=True)
class LowerThird:
    """Name and title shown under the presenter, from start_s of the clip for so many seconds; line 2 may be empty."""

    name: str
    title: str = ""
    start_s: float = 1.0
    seconds: float = 6.0
