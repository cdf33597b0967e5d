"""One picture of a sound on a linked time axis: waveform or coloured cells, playhead, marked stretch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QFrame

from engines.api.values import ByteArray, FloatArray
from studio.audio.contrast import Picture
from studio.session.transport import Span
from studio.views.theme import colour, font
from studio.views.timeline.timecode import short_time

AXIS = 46
"""Pixels for the scale at the left."""
CLOSEST_S = 0.002


class TimeBox(pg.ViewBox):  # type: ignore[misc]
    """Wheel zooms time at the mouse, with Ctrl the other axis; drag pans, with Shift it marks; a click seeks."""

    sought = Signal(float)
    marked = Signal(object)
    """A Span, or None where the mark was taken away."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=True, y=True)
        self.disableAutoRange()

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom one axis."""
        upright = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier)
        super().wheelEvent(ev, axis=1 if upright else 0)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Pan along time, or mark a stretch."""
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            ev.accept()
            first, last = self._second(ev.buttonDownPos()), self._second(ev.pos())
            self.marked.emit(Span(*sorted((first, last))) if first != last else None)
        else:
            super().mouseDragEvent(ev, axis=0)

    def mouseClickEvent(self, ev: Any) -> None:
        """Seek; with Shift take the mark away."""
        ev.accept()
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.marked.emit(None)
        else:
            self.sought.emit(self._second(ev.pos()))

    def _second(self, place: QPointF) -> float:
        return max(float(self.mapToView(place).x()), 0.0)


class TimeScale(pg.AxisItem):  # type: ignore[misc]
    """Minutes and seconds, down to thousandths."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """M:SS with the decimals the spacing needs."""
        decimals = 4 if spacing < 0.001 else 3
        return [short_time(v, spacing) if spacing >= 0.01 else f"{v:.{decimals}f}" for v in values]


class LanePlot(pg.PlotWidget):  # type: ignore[misc]
    """The picture of one lane; ranges are set by whoever links it."""

    def __init__(self, tone: str, *, ruler: bool = False) -> None:
        self.box = TimeBox()
        super().__init__(viewBox=self.box, axisItems={"top": TimeScale("top")}, background=colour("sunken"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.hideButtons()
        plot = self.getPlotItem()
        plot.layout.setContentsMargins(0, 0, 0, 0)
        plot.showAxis("top", ruler)
        plot.hideAxis("bottom")
        for name in ("left", "top"):
            axis = plot.getAxis(name)
            axis.setPen(colour("line"))
            axis.setTextPen(colour("dim"))
            axis.setStyle(tickFont=font(7.5), tickLength=-4, hideOverlappingLabels=True)
        plot.getAxis("left").setWidth(AXIS)
        self._low, self._high = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._body = pg.FillBetweenItem(self._low, self._high, brush=colour(tone, 150))
        self.image = pg.ImageItem()
        self._mark = pg.LinearRegionItem(brush=colour("accent", 36), pen=colour("accent", 90), movable=False)
        self.head = pg.InfiniteLine(0.0, pen=pg.mkPen(colour("record"), width=1))
        for curve in (self._low, self._high):
            curve.setPen(pg.mkPen(colour(tone), width=1))
        for item in (self.image, self._low, self._high, self._body, self._mark, self.head):
            self.addItem(item, ignoreBounds=True)
        self._mark.setZValue(5)
        self.head.setZValue(10)
        self._mark.hide()
        self.clear_picture()

    def set_heights(self, low: float, high: float, unit: str = "") -> None:
        """The range of the upright axis."""
        self.box.setLimits(yMin=low, yMax=high, minYRange=(high - low) / 200)
        self.box.setYRange(low, high, padding=0)
        self.getPlotItem().getAxis("left").setToolTip(unit)

    def set_seconds(self, seconds: float) -> None:
        """How far time may be shown."""
        self.box.setLimits(xMin=0.0, xMax=seconds, minXRange=min(CLOSEST_S, seconds))

    def show_wave(self, times: FloatArray, low: FloatArray, high: FloatArray) -> None:
        """Ranges (c,) at times (c,)."""
        self.image.hide()
        ranges = bool(np.any(low != high))
        for curve, values in ((self._low, low), (self._high, high)):
            curve.setData(times, values, antialias=not ranges)
            curve.show()
        self._body.setVisible(ranges)

    def show_cells(self, picture: Picture, colours: ByteArray, top: float) -> None:
        """Palette numbers over frequencies 0..top."""
        self._hide_wave()
        self.image.setImage(picture.cells, levels=(0, 255), lut=colours, autoLevels=False, axisOrder="row-major")
        self.image.setRect(picture.start_s, 0.0, picture.end_s - picture.start_s, top)
        self.image.show()

    def clear_picture(self) -> None:
        """Show nothing."""
        self._hide_wave()
        self.image.hide()

    def show_mark(self, span: Span | None) -> None:
        """Show the stretch that is played again and again."""
        self._mark.setVisible(span is not None)
        if span is not None:
            self._mark.setRegion((span.start_s, span.end_s))

    def _hide_wave(self) -> None:
        for item in (self._low, self._high, self._body):
            item.hide()
