"""What the booth says to visitors: an invitation, a sign that it listens, a word of patience."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.audio.level import Level
from studio.session.booth import BoothState
from studio.views.theme import colour, font, pixmap

WORDS = {
    BoothState.ATTRACT: ("Speak to me", "Nothing you say is kept"),
    BoothState.LISTENING: ("", ""),
    BoothState.LOST: ("One moment, please", "The microphone is being looked for"),
}
WIDTH, HEIGHT = 620, 150
PULSE_S = 2.4
BARS = 7
GROUND = (220.0, 92.0)
LOWEST_DB = -50.0


class Caption(QWidget):
    """A pill near the foot of the screen; while it listens only small bars that follow the voice."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.state, self._level = BoothState.ATTRACT, 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(WIDTH, HEIGHT)

    def show_state(self, state: BoothState, level: Level) -> None:
        """Draw another state; the pill breathes, so it is drawn each time."""
        target = min(max(1 - level.rms_db / LOWEST_DB, 0.0), 1.0)
        self._level += (target - self._level) * 0.4
        self.state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pill and words, or bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        title, small = WORDS[self.state]
        if title:
            self._paint_pill(painter, title, small)
        else:
            self._paint_bars(painter)
        painter.end()

    def _paint_pill(self, painter: QPainter, title: str, small: str) -> None:
        breath = 0.5 + 0.5 * math.sin(time.monotonic() * 2 * math.pi / PULSE_S)
        attracts = self.state is BoothState.ATTRACT
        painter.setPen(colour("accent", 60 + round(140 * breath)) if attracts else colour("warning", 120))
        painter.setBrush(colour("sunken", 215))
        pill = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setFont(font(30, bold=True))
        metrics = painter.fontMetrics()
        mark = 46 if attracts else 0
        left = (self.width() - metrics.horizontalAdvance(title) - (mark + 18 if mark else 0)) / 2
        if mark:
            painter.drawPixmap(round(left), 36, pixmap("mic", mark, "accent"))
            left += mark + 18
        painter.setPen(colour("text"))
        painter.drawText(QRectF(left, 28, self.width(), 62), Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(font(13))
        painter.setPen(colour("dim"))
        painter.drawText(QRectF(0, 92, self.width(), 32), Qt.AlignmentFlag.AlignCenter, small)

    def _paint_bars(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("sunken", 170))
        ground = QRectF((self.width() - GROUND[0]) / 2, (self.height() - GROUND[1]) / 2, *GROUND)
        painter.drawRoundedRect(ground, GROUND[1] / 2, GROUND[1] / 2)
        painter.setBrush(colour("accent", 235))
        middle, width, apart = self.width() / 2, 10.0, 22.0
        for i in range(BARS):
            off = i - (BARS - 1) / 2
            swing = 0.65 + 0.35 * math.sin(time.monotonic() * 9 + i * 1.7)
            tall = 10 + 70 * self._level * swing * math.exp(-((off / 2.6) ** 2))
            bar = QRectF(middle + off * apart - width / 2, (self.height() - tall) / 2, width, tall)
            painter.drawRoundedRect(bar, width / 2, width / 2)
