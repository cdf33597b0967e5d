"""The table of measures: a row for each lane, the best of each column set off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from studio.session.comparison import Comparison, Lane, Problem
from studio.session.measures import MEASURES, best
from studio.views.theme import colour, font

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SHEET = "QTableView { border: 0 } QTableView::item { padding: 0 4px } QHeaderView::section { padding: 6px 2px }"
ROOMY = 860
"""Pixels across from which on all columns of numbers are as wide as each other."""


class MeasuresTable(QTableWidget):
    """Lanes of the problem shown."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(0, 1 + len(MEASURES))
        self._comparison = comparison
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setStyleSheet(SHEET)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setHighlightSections(False)
        self.setHorizontalHeaderLabels(["Method", *(measure.title for measure in MEASURES)])
        for place, measure in enumerate(MEASURES, 1):
            head = self.horizontalHeaderItem(place)
            assert head is not None
            head.setToolTip(measure.tip)
            head.setTextAlignment(RIGHT)
        head = self.horizontalHeaderItem(0)
        assert head is not None
        head.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        comparison.lanes_changed.connect(self.fill)
        comparison.lane_changed.connect(self._lane_changed)
        self.fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the width there is; where that is little each takes what it needs."""
        super().resizeEvent(event)
        head, mode = self.horizontalHeader(), QHeaderView.ResizeMode
        roomy = self.width() >= ROOMY
        head.setSectionResizeMode(mode.Stretch if roomy else mode.ResizeToContents)
        head.setSectionResizeMode(0, mode.ResizeToContents if roomy else mode.Stretch)

    def fill(self) -> None:
        """Show what is known now."""
        lanes, source = self._comparison.lanes, self._comparison.source
        seconds = source.original.seconds if source is not None else 1.0
        self.setRowCount(len(lanes))
        for row, lane in enumerate(lanes):
            self._put(row, 0, lane.choice.title)
        for column, measure in enumerate(MEASURES, 1):
            winners = best(measure, lanes, seconds)
            for row, lane in enumerate(lanes):
                self._put(row, column, measure.said(lane, seconds), winner=lane.key in winners)

    def _put(self, row: int, column: int, words: str, *, winner: bool = False) -> None:
        cell = self.item(row, column)
        if cell is None:
            cell = QTableWidgetItem()
            self.setItem(row, column, cell)
        cell.setText(words if words or not column else "–")
        cell.setForeground(colour("success" if winner else "text" if words else "faint"))
        cell.setFont(font(9.5, bold=winner))
        if column:
            cell.setTextAlignment(RIGHT)

    def _lane_changed(self, problem: Problem, lane: Lane) -> None:
        if problem is self._comparison.problem:
            self.fill()
