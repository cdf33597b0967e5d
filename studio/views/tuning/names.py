"""Names of channels and regions as a person reads them, and the colour of each curve."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor

from studio.document.tuning import CHANNELS

REGION_TITLES: dict[str, str] = {
    "brows": "Brows",
    "eyes": "Eyes",
    "cheeks": "Cheeks and nose",
    "jaw": "Jaw and tongue",
    "lips": "Lips",
    "head": "Head",
}
_ALIKE = {"headPitch": "Nod", "headYaw": "Turn", "headRoll": "Tilt"}
_TONES = ("#4da3ff", "#f2b84b", "#58c58a", "#e5739a", "#a98bff", "#4fd0d6", "#ff8a5c", "#c3d34f")


def channel_title(name: str) -> str:
    """jawOpen is Jaw open, eyeBlinkLeft is Eye blink left."""
    return _ALIKE.get(name) or re.sub(r"([A-Z])", lambda m: f" {m[1].lower()}", name).capitalize()


TITLES: dict[str, str] = {name: channel_title(name) for name in CHANNELS}


def tone_of(drawn: tuple[str, ...], name: str) -> QColor:
    """The colour of a channel in the curve editor: its place among those drawn decides."""
    return QColor(_TONES[drawn.index(name) % len(_TONES)])
