"""After a listening test: the plot, the table, who should be left out, and all of it written into files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.actions.desk import Desk
from studio.actions.sending import save_files
from studio.session.listening import OFFERED, ListeningTest, Stage, State
from studio.session.mushra_results import ALL_ITEMS, Screened, Summary, ratings_csv, screen, summarise, summary_csv
from studio.views.codec.chart import Chart
from studio.views.parts import label, push_button, row

ORDER = tuple(setting.title for setting in OFFERED)
HEADS = ("Condition", "n", "Mean", "95 % confidence", "Median", "Quartiles")
RULE = (
    "BS.1534-3 leaves out who rates the hidden reference below 90, or the anchor above 90, in more than 15 % of items."
)


class ResultsView(QWidget):
    """Draws what studio.session.mushra_results finds."""

    def __init__(self, desk: Desk, listening: ListeningTest) -> None:
        super().__init__()
        self._desk, self._listening = desk, listening
        self._screened: tuple[Screened, ...] = ()
        self._summaries: tuple[Summary, ...] = ()
        self.who, self.rule = label("", "dim"), label("", "dim", wrap=True)
        self.item, self.leave_out = QComboBox(), QCheckBox("Leave them out")
        self.leave_out.setToolTip(RULE)
        self.chart, self.table = Chart(), QTableWidget(0, len(HEADS))
        self.export = push_button("Export results…", "export", primary=True)
        self.export.setToolTip("Write the means and every score as CSV, and the plot as PNG (Ctrl+Shift+E)")
        self.another = push_button("Another listener", "plus")
        self.fresh = push_button("New test", "new")
        self._lay_out()
        self._listen()

    def show_state(self, now: State) -> None:
        """Another state of the ListeningTest."""
        if now.stage is not Stage.RESULTS:
            return
        self._screened = screen(now.ratings)
        listeners = dict.fromkeys(rating.listener for rating in now.ratings)
        can_leave = 0 < len(self._screened) < len(listeners)
        self.leave_out.setVisible(can_leave)
        self.leave_out.setChecked(can_leave)
        self.who.setText(f"{len(listeners)} listener{'' if len(listeners) == 1 else 's'}: {', '.join(listeners)}")
        items = sorted(dict.fromkeys(rating.item for rating in now.ratings))
        self.item.clear()
        self.item.addItems([ALL_ITEMS, *items])
        self._fill()

    def ask_export(self) -> None:
        """Ask for a name; the table of scores and the plot go beside the table of means."""
        suggested = self._desk.settings.now.projects_folder / "Listening test.csv"
        self._desk.stage.ask_target("Export the results", suggested, "Table (*.csv)", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write means, scores and plot."""
        ratings, left_out = self._listening.now.ratings, {s.listener for s in self._screened}
        files = {
            path: summary_csv(self._summaries).encode(),
            path.with_name(f"{path.stem} scores.csv"): ratings_csv(ratings, left_out).encode(),
            path.with_suffix(".png"): self.chart.png(),
        }
        save_files(self._desk, files)

    def _fill(self) -> None:
        """Count anew and draw."""
        out = {s.listener for s in self._screened} if self.leave_out.isChecked() else set()
        self._summaries = summarise(self._listening.now.ratings, without=out, order=ORDER)
        self.rule.setText(self._said())
        self.rule.setProperty("role", "error" if self._screened else "dim")
        self.rule.style().polish(self.rule)
        self._show_item()

    def _show_item(self) -> None:
        chosen = self.item.currentText() or ALL_ITEMS
        shown = [s for s in self._summaries if s.item == chosen]
        listeners = len({r.listener for r in self._listening.now.ratings})
        title = f"{chosen}: mean and 95 % confidence interval, {listeners} listener{'' if listeners == 1 else 's'}"
        self.chart.show_summaries(shown, title)
        self.table.setRowCount(len(shown))
        for at, summary in enumerate(shown):
            for column, text in enumerate(_cells(summary)):
                self.table.setItem(at, column, _cell(text, column))
        self.table.setFixedHeight(self.table.horizontalHeader().height() + sum(_heights(self.table)) + 4)

    def _said(self) -> str:
        if not self._screened:
            return "Nobody is to be left out by the rules of BS.1534-3, section 4.1.2."
        return "  ".join(f"{s.listener} {s.why} (more than 15 %: to be left out)." for s in self._screened)

    def _lay_out(self) -> None:
        for at, head in enumerate(HEADS):
            self.table.setHorizontalHeaderItem(at, _cell(head, at))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setStyleSheet("QTableView::item { padding: 0 8px; }")
        self.item.setMinimumWidth(200)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(row(label("Results", "title"), self.who, 1, label("Show", "dim"), self.item))
        notes = row(self.rule, self.leave_out, gap=16)
        notes.setStretch(0, 1)
        column.addLayout(notes)
        column.addWidget(self.chart, 1)
        column.addWidget(self.table)
        column.addLayout(row(self.fresh, self.another, 1, self.export))

    def _listen(self) -> None:
        self.item.currentIndexChanged.connect(lambda _: self._show_item())
        self.leave_out.clicked.connect(lambda _: self._fill())
        self.export.clicked.connect(self.ask_export)
        self.another.clicked.connect(self._listening.next_listener)
        self.fresh.clicked.connect(self._listening.start_over)
        self._listening.changed.connect(lambda old, new: self.show_state(new))


def _cells(s: Summary) -> tuple[str, ...]:
    between = "—" if s.low is None or s.high is None else f"{s.low:.1f} to {s.high:.1f}"
    return s.condition, str(s.n), f"{s.mean:.1f}", between, f"{s.median:.1f}", f"{s.lower:.1f} to {s.upper:.1f}"


def _cell(text: str, column: int) -> QTableWidgetItem:
    """Names at the left, numbers at the right."""
    cell = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    cell.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return cell


def _heights(table: QTableWidget) -> list[int]:
    return [table.rowHeight(i) for i in range(table.rowCount())]
