"""Action tables become QActions: menus, shortcuts, enabling, and plain keys that never disturb typing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTextEdit,
)

from studio.actions.all import ACTIONS, MENUS
from studio.actions.desk import Desk
from studio.actions.table import Action
from studio.actions.telling import tell
from studio.views.theme import icon

TEXTS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
THEIRS = {"edit.cut", "edit.copy", "edit.paste", "edit.select_all", "story.remove"}
"""Actions whose keys a text keeps to itself."""
OURS = [QKeySequence(keys) for key, row in ACTIONS.items() if key not in THEIRS for keys in row.keys if "+" in keys]
MOVES = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End}


class ActionSet(QObject):
    """All QActions of a window by key. `refresh` brings enabling and check marks up to date."""

    def __init__(self, window: QMainWindow, desk: Desk) -> None:
        super().__init__(window)
        self._desk = desk
        self.by_key: dict[str, QAction] = {key: self._make(row) for key, row in ACTIONS.items()}
        self._lit: dict[str, bool] = {}
        window.addActions(list(self.by_key.values()))
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        self._watch()

    def fill_menus(self, window: QMainWindow) -> None:
        """Build the menu bar from the tables."""
        for menu in MENUS:
            shown = window.menuBar().addMenu(menu.title)
            for row in menu.actions:
                if row.apart:
                    shown.addSeparator()
                shown.addAction(self.by_key[row.key])
            shown.aboutToShow.connect(self.refresh)

    def refresh(self) -> None:
        """Ask every row whether it can be done now."""
        for key, row in ACTIONS.items():
            action = self.by_key[key]
            action.setEnabled(row.when(self._desk))
            if row.checked is not None:
                action.setChecked(row.checked(self._desk))
            if row.lit is not None:
                self._light(action, row, row.lit(self._desk))
            if row.about is not None:
                _name(action, row, row.about(self._desk))

    def _light(self, action: QAction, row: Action, lit: bool) -> None:
        """Only where it changes: a button with another icon makes the whole window lay itself out anew."""
        if self._lit.get(row.key) != lit:
            self._lit[row.key] = lit
            action.setIcon(icon(row.lit_icon if lit else row.icon))

    def refresh_soon(self, *_: object) -> None:
        """Refresh once when the present burst of changes is over."""
        if not self._soon.isActive():
            self._soon.start()

    def run(self, row: Action) -> None:
        """Do it; what goes wrong is told, never raised into the event loop."""
        if not row.when(self._desk):
            self.refresh()
            return
        try:
            row.run(self._desk)
        except Exception as error:
            import traceback

            self._desk.notices.error(*tell(error, traceback.format_exc()))
        self.refresh_soon()

    def _make(self, row: Action) -> QAction:
        action = QAction(row.title, self)
        action.setObjectName(row.key)
        action.setShortcuts([QKeySequence(keys) for keys in row.keys])
        action.setCheckable(row.checked is not None)
        _name(action, row)
        action.setStatusTip("")
        action.setIconText("  " + row.title.rstrip("…"))  # a tool button puts its text too close to the icon
        if row.icon:
            action.setIcon(icon(row.icon, "on_accent" if row.key == "speech.speak" else "text"))
        action.triggered.connect(lambda checked=False: self.run(row))
        return action

    def _watch(self) -> None:
        desk = self._desk
        listeners: tuple[Callable[..., object], ...] = (
            desk.document.changed.connect,
            desk.selection.changed.connect,
            desk.transport.changed.connect,
            desk.jobs.changed.connect,
            desk.look.changed.connect,
            desk.programme.laid.connect,
            desk.programme.mixed.connect,
        )
        for connect in listeners:
            connect(self.refresh_soon)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self.refresh_soon)


def _name(action: QAction, row: Action, about: str = "") -> None:
    """Title and tip, with what the action would act on now."""
    title = f"{row.title}: {about}" if about else row.title
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setText(title.replace("&", "&&"))
    action.setToolTip((row.tip or title.rstrip("…")) + (f"  ({keys})" if keys else ""))


class PlainKeys(QObject):
    """Keys without Ctrl belong to whatever has the focus and uses them; else they are shortcuts.

    Qt asks a widget with ShortcutOverride whether it wants a key before it becomes a shortcut; we answer for widgets
    that would lose their own keys (Space on buttons, arrows in lists and sliders) and for texts that would take
    shortcuts of the tables (undo belongs to the document).
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer instead of the focused widget where the table or the widget's own keys say so."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        combined = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if combined and isinstance(watched, TEXTS) and QKeySequence(event.keyCombination()) in OURS:
            event.ignore()
            return True
        if not combined and wants(watched, Qt.Key(event.key())):
            event.accept()
            return True
        return False


def wants(widget: QObject, key: Qt.Key) -> bool:
    """Whether a focused widget uses a plain key itself."""
    if isinstance(widget, TEXTS):
        return key != Qt.Key.Key_Escape
    if isinstance(widget, QAbstractButton):
        return key == Qt.Key.Key_Space
    if isinstance(widget, QComboBox):
        return key in MOVES or key == Qt.Key.Key_Space
    if isinstance(widget, QAbstractItemView | QAbstractSlider):
        return key in MOVES
    return False
