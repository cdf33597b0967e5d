"""The preferences: made from the settings table, in force as soon as they are changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engines.api.jobs import PresentersJob, VoicesJob
from studio.actions.desk import Desk
from studio.audio.devices import list_devices
from studio.settings import TABLE, Setting, SettingsError, show
from studio.views.parts import label, push_button, row

SYSTEM = "System default"


class PreferencesDialog(QDialog):
    """Groups on the left, rows on the right."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._desk = desk
        self.fields: dict[str, QWidget] = {}
        self.groups, self.pages = QListWidget(), QStackedWidget()
        self.trouble = label("", "error", wrap=True)
        for group in dict.fromkeys(setting.group for setting in TABLE):
            self.groups.addItem(group)
            self.pages.addWidget(self._page(group))
        self.groups.setFixedWidth(140)
        self.groups.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.groups.setCurrentRow(0)
        close = push_button("Close", primary=True)
        close.clicked.connect(self.accept)
        right = QVBoxLayout()
        right.addWidget(self.pages, 1)
        right.addWidget(self.trouble)
        right.addLayout(row(1, close))
        columns = QHBoxLayout(self)
        columns.addWidget(self.groups)
        columns.addLayout(right, 1)
        self.resize(680, 420)
        self._ask_sources()

    def _page(self, group: str) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 6, 6, 6)
        column.setSpacing(12)
        column.addWidget(label(group, "title"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for setting in TABLE:
            if setting.group == group:
                field = self.fields[setting.key] = self._field(setting)
                field.setToolTip(setting.hint)
                form.addRow(label(setting.title, "dim"), field)
                if setting.hint:
                    form.addRow("", label(setting.hint, "faint", wrap=True))
        column.addLayout(form)
        column.addStretch(1)
        return page

    def _field(self, setting: Setting) -> QWidget:
        value: Any = self._desk.settings.get(setting.key)
        if setting.choices or setting.source:
            return self._choice(setting, value)
        if isinstance(value, bool):
            box = QCheckBox()
            box.setChecked(value)
            box.toggled.connect(lambda on: self._set(setting, on))
            return box
        if isinstance(value, int | float):
            return self._number(setting, value)
        if isinstance(value, Path):
            return self._folder(setting, value)
        line = QLineEdit(str(value))
        line.editingFinished.connect(lambda: self._set(setting, line.text()))
        return line

    def _choice(self, setting: Setting, value: Any) -> QWidget:
        box = QComboBox()
        for choice in setting.choices or (value,):
            box.addItem(show(choice) or SYSTEM, choice)
        box.setCurrentIndex(max(box.findData(value), 0))
        box.activated.connect(lambda place: self._set(setting, box.itemData(place)))
        return box

    def _number(self, setting: Setting, value: float) -> QWidget:
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if isinstance(value, int) else QDoubleSpinBox()
        box.setRange(int(setting.low or 0), int(setting.high or 1_000_000))
        box.setValue(value)  # type: ignore[arg-type]
        box.setSuffix(f" {setting.unit}" if setting.unit else "")
        box.valueChanged.connect(lambda number: self._set(setting, number))
        return box

    def _folder(self, setting: Setting, value: Path) -> QWidget:
        line, browse, both = QLineEdit(str(value)), push_button("Browse…", "folder"), QWidget()
        line.editingFinished.connect(lambda: self._set(setting, Path(line.text())))

        def choose() -> None:
            dialog = QFileDialog(self, setting.title, line.text())
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.fileSelected.connect(line.setText)
            dialog.fileSelected.connect(lambda chosen: self._set(setting, Path(chosen)))
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

        browse.clicked.connect(choose)
        both.setLayout(row(line, browse))
        return both

    def _set(self, setting: Setting, value: object) -> None:
        try:
            self._desk.settings.set(setting.key, value)
            self.trouble.clear()
        except SettingsError as error:
            self.trouble.setText(str(error))

    def _ask_sources(self) -> None:
        """Fill the open lists: voices and presenters from their engines, devices from the system."""
        voices = self._desk.rooms.submit(VoicesJob())
        voices.finished.connect(lambda found: self._offer("voices", [(v.title, v.key) for v in found]))
        presenters = self._desk.rooms.submit(PresentersJob())
        presenters.finished.connect(lambda found: self._offer("presenters", [(p.title, p.key) for p in found]))
        for source in ("inputs", "outputs"):
            self._ask_devices(source)

    def _ask_devices(self, source: str) -> None:
        def found() -> list[tuple[str, object]]:
            listed = list_devices("input" if source == "inputs" else "output")
            return [(SYSTEM, ""), *((device.title, device.key) for device in listed)]

        task = self._desk.tasks.run(found, lambda items: self._offer(source, items))
        task.failed.connect(lambda error, details: self.trouble.setText(str(error)))

    def _offer(self, source: str, items: list[tuple[str, object]]) -> None:
        for setting in TABLE:
            box = self.fields.get(setting.key)
            if setting.source == source and isinstance(box, QComboBox):
                chosen = self._desk.settings.get(setting.key)
                box.clear()
                for title, value in items:
                    box.addItem(title, value)
                if box.findData(chosen) < 0:
                    box.addItem(str(chosen) or SYSTEM, chosen)
                box.setCurrentIndex(box.findData(chosen))
