"""The preferences: made from the settings table, in force as soon as they are changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
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
    QListWidgetItem,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engines.api.jobs import PresentersJob, VoicesJob
from engines.api.values import PresenterInfo, VoiceInfo
from studio.actions.desk import Desk
from studio.audio.devices import Device, list_devices
from studio.settings import TABLE, Setting, SettingsError, show
from studio.views.booth.field import PinField
from studio.views.fitting import inset
from studio.views.parts import label, push_button, row

SYSTEM = "System default"
FIELD_WIDTH = 280


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
            item = QListWidgetItem(group)
            item.setSizeHint(QSize(0, 34))
            self.groups.addItem(item)
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
                    form.addRow("", label(setting.hint, "faint"))
        column.addLayout(form)
        column.addStretch(1)
        return page

    def _field(self, setting: Setting) -> QWidget:
        value: Any = self._desk.settings.get(setting.key)
        if setting.source == "pin":
            return PinField(value, lambda kept: self._set(setting, kept))
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
        box.setMinimumWidth(FIELD_WIDTH)
        for choice in setting.choices or (value,):
            box.addItem(setting.titles.get(str(choice), show(choice)) or SYSTEM, choice)
        box.setCurrentIndex(max(box.findData(value), 0))
        box.activated.connect(lambda place: self._set(setting, box.itemData(place)))
        return box

    def _number(self, setting: Setting, value: float) -> QWidget:
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if isinstance(value, int) else QDoubleSpinBox()
        inset(box)
        box.setMinimumWidth(FIELD_WIDTH)
        box.setRange(int(setting.low or 0), int(setting.high or 1_000_000))
        box.setValue(value)  # type: ignore[arg-type]
        box.setSuffix(f" {setting.unit}" if setting.unit else "")
        box.valueChanged.connect(lambda number: self._set(setting, number))
        return box

    def _folder(self, setting: Setting, value: Path) -> QWidget:
        line, browse, both = QLineEdit(str(value)), push_button("Browse…", "folder"), QWidget()
        line.setMinimumWidth(FIELD_WIDTH)
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
        voices = VoicesJob(str(self._desk.settings.now.voices_folder))
        self._desk.rooms.submit(voices).finished.connect(self._offer_voices)
        self._desk.rooms.submit(PresentersJob()).finished.connect(self._offer_presenters)
        task = self._desk.tasks.run(lambda: (list_devices("input"), list_devices("output")), self._offer_devices)
        task.failed.connect(self._no_devices)

    # Methods, not lambdas: Qt drops a connection to a method with its dialog, and answers may come after that.

    def _offer_voices(self, found: tuple[VoiceInfo, ...]) -> None:
        self._offer("voices", [(voice.title, voice.key) for voice in found])

    def _offer_presenters(self, found: tuple[PresenterInfo, ...]) -> None:
        self._offer("presenters", [(presenter.title, presenter.key) for presenter in found])

    def _offer_devices(self, found: tuple[tuple[Device, ...], tuple[Device, ...]]) -> None:
        for source, devices in zip(("inputs", "outputs"), found, strict=True):
            self._offer(source, [(SYSTEM, ""), *((device.title, device.key) for device in devices)])

    def _no_devices(self, error: object, details: str) -> None:
        self.trouble.setText(str(error))

    def _offer(self, source: str, items: Sequence[tuple[str, object]]) -> None:
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
