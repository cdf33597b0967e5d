"""A level meter: RMS as a bar, peak as a line, a lamp when the sound was clipped."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.audio.level import Level
from studio.views.theme import colour

LOWEST_DB = -60.0
GOOD_DB, HOT_DB = -18.0, -6.0


class LevelBar(QWidget):
    """Green up to where speech belongs, yellow above, red where it breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.level = Level()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Speech should reach the yellow now and then, never the red")

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(200, 14)

    def show_level(self, level: Level) -> None:
        """Draw another level."""
        if level != self.level:
            self.level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Three zones, the RMS bright in them, peak and held peak as lines."""
        painter = QPainter(self)
        lamp, width = 14.0, self.width() - 18.0
        for low, high, tone in ((LOWEST_DB, GOOD_DB, "success"), (GOOD_DB, HOT_DB, "warning"), (HOT_DB, 0.0, "record")):
            left, right = share(low) * width, share(high) * width
            painter.fillRect(QRectF(left, 3, right - left - 1, 8), colour(tone, 50))
            lit = min(share(self.level.rms_db) * width, right)
            if lit > left:
                painter.fillRect(QRectF(left, 3, lit - left, 8), colour(tone))
        for decibels in (self.level.peak_db, self.level.held_db):
            painter.fillRect(QRectF(share(decibels) * width - 1, 1, 2, 12), colour("text"))
        painter.fillRect(QRectF(self.width() - lamp, 1, lamp, 12), colour("record" if self.level.clipped else "raised"))
        painter.end()


def share(decibels: float) -> float:
    """Where a level lies on the bar, 0..1."""
    return min(max(1 - decibels / LOWEST_DB, 0.0), 1.0)
