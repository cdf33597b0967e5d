"""The PIN in the preferences: set, changed or taken off, never shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.session.booth import PinLock
from studio.views.booth.pad import PinPad
from studio.views.parts import label, push_button, row


class PinField(QWidget):
    """changed is called with the hash of a new PIN, or "" when it is taken off; both need the old one."""

    def __init__(self, kept: str, changed: Callable[[str], object]) -> None:
        super().__init__()
        self.kept, self._changed = kept, changed
        self.said, self.set, self.remove = label("", "dim"), push_button("Set PIN…"), push_button("Remove", flat=True)
        self.dialog: QDialog | None = None
        self.setLayout(row(self.said, 1, self.remove, self.set))
        self.set.clicked.connect(lambda: self._unlock(self._choose))
        self.remove.clicked.connect(lambda: self._unlock(lambda: self._keep("")))
        self._show()

    def _unlock(self, then: Callable[[], object]) -> None:
        if not self.kept:
            then()
            return
        pad = self._open(PinPad(PinLock(self.kept)))
        pad.title.setText("Enter the present PIN")
        pad.passed.connect(then)

    def _choose(self) -> None:
        self._open(PinPad(None)).chosen.connect(self._keep)

    def _keep(self, kept: str) -> None:
        self._close()
        self.kept = kept
        self._changed(kept)
        self._show()

    def _open(self, pad: PinPad) -> PinPad:
        self._close()
        self.dialog = QDialog(self)
        self.dialog.setWindowTitle("PIN of the booth")
        column = QVBoxLayout(self.dialog)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pad)
        pad.cancelled.connect(self._close)
        self.dialog.open()
        pad.setFocus()
        return pad

    def _close(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()

    def _show(self) -> None:
        self.said.setText("A PIN is set" if self.kept else "None: Escape leaves the booth")
        self.set.setText("Change PIN…" if self.kept else "Set PIN…")
        self.remove.setVisible(bool(self.kept))
