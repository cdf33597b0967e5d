"""What the user is told: toasts over the window for a moment, and a log that keeps everything with its details."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.session.notices import Level, Notice, Notices
from studio.views.clearing import controls_of, free_place
from studio.views.parts import GAP, EmptyState, Switcher, label, push_button, row
from studio.views.theme import font, icon, pixmap

SHOWN_MS = {Level.INFO: 5000, Level.WARNING: 9000, Level.ERROR: 15000}
LOOK = {Level.INFO: ("info", "accent"), Level.WARNING: ("warning", "warning"), Level.ERROR: ("error", "record")}
MOST = 4
KEPT = 500


class Toast(QFrame):
    """One notice over the window; stays while the mouse is on it."""

    def __init__(self, notice: Notice, parent: QWidget, stack: ToastStack) -> None:
        super().__init__(parent)
        self.setObjectName("Toast")
        self.setProperty("level", notice.level.name.lower())
        self.notice = notice
        self._timer = QTimer(self, interval=SHOWN_MS[notice.level], singleShot=True)
        self._timer.timeout.connect(lambda: stack.drop(self))
        picture = QLabel()
        picture.setPixmap(pixmap(LOOK[notice.level][0], 20, LOOK[notice.level][1]))
        said = label(notice.sentence, wrap=True)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setIcon(icon("close", "dim"))
        close.clicked.connect(lambda: stack.drop(self))
        line = row(picture, said, margins=(12, 10, 8, 10))
        line.setStretch(1, 1)
        if notice.details:
            details = push_button("Details", flat=True)
            details.clicked.connect(lambda: stack.open_details(notice))
            line.addWidget(details)
        line.addWidget(close)
        self.setLayout(line)
        self.setFixedWidth(420)
        self._timer.start()

    def enterEvent(self, event: QEvent) -> None:
        """Being read."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Read."""
        self._timer.start()


class ToastStack(QObject):
    """Keeps toasts near the lower right corner of the window, where they cover no control."""

    def __init__(self, window: QWidget, notices: Notices, panel: NoticesPanel) -> None:
        super().__init__(window)
        self._window, self._panel = window, panel
        self.toasts: list[Toast] = []
        notices.posted.connect(self.show_notice)
        window.installEventFilter(self)

    def drop(self, toast: Toast) -> None:
        """Take a toast away; the log keeps its notice."""
        if toast in self.toasts:
            self.toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def open_details(self, notice: Notice) -> None:
        """Show the log with a notice and its details."""
        self._panel.choose(notice)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The corner moves with the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    def show_notice(self, notice: Notice) -> None:
        """Put a notice above the others; the same sentence is never there twice."""
        same = [t for t in self.toasts if t.notice.sentence == notice.sentence]
        for toast in same or self.toasts[: max(len(self.toasts) - MOST + 1, 0)]:
            self.drop(toast)
        toast = Toast(notice, self._window, self)
        self.toasts.append(toast)
        toast.show()
        self._arrange()

    def _arrange(self) -> None:
        inside = self._window.rect().adjusted(20, 20, -20, -40)
        taken = controls_of(self._window, self.toasts)
        for toast in reversed(self.toasts):
            toast.setFixedHeight(toast.heightForWidth(toast.width()))
            toast.move(free_place(toast.size(), inside, taken))
            toast.raise_()
            taken.append(toast.geometry().adjusted(0, -GAP, 0, GAP))


class NoticesPanel(QWidget):
    """The log of the session; choosing a line shows its details."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list, self.details = QListWidget(), QPlainTextEdit()
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda current, previous: self._tell(current))
        self.details.setReadOnly(True)
        self.details.setFont(font(9, mono=True))
        self.details.setVisible(False)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.list)
        split.addWidget(self.details)
        clear = push_button("Clear", flat=True)
        clear.clicked.connect(self._clear)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(6, 6, 6, 4)
        inner.addWidget(split, 1)
        inner.addLayout(row(1, clear))
        self.pages = Switcher(EmptyState("bell", "No notices", "What the studio has to say is kept here."), body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self._notices = notices
        for notice in notices.all:
            self._add(notice)
        notices.posted.connect(self._add)

    def choose(self, notice: Notice) -> None:
        """Select a notice, so that its details show."""
        for i in range(self.list.count()):
            if self.list.item(i).data(Qt.ItemDataRole.UserRole) == notice:
                self.list.setCurrentRow(i)
        self._raise()

    def _raise(self) -> None:
        dock = self.parentWidget()
        if dock is not None:
            dock.show()
            dock.raise_()

    def _add(self, notice: Notice) -> None:
        item = QListWidgetItem(icon(*LOOK[notice.level]), notice.sentence)
        item.setData(Qt.ItemDataRole.UserRole, notice)
        self.list.insertItem(0, item)
        if self.list.count() > KEPT:
            self.list.takeItem(KEPT)
        self.pages.show_content(True)

    def _tell(self, item: QListWidgetItem | None) -> None:
        notice = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        self.details.setPlainText(notice.details if notice is not None else "")
        self.details.setVisible(notice is not None and bool(notice.details))

    def _clear(self) -> None:
        self._notices.clear()
        self.list.clear()
        self.pages.show_content(False)
