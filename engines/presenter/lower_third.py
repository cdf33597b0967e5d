"""Knows how name and title are drawn under the presenter, and how they come and go.

Letters: h w of the clip's picture; b a of the band. Sizes are shares of its height, so every size looks alike.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engines.api.events import EngineError
from engines.api.looks import LowerThird
from engines.api.values import ByteArray, FloatArray
from engines.common.weights import ASSETS

FONTS = ASSETS / "fonts"
LEFT, BOTTOM = 0.055, 0.115
"""The band's left edge (of the width) and its lower edge above the picture's: inside the title-safe area (EBU R 95)."""
NAME, TITLE, PAD = 0.040, 0.026, 0.018
PANEL, ACCENT, INK, DIM = (10, 16, 30, 222), (77, 163, 255, 255), (255, 255, 255, 255), (200, 210, 226, 255)
COMES_S, GOES_S = 0.45, 0.35
"""Seconds in which the band is drawn from its accent, and fades."""
LONGEST = 60
"""Letters of a line."""


class LowerThirdBand:
    """The band of one clip, drawn once and laid over each picture in its time."""

    def __init__(self, what: LowerThird, width: int, height: int) -> None:
        self._what = what
        band = draw_band(what, width, height)
        self._alpha: FloatArray = band[..., 3:].astype(np.float32) / 255.0  # (b, a, 1)
        self._ink: FloatArray = band[..., :3].astype(np.float32)
        self._left, self._top = round(LEFT * width), height - round(BOTTOM * height) - len(band)

    def over(self, picture: ByteArray, at_s: float) -> ByteArray:
        """The picture (h, w, 3, or 4 with straight alpha) at a time of the clip; itself where no band is shown."""
        shown, strength = self._state(at_s)
        if strength <= 0 or shown <= 0:
            return picture
        wide = max(round(shown * self._ink.shape[1]), 1)
        out = picture.copy()
        box = out[self._top : self._top + len(self._ink), self._left : self._left + wide]
        alpha, ink = self._alpha[:, : box.shape[1]] * strength, self._ink[:, : box.shape[1]]
        below = 1.0 - alpha if box.shape[2] == 3 else (1.0 - alpha) * (box[..., 3:] / 255.0)
        whole = alpha + below
        box[..., :3] = np.rint((ink * alpha + box[..., :3] * below) / np.maximum(whole, 1e-6))
        if box.shape[2] == 4:
            box[..., 3:] = np.rint(whole * 255.0)
        return out

    def _state(self, at_s: float) -> tuple[float, float]:
        """How much of the band is drawn (0..1) and how strongly."""
        since, left = at_s - self._what.start_s, self._what.start_s + self._what.seconds - at_s
        ease = 1.0 - (1.0 - min(max(since / COMES_S, 0.0), 1.0)) ** 3
        return ease, min(max(left / GOES_S, 0.0), 1.0)


def check_lower_third(what: LowerThird) -> None:
    """Raise EngineError for a lower third that cannot be shown."""
    if not what.name.strip():
        raise EngineError("The lower third needs a name: type one, or switch it off.")
    for line in (what.name, what.title):
        if len(line) > LONGEST:
            raise EngineError(f"The lower third line “{line[:24]}…” is too long: use at most {LONGEST} letters.")
    if what.seconds <= 0 or what.start_s < 0:
        raise EngineError("The lower third must start inside the clip and last longer than nothing.")


def draw_band(what: LowerThird, width: int, height: int) -> ByteArray:
    """The finished band (b, a, 4), straight alpha: accent bar, panel, name over title; shrunk where it is too wide."""
    pad, bar = round(PAD * height), max(round(0.006 * height), 2)
    widest = width - 2 * round(LEFT * width) - 2 * pad - bar
    lines = [(what.name, "DejaVuSans-Bold.ttf", NAME, INK)]
    if what.title.strip():
        lines.append((what.title, "DejaVuSans.ttf", TITLE, DIM))
    fonts = [fitting(text, FONTS / file, size * height, widest) for text, file, size, _ in lines]
    across = max(round(font.getlength(text)) for font, (text, *_) in zip(fonts, lines, strict=True))
    tall = 2 * pad + sum(round(1.18 * font.size) for font in fonts)
    band = Image.new("RGBA", (bar + across + 2 * pad + pad // 2, tall), PANEL)
    drawing = ImageDraw.Draw(band)
    drawing.rectangle((0, 0, bar - 1, tall), fill=ACCENT)
    top = float(pad)
    for font, (text, _, _, ink) in zip(fonts, lines, strict=True):
        drawing.text((bar + pad, top + 0.95 * font.size), text, font=font, fill=ink, anchor="ls")
        top += 1.18 * font.size
    return np.asarray(band)


def fitting(text: str, path: Path, size: float, widest: int) -> ImageFont.FreeTypeFont:
    """The font at its size, or as much smaller as the text needs to fit."""
    font = ImageFont.truetype(str(path), max(round(size), 6))
    wide = font.getlength(text)
    return font if wide <= widest else ImageFont.truetype(str(path), max(int(font.size * widest / wide), 6))
