"""The tuning panel: presets, the face as a whole, then every shape by region; each gesture is one step of undo."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QInputDialog, QLineEdit, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from engines.api.arkit import NAMES
from studio.actions.avatar import is_tuned, reset_tuning, tuning_of
from studio.actions.desk import Desk
from studio.actions.presets import apply_preset, presets_of, remove_preset, save_preset
from studio.document.tuning import COLUMN, REGIONS
from studio.views.parts import EmptyState, Switcher, label, row
from studio.views.theme import icon
from studio.views.tuning.regions import RegionBox
from studio.views.tuning.style import StyleBox

METER_MS = 66
"""Values at the playhead are shown this often."""


class TuningPanel(QWidget):
    """Tunes the story being edited."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.style_box = StyleBox(desk)
        self.regions = {region: RegionBox(desk, region) for region in REGIONS}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search shapes")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._search)
        self.nothing = label("No shape is called so.", "faint")
        self.presets = self._button("preset", "Presets", "Keep this tuning by name, or take one over")
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setMenu(QMenu(self.presets))
        self.presets.menu().aboutToShow.connect(self._list_presets)
        self.reset = self._button("close", "Remove tuning", "Take all layers off; the model's output is what is left")
        self.reset.clicked.connect(lambda: reset_tuning(desk))
        hint = "Begin a story: its face is tuned here, and what the model put out is never lost."
        self.pages = Switcher(EmptyState("tuning", "No face to tune yet", hint), self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self._meter = QTimer(self, interval=METER_MS, singleShot=True)
        self._meter.timeout.connect(self._show_values)
        self._listen()

    def close_panel(self) -> None:
        """Listen no more."""
        self._meter.stop()
        self._desk.faces.changed.disconnect(self._measure)
        for unlisten in self._unlisten:
            unlisten()

    def _content(self) -> QWidget:
        page, inside = QWidget(), QWidget()
        inside.setObjectName("Panel")
        body = QVBoxLayout(inside)
        body.setContentsMargins(0, 0, 0, 8)
        body.setSpacing(0)
        body.addWidget(self.style_box)
        body.addWidget(_rule())
        head = row(self.search, margins=(10, 8, 8, 2))
        body.addLayout(head)
        for box in self.regions.values():
            body.addWidget(box)
        self.nothing.setContentsMargins(14, 8, 0, 8)
        self.nothing.hide()
        body.addWidget(self.nothing)
        body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        bar = QFrame()
        bar.setObjectName("PanelBar")
        bar.setLayout(row(self.presets, 1, self.reset, margins=(8, 5, 8, 5)))
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(area, 1)
        return page

    def _listen(self) -> None:
        desk = self._desk
        self._unlisten = [
            desk.document.changed.connect(lambda old, new: self._fill()),
            desk.selection.changed.connect(lambda old, new: self._fill()),
            desk.look.changed.connect(lambda old, new: self._repaint_names()),
            desk.transport.moved.connect(lambda _: self._measure()),
        ]
        desk.faces.changed.connect(self._measure)
        self._fill()

    def _fill(self) -> None:
        self.pages.show_content(self._desk.story is not None)
        tuning = tuning_of(self._desk)
        self.style_box.fill(tuning)
        for box in self.regions.values():
            box.fill(tuning)
        self.reset.setEnabled(is_tuned(self._desk))

    def _search(self, words: str) -> None:
        found = sum(box.search(words) for box in self.regions.values())
        self.nothing.setVisible(not found)

    def _repaint_names(self) -> None:
        for box in self.regions.values():
            for line in box.visible_rows():
                line.title.update()

    def _measure(self) -> None:
        if self.isVisible() and not self._meter.isActive():
            self._meter.start()

    def _show_values(self) -> None:
        pose = self._desk.faces.pose_at(self._desk.transport.position_s)
        for box in self.regions.values():
            for line in box.visible_rows():
                column = COLUMN[line.name]
                shape = column < len(NAMES)
                line.title.show_value(float(pose.weights[column] if shape else pose.rotation[column - len(NAMES)]))

    def showEvent(self, event: QShowEvent) -> None:
        """Values are of now."""
        self._measure()

    def _list_presets(self) -> None:
        menu, names = self.presets.menu(), presets_of(self._desk).names()
        menu.clear()
        for name in names:
            menu.addAction(name).triggered.connect(lambda _=False, name=name: apply_preset(self._desk, name))
        if names:
            menu.addSeparator()
        menu.addAction(icon("plus"), "Keep this tuning as…").triggered.connect(self._ask_name)
        if names:
            gone = menu.addMenu(icon("trash"), "Forget")
            for name in names:
                gone.addAction(name).triggered.connect(lambda _=False, name=name: remove_preset(self._desk, name))

    def _ask_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Keep tuning")
        dialog.setLabelText("Name of the preset")
        dialog.textValueSelected.connect(lambda name: save_preset(self._desk, name))
        dialog.open()

    def _button(self, icon_name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(icon_name))
        button.setText(f"  {text}")  # a tool button puts its text too close to the icon
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button


def _rule() -> QFrame:
    line = QFrame()
    line.setObjectName("Rule")
    line.setFixedHeight(1)
    return line
