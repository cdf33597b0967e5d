"""The spectrogram panel: loudness over time and frequency, tile by tile as it comes into view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QImage, QPainter, QShowEvent

from engines.api.values import Audio, ByteArray, FloatArray
from studio.actions.desk import Desk
from studio.views.parts import EmptyState
from studio.views.theme import colour, font
from studio.views.timeline.axis import TimeAxis
from studio.views.waveform import SCALE, SoundPanel, SoundView

if TYPE_CHECKING:
    from studio.audio.spectrogram import Spectrogram

RANGE_DB = (-90.0, -20.0)
LABELS_HZ = (200, 500, 1000, 2000, 4000, 8000, 16000)
STOPS = ("sunken", "accent_wash", "accent_deep", "accent", "text")
"""Colours from silence to loud."""


class SpectrogramView(SoundView):
    """Mel rows, low frequencies at the bottom. Tiles are computed on a worker thread and drawn when they come."""

    def __init__(self, desk: Desk, axis: TimeAxis) -> None:
        super().__init__(desk, axis)
        self._source: Spectrogram | None = None
        self._tiles: dict[int, QImage] = {}
        self._asked: set[int] = set()
        desk.programme.mixed.connect(self._begin)

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is computed before it is looked at."""
        if self._source is None:
            self._begin()

    def paint_sound(self, painter: QPainter, area: QRectF) -> None:
        """The tiles in sight; those still missing are asked for."""
        source = self._source
        if source is None:
            return
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        tile_s = 256 * source.config.hop / source.audio.rate_hz
        first = int(self.axis.start_s / tile_s)
        last = min(int((self.axis.start_s + self.axis.span_s) / tile_s) + 1, source.tiles)
        for number in range(first, last):
            image = self._tiles.get(number)
            if image is None:
                self._ask(source, number)
                continue
            left = area.x() + self.axis.x_of(number * tile_s, area.width())
            width = image.width() / 256 * tile_s / self.axis.span_s * area.width()
            painter.drawImage(QRectF(left, area.y(), width, area.height()), image)
        painter.setClipping(False)
        self._paint_scale(painter, area, source)

    def _paint_scale(self, painter: QPainter, area: QRectF, source: Spectrogram) -> None:
        frequencies = source.frequencies_hz()
        painter.setFont(font(7.5))
        painter.setPen(colour("faint"))
        for hz in LABELS_HZ:
            if hz < frequencies[-1]:
                y = area.bottom() - np.searchsorted(frequencies, hz) / len(frequencies) * area.height()
                text = f"{hz // 1000} k" if hz >= 1000 else str(hz)
                side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, y - 7, SCALE - 6, 14), side, text)

    def _begin(self) -> None:
        """Another sound: forget the tiles."""
        self._source = None
        self._tiles.clear()
        self._asked.clear()
        audio = self.desk.programme.audio
        if audio is not None and self.isVisible():
            self.desk.tasks.run(lambda: _spectrogram(audio), self._ready, channel="spectrogram", lane="spectrogram")

    def _ready(self, source: Spectrogram) -> None:
        if source.audio is self.desk.programme.audio:
            self._source = source
            self.redraw()

    def _ask(self, source: Spectrogram, number: int) -> None:
        if number not in self._asked:
            self._asked.add(number)
            work = lambda: tinted(source.tile(number))  # noqa: E731
            self.desk.tasks.run(work, lambda pixels: self._keep(source, number, pixels), lane="spectrogram")

    def _keep(self, source: Spectrogram, number: int, pixels: ByteArray) -> None:
        if source is self._source:
            height, width, _ = pixels.shape
            self._tiles[number] = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
            self.redraw()


def tinted(decibels: FloatArray) -> ByteArray:
    """(rows, columns) decibels -> (rows, columns, 4) BGRA, highest row first."""
    low, high = RANGE_DB
    share = np.clip((decibels[::-1] - low) / (high - low), 0, 1) * (len(STOPS) - 1)
    stops = np.array([[colour(name).blue(), colour(name).green(), colour(name).red(), 255] for name in STOPS])
    first = np.minimum(share.astype(int), len(STOPS) - 2)
    part = (share - first)[..., np.newaxis]
    return np.ascontiguousarray(stops[first] * (1 - part) + stops[first + 1] * part, np.uint8)


def _spectrogram(audio: Audio) -> Spectrogram:
    """Worker thread: brings scipy, which takes a while the first time."""
    from studio.audio.spectrogram import Spectrogram

    return Spectrogram(audio)


def spectrogram_panel(desk: Desk, axis: TimeAxis, actions: Mapping[str, QAction]) -> SoundPanel:
    """The panel of the window."""
    hint = "The spectrum of the timeline is drawn here as soon as there is sound."
    empty = EmptyState("spectrogram", "No sound yet", hint, [actions["speech.speak"]])
    return SoundPanel(SpectrogramView(desk, axis), empty)
