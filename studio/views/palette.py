"""The command palette: every action by name, run from the keyboard."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.actions.all import MENUS
from studio.views.parts import label, row

HIDDEN = {"help.palette"}


def matches(query: str, title: str) -> bool:
    """Whether the letters of a query come in a title in that order, words apart in any order."""
    return all(_in_order(word, title.lower()) for word in query.lower().split())


def _in_order(word: str, title: str) -> bool:
    rest = iter(title)
    return all(letter in rest for letter in word)


class CommandPalette(QDialog):
    """Type a few letters, Return runs the action at the top or the one chosen with the arrows."""

    def __init__(self, parent: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("PaletteBox")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = actions
        self.query, self.list = QLineEdit(), QListWidget()
        self.query.setPlaceholderText("Type a command…")
        self.query.textChanged.connect(self._fill)
        self.query.installEventFilter(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(QSize(18, 18))
        self.list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.addWidget(self.query)
        column.addWidget(self.list)
        self.resize(560, 420)
        self.move(
            parent.mapToGlobal(parent.rect().center()).x() - 280, parent.mapToGlobal(parent.rect().topLeft()).y() + 90
        )
        self._fill("")
        self.query.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list, Return runs."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return False

    def _fill(self, query: str) -> None:
        self.list.clear()
        for menu in MENUS:
            for row_ in menu.actions:
                if row_.key not in HIDDEN and matches(query, f"{menu.title} {row_.title}".replace("&", "")):
                    self._add(row_.key, menu.title.replace("&", ""))
        self.list.setCurrentRow(0)

    def _add(self, key: str, menu: str) -> None:
        action = self._actions[key]
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, key)
        item.setSizeHint(QSize(100, 34))
        self.list.addItem(item)
        line = QWidget()
        picture, title = label(), label(action.text().rstrip("…"), "" if action.isEnabled() else "faint")
        picture.setPixmap(action.icon().pixmap(18, 18))
        picture.setFixedWidth(22)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        line.setLayout(row(picture, title, label(menu, "faint"), 1, label(keys, "dim"), margins=(8, 0, 8, 0)))
        self.list.setItemWidget(item, line)

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action = self._actions[item.data(Qt.ItemDataRole.UserRole)]
        if action.isEnabled():
            self.close()
            action.trigger()
