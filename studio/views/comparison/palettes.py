"""The colours of the comparison's pictures: one scale each, fixed, and a strip that says what they mean."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.api.values import ByteArray
from studio.audio.contrast import LEVELS_DB, OFF_DB
from studio.views.spectrogram import STOPS
from studio.views.theme import colour, font


class View(Enum):
    """What lanes show."""

    WAVE = "Waveform"
    LEVELS = "Spectrogram"
    PHASE = "Phase error"


WIDEST, LEAST = 216, 140
"""Pixels of the strip with its words; below the least it is left out."""
RIGHT = "#1c6a48"
"""No error: a green dark enough for errors to stand out."""
LEVEL_STOPS = STOPS
CYCLE = ("text", "accent", RIGHT, "warning", "text")
"""Phase from -pi to pi: what is wrong by half a turn looks the same from either side."""
OFF = ("accent", RIGHT, "warning")
LABELS: dict[View, tuple[str, ...]] = {
    View.WAVE: ("Linear, ±1 full scale",),
    View.LEVELS: (f"{LEVELS_DB[0]:.0f} dB".replace("-", "−"), f"{LEVELS_DB[1]:.0f} dB".replace("-", "−")),
    View.PHASE: ("−π", "0", "π"),
}
OFF_LABELS = (f"−{OFF_DB:.0f} dB", "0", f"+{OFF_DB:.0f} dB")


def _rgb(name: str) -> tuple[int, int, int]:
    if name.startswith("#"):
        return int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)
    tone = colour(name)
    return tone.red(), tone.green(), tone.blue()


def palette(stops: tuple[str, ...], *, clear_first: bool = False) -> ByteArray:
    """(256, 4) RGBA over stops; clear_first: number 0 shows nothing, the stops go over 1..255."""
    tones = np.array([_rgb(name) for name in stops], float)
    places = np.linspace(0, 1, len(stops))
    share = np.clip((np.arange(256) - clear_first) / (255 - clear_first), 0, 1)
    made = np.full((256, 4), 255, np.uint8)
    for channel in range(3):
        made[:, channel] = np.round(np.interp(share, places, tones[:, channel]))
    if clear_first:
        made[0] = 0
    return made


class Legend(QWidget):
    """A strip of the colours in use with the values at its ends."""

    def __init__(self) -> None:
        super().__init__()
        self._view = View.WAVE
        self.setFixedHeight(22)
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_view(self, view: View) -> None:
        """Explain another picture."""
        self._view = view
        tips = {
            View.WAVE: "All lanes have the same scale",
            View.LEVELS: "All lanes have the same range; decibels of a full-scale sine",
            View.PHASE: "Cyclic: green is right, pale is half a turn off; cells 60 dB below the loudest are left out",
        }
        self.setToolTip(tips[view])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Strip in the middle, words at the ends."""
        if self.width() < LEAST:
            return
        painter = QPainter(self)
        painter.setFont(font(8))
        painter.setPen(colour("dim"))
        words = LABELS[self._view]
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._view is View.WAVE:
            painter.drawText(QRectF(self.rect()), middle | Qt.AlignmentFlag.AlignRight, words[0])
        else:
            painter.drawText(QRectF(0, 0, 52, 22), middle | Qt.AlignmentFlag.AlignRight, words[0])
            painter.drawText(QRectF(self.width() - 50, 0, 50, 22), middle, words[-1])
            stops = LEVEL_STOPS if self._view is View.LEVELS else CYCLE
            row = np.ascontiguousarray(palette(stops)[np.newaxis])
            strip = QImage(row.data, 256, 1, 256 * 4, QImage.Format.Format_RGBA8888)
            painter.drawImage(QRectF(58, 6, self.width() - 114, 10), strip)
        painter.end()
