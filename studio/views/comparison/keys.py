"""The keys of the comparison panel; while it has the focus they come before the window's shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QWidget

TYPING = (QAbstractSpinBox, QComboBox, QLineEdit)
"""Where letters and digits belong to the widget."""


class Keys(QObject):
    """Runs what a key stands for, wherever in the panel the focus is."""

    def __init__(self, panel: QWidget, table: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(panel)
        self._table = {_code(keys): run for keys, run in table.items()}

    def run_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key press stands for."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return self._table.get(event.key() | plain.value)

    def claims(self, event: QEvent, focus: QWidget | None) -> bool:
        """Whether a key that Qt offers to shortcuts first is the panel's; then it comes as a key press."""
        typed = isinstance(focus, TYPING)
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        return self.run_of(event) is not None and not (typed and event.modifiers() == Qt.KeyboardModifier.NoModifier)


def _code(keys: str) -> int:
    """A key and its modifiers as one number: "Shift+A"."""
    sequence: Any = QKeySequence(keys)  # its stubs do not know that it has members
    return int(sequence[0].toCombined())
