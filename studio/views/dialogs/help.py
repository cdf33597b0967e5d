"""Help dialogs: keyboard shortcuts from the tables, what the doctor finds, about."""

from __future__ import annotations

import platform

from PySide6 import __version__ as qt_version
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QListWidget, QListWidgetItem, QScrollArea, QVBoxLayout, QWidget

from engines.api.jobs import DoctorJob
from engines.api.values import Finding
from studio.actions.all import MENUS
from studio.actions.desk import Desk
from studio.views.parts import label, push_button, row
from studio.views.theme import icon, pixmap

ABOUT = (
    "Type a story, hear it, watch the presenter say it, and export a clip that can go to air. "
    "The presenter and the avatar are computer-made; no real person's likeness is used."
)

LICENCE = "GPL-3.0-or-later. Speech by eSpeak NG; notices of third parties come with it."


class ShortcutsDialog(QDialog):
    """Every action that has a key, menu by menu."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        grid_holder = QWidget()
        grid = QGridLayout(grid_holder)
        grid.setHorizontalSpacing(28)
        line = 0
        for menu in MENUS:
            grid.addWidget(label(menu.title.replace("&", ""), "heading"), line, 0, 1, 2)
            line += 1
            for action in menu.actions:
                if action.keys:
                    native = QKeySequence.SequenceFormat.NativeText
                    keys = "  or  ".join(QKeySequence(k).toString(native) for k in action.keys)
                    grid.addWidget(label(action.title.rstrip("…")), line, 0)
                    grid.addWidget(label(keys, "dim"), line, 1)
                    line += 1
        scroll = QScrollArea()
        scroll.setWidget(grid_holder)
        scroll.setWidgetResizable(True)
        _framed(self, "Keyboard shortcuts", scroll)
        self.resize(480, 620)


class DoctorDialog(QDialog):
    """What the studio needs on this machine, examined one by one."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Doctor")
        self.list, self.said = QListWidget(), label("Examining…", "dim", wrap=True)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addWidget(self.said)
        _framed(self, "What the studio needs", body)
        self.resize(600, 460)
        running = desk.rooms.submit(DoctorJob(), channel="doctor")
        running.arrived.connect(self._add)
        running.finished.connect(self._sum_up)
        running.failed.connect(self._fail)
        self.finished.connect(lambda _: desk.rooms.drop("doctor"))

    def _add(self, finding: Finding) -> None:
        look = icon("success", "success") if finding.well else icon("error", "record")
        self.list.addItem(QListWidgetItem(look, f"{finding.subject}: {finding.words}"))

    def _fail(self, message: str, details: str) -> None:
        self.said.setText(message)

    def _sum_up(self, findings: tuple[Finding, ...]) -> None:
        bad = sum(not finding.well for finding in findings)
        self.said.setText("Everything is there." if not bad else f"{bad} of {len(findings)} need attention.")


class AboutDialog(QDialog):
    """Name, purpose, versions, licence."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Anchor Studio")
        mark, body = label(), QWidget()
        mark.setPixmap(pixmap("anchor-studio", 96))
        column = QVBoxLayout(body)
        column.setSpacing(10)
        column.addWidget(mark, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label("Anchor Studio", "title"), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label(ABOUT, "", wrap=True))
        column.addWidget(label(LICENCE, "dim", wrap=True))
        versions = f"Python {platform.python_version()}, Qt {qt_version}, {platform.platform()}"
        column.addWidget(label(versions, "faint", wrap=True))
        _framed(self, "", body)
        self.resize(420, 380)


def _framed(dialog: QDialog, title: str, body: QWidget) -> None:
    close = push_button("Close", primary=True)
    close.clicked.connect(dialog.accept)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(18, 16, 18, 16)
    column.setSpacing(12)
    if title:
        column.addWidget(label(title, "title"))
    column.addWidget(body, 1)
    column.addLayout(row(1, close))
