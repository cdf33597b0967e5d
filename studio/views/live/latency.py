"""The latency readout: what each part of the way from sound to picture takes, measured, as numbers and as one bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.session.latency import PARTS, Delay, Latency
from studio.views.parts import label
from studio.views.theme import colour, font

TITLES = {
    "capture": ("Capture", "Sound card, driver, and the wait for a block of 20 ms"),
    "window": ("Window", "How much sound after a moment the network must hear before it shows that moment"),
    "network": ("Network", "To the engine, its work, and back"),
    "smoothing": ("Smoothing", "The wait for the next pose, so that there are two to blend"),
    "draw": ("Draw", "From asking for the picture until it is painted"),
}
TONES = {
    "capture": "success",
    "window": "accent_deep",
    "network": "accent",
    "smoothing": "warning",
    "draw": "dim",
}
NOTHING = "–"


class LatencyTable(QWidget):
    """Median and 99th percentile of every part, and their sum."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[str, tuple[QLabel, QLabel]] = {}
        self.bar = LatencyBar()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for column, title in ((2, "median"), (3, "99 %")):
            grid.addWidget(_number(title, "faint"), 0, column)
        for line, part in enumerate((*PARTS, "total"), 1):
            self._add(grid, line, part)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(8)
        column_box.addLayout(grid)
        column_box.addWidget(self.bar)

    def show_latency(self, latency: Latency) -> None:
        """Write the newest measures."""
        parts = {part: latency.of(part) for part in PARTS}
        for part, delay in (*parts.items(), ("total", latency.total())):
            median, tail = self.cells[part]
            median.setText(NOTHING if delay is None else f"{delay.median_ms:.1f} ms")
            tail.setText(NOTHING if delay is None else f"{delay.p99_ms:.1f} ms")
        self.bar.show_parts(parts)

    def _add(self, grid: QGridLayout, line: int, part: str) -> None:
        title, tip = TITLES.get(part, ("Sound to picture", "All parts together"))
        name = label(title, "" if part == "total" else "dim")
        name.setToolTip(tip)
        cells = (_number(NOTHING), _number(NOTHING))
        if part == "total":
            for each in (name, *cells):
                each.setFont(font(9.5, bold=True))
        else:
            grid.addWidget(_Swatch(TONES[part]), line, 0)
        grid.addWidget(name, line, 0 if part == "total" else 1, 1, 2 if part == "total" else 1)
        for column, cell in enumerate(cells, 2):
            grid.addWidget(cell, line, column)
        self.cells[part] = cells


class LatencyBar(QWidget):
    """The medians end to end, as wide as they are long."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, Delay | None] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(200, 8)

    def show_parts(self, parts: dict[str, Delay | None]) -> None:
        """Draw other parts."""
        self._parts = parts
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One piece for each part."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("sunken"))
        known = [(part, delay.median_ms) for part, delay in self._parts.items() if delay is not None]
        whole, x = sum(ms for _, ms in known), 0.0
        for part, ms in known:
            width = ms / whole * self.width() if whole else 0.0
            painter.fillRect(QRectF(x, 0, max(width - 1, 0), self.height()), colour(TONES[part]))
            x += width
        painter.end()


class _Swatch(QWidget):
    """The colour of a part."""

    def __init__(self, tone: str) -> None:
        super().__init__()
        self._tone = tone
        self.setFixedSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small square."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._tone))
        painter.end()


def _number(text: str, role: str = "") -> QLabel:
    made = label(text, role)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setMinimumWidth(64)
    return made
