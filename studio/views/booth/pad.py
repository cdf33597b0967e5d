"""The PIN pad: digits to touch, click or type; it asks for the PIN, or has a new one chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.session.booth import LONGEST, SHORTEST, PinLock, hash_pin, is_pin
from studio.views.parts import label, push_button, row
from studio.views.theme import colour, font

KEY = QSize(72, 56)
DOT, APART = 12, 22
LAYOUT = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "back", "0", "ok")
ASK, CHOOSE, AGAIN = "Enter the PIN to leave the booth", "Choose a PIN to leave the booth", "Enter the PIN once more"


class PinPad(QFrame):
    """passed comes with the right PIN, chosen with the hash of a new one, cancelled when nobody wants to any more."""

    passed = Signal()
    chosen = Signal(str)
    cancelled = Signal()

    def __init__(self, lock: PinLock | None) -> None:
        """lock: what the PIN must open; None: a new PIN is chosen."""
        super().__init__()
        self.setObjectName("PinPad")
        self.lock, self.typed, self._first = lock, "", ""
        self.title = label(ASK if lock is not None else CHOOSE, "heading")
        self.said, self.dots = label("", "dim"), Dots()
        self.keys: dict[str, QPushButton] = {}
        self.cancel = push_button("Cancel", flat=True)
        self._bar = QTimer(self, interval=250)
        self._bar.timeout.connect(self._show_bar)
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.begin()

    def begin(self) -> None:
        """An empty pad."""
        self.typed = self._first = ""
        self.title.setText(ASK if self.lock is not None else CHOOSE)
        self._say(f"{SHORTEST} to {LONGEST} digits" if self.lock is None else "")
        self._show()
        self._show_bar()

    def _lay_out(self) -> None:
        self.title.setFont(font(13, bold=True))
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, name in enumerate(LAYOUT):
            key = QPushButton({"back": "⌫", "ok": "OK"}.get(name, name))
            key.setObjectName("PinKey")
            key.setFixedSize(KEY)
            key.setFont(font(15))
            key.setProperty("primary", name == "ok")
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.setAccessibleName({"back": "Delete the last digit", "ok": "OK"}.get(name, name))
            key.clicked.connect(lambda _=False, name=name: self.press(name))
            grid.addWidget(key, place // 3, place % 3)
            self.keys[name] = key
        column = QVBoxLayout(self)
        column.setContentsMargins(34, 28, 34, 20)
        column.setSpacing(14)
        for part in (self.title, self.dots, self.said):
            column.addWidget(part, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(grid)
        column.addLayout(row(1, self.cancel, 1))

    def press(self, name: str) -> None:
        """A key of the pad."""
        if name == "back":
            self.typed = self.typed[:-1]
        elif name == "ok":
            self._enter()
            return
        elif len(self.typed) < LONGEST:
            self.typed += name
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keyboard does what the pad does."""
        if event.text().isdigit() and event.text().isascii():
            self.press(event.text())
        elif event.key() == Qt.Key.Key_Backspace:
            self.press("back")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.press("ok")
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if not is_pin(self.typed):
            return
        typed, self.typed = self.typed, ""
        if self.lock is None:
            self._choose(typed)
        elif self.lock.opens(typed):
            self.passed.emit()
            return
        else:
            wrong = self.lock.wrong
            self._say(f"Wrong PIN, {wrong} {'try' if wrong == 1 else 'tries'} so far", "error")
            self._show_bar()
        self._show()

    def _choose(self, typed: str) -> None:
        if not self._first:
            self._first = typed
            self.title.setText(AGAIN)
            self._say("")
        elif typed == self._first:
            self.chosen.emit(hash_pin(typed))
        else:
            self.begin()
            self._say("The two were not the same: choose again", "error")

    def _show(self) -> None:
        self.dots.show_count(len(self.typed))
        barred = self.lock is not None and self.lock.barred_s > 0
        for name, key in self.keys.items():
            usable = {"back": bool(self.typed), "ok": is_pin(self.typed)}.get(name, True)
            key.setEnabled(usable and not barred)

    def _show_bar(self) -> None:
        """Count down while too many wrong PINs bar the pad."""
        left_s = 0.0 if self.lock is None else self.lock.barred_s
        if left_s > 0 and self.lock is not None:
            self._say(f"Wrong PIN, {self.lock.wrong} tries so far: wait {int(left_s) + 1} s", "error")
            self._bar.start()
        elif self._bar.isActive():
            self._bar.stop()
            self._say("")
        self._show()

    def _say(self, text: str, role: str = "dim") -> None:
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setText(text)


class Dots(QWidget):
    """How many digits were typed, not which."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for the longest PIN."""
        return QSize(LONGEST * APART, DOT + 6)

    def show_count(self, count: int) -> None:
        """Draw another number."""
        self._count = count
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Full dots for digits, hollow ones up to the shortest PIN."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = max(self._count, SHORTEST)
        left = (self.width() - shown * APART) / 2 + (APART - DOT) / 2
        for i in range(shown):
            painter.setPen(QPen(colour("accent" if i < self._count else "faint"), 1.5))
            painter.setBrush(colour("accent") if i < self._count else colour("sunken"))
            painter.drawEllipse(round(left + i * APART), 3, DOT, DOT)
        painter.end()
