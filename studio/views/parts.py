"""Small pieces every panel is made of: labels with a role, buttons of actions, the empty state that says what to do."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.views.theme import SPACED, icon, pixmap

GAP = 8
HINT_WIDTH = 226
PICTURE = 40
"""Pixels across the icon of an empty panel."""


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label whose role the style sheet knows: dim, faint, title, heading, error, timecode."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def action_button(action: QAction, *, primary: bool = False, text: bool = False) -> QToolButton:
    """A tool button of an action: icon only, or with its text beside it."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    button.setAutoRaise(True)
    if text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("primary", primary)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def push_button(text: str, icon_name: str = "", *, primary: bool = False, flat: bool = False) -> QPushButton:
    """A push button of a dialog or an empty state."""
    button = QPushButton(text)
    if icon_name:
        show_icon(button, icon_name, "on_accent" if primary else "text")
    button.setProperty("primary", primary)
    button.setProperty("flat", flat)
    button.setAutoDefault(primary)
    button.setDefault(primary)
    return button


def show_icon(button: QPushButton, icon_name: str, tone: str = "text") -> None:
    """Give a push button its icon, or another one."""
    button.setIcon(icon(icon_name, tone, spaced=True))
    button.setIconSize(SPACED)


class ActionPush(QPushButton):
    """A push button of an action, for the one thing a panel is about."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.setProperty("primary", True)
        self.setMinimumHeight(34)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.iconText())  # begins with blanks: a button puts its text too close to the icon
        self.setIcon(self._action.icon())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


def row(*widgets: QWidget | int, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = GAP) -> QHBoxLayout:
    """Widgets side by side; a number is a stretch of that weight."""
    layout = QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for widget in widgets:
        if isinstance(widget, int):
            layout.addStretch(widget)
        else:
            layout.addWidget(widget)
    return layout


def row_widget(*parts: QWidget) -> QWidget:
    """Widgets side by side, to the left, as one."""
    made = QWidget()
    made.setLayout(row(*parts, 1))
    return made


def column_widget(*parts: QWidget) -> QWidget:
    """Widgets below each other without gaps, as one; the last takes what room there is."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    column.setStretch(len(parts) - 1, 1)
    return made


class EmptyState(QWidget):
    """What a panel shows while it has nothing: a pale icon, what belongs here, and buttons for the next step.

    In a low place the icon is left out, in a lower one the hint too.
    """

    def __init__(self, icon_name: str, title: str, hint: str, actions: Iterable[QAction] = ()) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.picture = QLabel()
        self.picture.setPixmap(pixmap(icon_name, PICTURE, "faint"))
        self.title, self.hint = label(title, "heading"), label("", "dim", wrap=True)
        for part in (self.picture, self.title, self.hint):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setFixedWidth(HINT_WIDTH)
        buttons = [action_button(action, text=True) for action in actions]
        self._foot = row(1, *buttons, 1)
        column = QVBoxLayout(self)
        column.setSpacing(GAP)
        column.addStretch(1)
        column.addWidget(self.picture)
        column.addWidget(self.title)
        column.addWidget(self.hint, alignment=Qt.AlignmentFlag.AlignHCenter)
        if buttons:
            column.addLayout(self._foot)
        column.addStretch(1)
        self.say(hint)

    def say(self, hint: str) -> None:
        """Another hint, with the room it needs."""
        self.hint.setText(hint)
        self.hint.ensurePolished()
        self.hint.setFixedHeight(self.hint.heightForWidth(HINT_WIDTH) if hint else 0)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Title and buttons."""
        width = max(HINT_WIDTH, self.title.sizeHint().width(), self._foot.sizeHint().width())
        return QSize(width + 2 * GAP, self._least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._fit()

    @property
    def _least(self) -> int:
        return self.title.sizeHint().height() + self._foot.sizeHint().height() + 4 * GAP

    def _fit(self) -> None:
        with_hint = self._least + self.hint.minimumHeight() + GAP
        self.hint.setVisible(self.height() >= with_hint)
        self.picture.setVisible(self.height() >= with_hint + PICTURE + GAP)


class Switcher(QWidget):
    """Shows either the empty state or the content of a panel."""

    def __init__(self, empty: QWidget, content: QWidget) -> None:
        super().__init__()
        self.empty, self.content = empty, content
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)

    def show_content(self, full: bool) -> None:
        """Choose the content (True) or the empty state."""
        self._stack.setCurrentWidget(self.content if full else self.empty)

    @property
    def is_empty(self) -> bool:
        """Whether the empty state is shown."""
        return self._stack.currentWidget() is self.empty
