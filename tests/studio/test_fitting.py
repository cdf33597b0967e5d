"""Where there is little room: texts give way and say the rest in their tool tips, panels fit a laptop's window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from studio.app import Studio
from studio.views.codec.panel import CodecPanel
from studio.views.comparison.panel import ComparisonPanel
from studio.views.fitting import Brief, Choice
from studio.views.parts import push_button, row
from studio.views.theme import SPACED
from tests.studio.conftest import LIMIT_MS, trigger

LAPTOP = QSize(1280, 690)
"""A small laptop's screen without the bars of its desktop."""
NAMES = ("Al", "Samantha Featherstone-Haugh of Ballyhaunis")


@pytest.fixture
def small(studio: Studio, qtbot: QtBot) -> Studio:
    studio.window.resize(LAPTOP)
    studio.window.docks.reset()
    qtbot.waitUntil(lambda: studio.window.size() == LAPTOP, timeout=LIMIT_MS)
    return studio


def field(box: Choice) -> int:
    """Pixels of the text of a box."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    return box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width()


@pytest.fixture
def line(studio: Studio, qtbot: QtBot) -> QWidget:
    """A line with a choice between two names and a text of two forms."""
    made = QWidget()
    box, told = Choice("Who speaks"), Brief("dim")
    box.addItems(NAMES)
    told.say("Rendering every fifth picture", "7 of 9")
    parts = row(told, box)
    parts.setStretch(0, 1)
    made.setLayout(parts)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_choice_has_room_for_what_is_chosen(line: QWidget, qtbot: QtBot) -> None:
    box = line.findChild(Choice)
    assert box is not None
    short = box.sizeHint().width()
    box.setCurrentIndex(1)
    assert box.sizeHint().width() > short and box.toolTip() == f"Who speaks: {NAMES[1]}"
    line.resize(900, 60)
    wanted = box.fontMetrics().horizontalAdvance(NAMES[1])
    qtbot.waitUntil(lambda: field(box) >= wanted, timeout=LIMIT_MS)


def test_a_text_takes_its_short_form_where_the_long_one_has_no_room(line: QWidget, qtbot: QtBot) -> None:
    told = line.findChild(Brief)
    assert told is not None
    line.resize(900, 60)
    qtbot.waitUntil(lambda: told.text() == "Rendering every fifth picture", timeout=LIMIT_MS)
    line.resize(line.minimumSizeHint().width(), 60)
    qtbot.waitUntil(lambda: told.text() == "7 of 9", timeout=LIMIT_MS)
    assert told.toolTip() == "Rendering every fifth picture"


def test_the_icon_of_a_button_keeps_away_from_its_text(studio: Studio) -> None:
    button: QPushButton = push_button("Export", "export")
    drawn = button.icon().pixmap(SPACED).toImage()
    assert button.iconSize() == SPACED and drawn.width() == SPACED.width()
    blank = range(SPACED.height(), SPACED.width())
    assert not any(drawn.pixelColor(x, y).alpha() for x in blank for y in range(drawn.height()))


@pytest.mark.parametrize(("name", "kind"), [("comparison", ComparisonPanel), ("codec", CodecPanel)])
def test_panels_of_sound_need_no_sideways_scrolling_on_a_laptop(
    small: Studio, qtbot: QtBot, name: str, kind: type[QWidget]
) -> None:
    trigger(small, "space.sound")
    dock = small.window.docks.by_name[name]
    dock.raise_()
    qtbot.waitUntil(lambda: dock.findChild(kind) is not None, timeout=LIMIT_MS)
    panel = dock.findChild(kind)
    qtbot.waitUntil(lambda: dock.width() > LAPTOP.width() // 2, timeout=LIMIT_MS)
    assert panel.minimumSizeHint().width() <= dock.width()


def test_the_window_keeps_its_size_from_workspace_to_workspace(small: Studio, qtbot: QtBot) -> None:
    for space in ("avatar", "sound", "avatar", "sound", "newsroom"):
        trigger(small, f"space.{space}")
        assert small.window.size() == LAPTOP
