"""The regions of the face: a gain for each, and the lines of its channels, made when it is first opened."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.actions.avatar import tune, tuning_of
from studio.actions.desk import Desk
from studio.document.tuning import GAIN_LIMIT, REGIONS, Tuning, with_region
from studio.views.parts import label, row
from studio.views.tuning.bar import ValueBar
from studio.views.tuning.names import REGION_TITLES, TITLES
from studio.views.tuning.rows import GAIN, ShapeRow


class RegionBox(QFrame):
    """A header with the gain of the region, and its channels below while it is open."""

    def __init__(self, desk: Desk, region: str) -> None:
        super().__init__()
        self._desk, self.region = desk, region
        self._found: frozenset[str] | None = None
        self.rows: dict[str, ShapeRow] = {}
        self.head = QToolButton()
        self.head.setProperty("fold", True)
        self.head.setText(REGION_TITLES[region])
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setCheckable(True)
        self.head.toggled.connect(lambda _: self._show_rows())
        self.told = label("", "faint")
        title = REGION_TITLES[region]
        end = desk.document.end_gesture
        self.gain = ValueBar(f"{title}, all together", 0.0, GAIN_LIMIT, 1.0, self._tune, end, GAIN)
        self.gain.setFixedWidth(110)
        self._body = QWidget()
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(0, 0, 0, 6)
        self._lines.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row(self.head, self.told, 1, self.gain, margins=(6, 3, 8, 3), gap=6))
        column.addWidget(self._body)
        self._show_rows()

    def fill(self, tuning: Tuning) -> None:
        """Show how the region and its channels are tuned."""
        self.gain.show_number(tuning.region_gain(self.region))
        names = REGIONS[self.region]
        changed = sum(row.shape in names for row in tuning.shapes)
        keyed = len({curve.shape for curve in tuning.curves if curve.shape in names})
        said = [f"{changed} tuned"] * bool(changed) + [f"{keyed} keyed"] * bool(keyed)
        self.told.setText("  ·  ".join(said))
        for name, line in self.rows.items():
            line.fill(tuning.shape(name))

    def search(self, words: str) -> int:
        """Show only channels that match, opened; an empty search shows all as before. Returns how many match."""
        wanted = words.lower().split()
        names = REGIONS[self.region]
        texts = {name: f"{REGION_TITLES[self.region]} {TITLES[name]} {name}".lower() for name in names}
        found = frozenset(name for name in names if all(word in texts[name] for word in wanted))
        self._found = found if wanted else None
        self.setVisible(bool(found))
        self._show_rows()
        return len(found)

    def visible_rows(self) -> Iterator[ShapeRow]:
        """Lines that can be seen now."""
        if self._body.isVisible():
            yield from (line for line in self.rows.values() if line.isVisible())

    def _show_rows(self) -> None:
        open_now = self.head.isChecked() or self._found is not None
        self.head.setArrowType(Qt.ArrowType.DownArrow if open_now else Qt.ArrowType.RightArrow)
        self._body.setVisible(open_now)
        if open_now and not self.rows:
            tuning = tuning_of(self._desk)
            for name in REGIONS[self.region]:
                self.rows[name] = ShapeRow(self._desk, name)
                self.rows[name].fill(tuning.shape(name))
                self._lines.addWidget(self.rows[name])
        for name, line in self.rows.items():
            line.setVisible(self._found is None or name in self._found)

    def _tune(self, gain: float) -> None:
        story = self._desk.selection.now.story
        tuned = with_region(tuning_of(self._desk), self.region, gain)
        tune(self._desk, f"{REGION_TITLES[self.region]} gain", tuned, gesture=("region", self.region, story))
