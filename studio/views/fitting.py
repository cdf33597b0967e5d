"""Texts and choices that give way where there is no room, and say the whole in their tool tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
)

FEWEST = 3
"""Letters of a choice that are always seen."""
INSET = 6
"""Pixels between a number and the rim of its field."""


def inset(*boxes: QAbstractSpinBox) -> None:
    """Keep numbers clear of the rim of their fields, which a style sheet cannot."""
    for box in boxes:
        box.lineEdit().setTextMargins(INSET, 0, 0, 0)


class Elided(QLabel):
    """A line of text that gives way where there is no room."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class Brief(QLabel):
    """A line of text with a shorter form, which is shown where the long one has no room."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self._long = self._short = ""

    def say(self, long: str, short: str) -> None:
        """Another text, in both forms."""
        self._long, self._short = long, short
        self.setToolTip(long)
        self._fit()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Room for the short form."""
        return QSize(self.fontMetrics().horizontalAdvance(self._short), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """No more is asked for; what is left over shows the long form."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the form."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self._long) <= self.width()
        self.setText(self._long if fits else self._short)


class Choice(QComboBox):
    """A box as wide as what is chosen; where it has less room its text ends in dots and its tool tip has the rest."""

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(FEWEST)
        self.currentTextChanged.connect(self._tell)
        self._tell("")

    def sizeHint(self) -> QSize:
        """Room for what is chosen."""
        least = super().sizeHint()
        more = self.fontMetrics().horizontalAdvance(self.currentText()) - self._field().width()
        return QSize(max(least.width(), self.width() + more), least.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return super().sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As any box; a style sheet's own would cut the text off in the middle of a letter."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self._field().width()
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _field(self) -> QSize:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        return self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).size()

    def _tell(self, chosen: str) -> None:
        self.setToolTip(f"{self._tip}: {chosen}" if chosen else self._tip)
        self.updateGeometry()
