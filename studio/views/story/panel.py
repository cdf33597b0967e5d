"""The story panel: the list above, the text in the middle, how it is spoken beneath."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLineEdit, QSplitter, QVBoxLayout, QWidget

from studio.actions.desk import Desk
from studio.actions.speech import title_of
from studio.actions.stories import change_story
from studio.views.parts import ActionPush, EmptyState, Switcher, action_button, label, row
from studio.views.story.count import count_words, reading_s
from studio.views.story.editor import StoryEditor
from studio.views.story.stories import STATES, StoryList, StoryModel
from studio.views.story.voice import VoiceControls
from studio.views.timeline.timecode import spell_duration

ONE_STORY, TWO_LINES = 36, 52
"""Least heights of the list and of the text, so that a laptop's screen holds the window."""


class StoryPanel(QWidget):
    """Where a clip begins."""

    def __init__(self, desk: Desk, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.stories, self.editor, self.voice = StoryList(desk), StoryEditor(desk), VoiceControls(desk, actions)
        self.title = QLineEdit()
        self.title.setObjectName("StoryTitle")
        self.title.setPlaceholderText("Untitled story")
        self.count = label("", "dim")
        self.state = label("", "dim")
        self.stories.setMinimumHeight(ONE_STORY)
        self.editor.setMinimumHeight(TWO_LINES)
        self._lay_out(actions)
        self.title.textEdited.connect(self._retitle)
        self.title.editingFinished.connect(desk.document.end_gesture)
        self.editor.refused.connect(desk.notices.warn)
        desk.document.changed.connect(lambda old, new: self._fill())
        desk.selection.changed.connect(lambda old, new: self._fill())
        desk.programme.laid.connect(self._fill)
        self._fill()

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        buttons = [action_button(actions[key]) for key in ("story.new", "story.copy", "story.remove")]
        head = QFrame()
        head.setLayout(row(label("Rundown", "dim"), 1, *buttons, margins=(14, 6, 8, 2), gap=2))
        empty = EmptyState(
            "story",
            "No story yet",
            "A story is the text of a clip. Make one and type, or import sound.",
            [actions["story.new"], actions["file.import"]],
        )
        self.pages = Switcher(empty, self._body(actions))
        top = QWidget()
        column = _column(top)
        column.addWidget(head)
        column.addWidget(self.stories)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(top)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([130, 600])
        self.splitter.setChildrenCollapsible(False)
        _column(self).addWidget(self.splitter)

    def _body(self, actions: Mapping[str, QAction]) -> QWidget:
        body = QWidget()
        column = _column(body)
        column.addWidget(self.title)
        column.addWidget(self.editor, 1)
        facts = QFrame()
        facts.setLayout(row(self.count, 1, self.state, margins=(14, 8, 14, 0)))
        column.addWidget(facts)
        column.addWidget(self.voice)
        self.speak = ActionPush(actions["speech.speak"])
        record = action_button(actions["speech.record"])
        foot = QFrame()
        line = row(self.speak, record, margins=(14, 6, 14, 12))
        line.setStretch(0, 1)
        foot.setLayout(line)
        column.addWidget(foot)
        return body

    def _retitle(self, text: str) -> None:
        story = self._desk.story
        if story is not None:
            change_story(self._desk, "Title", gesture=("title", story.id), title=text)

    def _fill(self) -> None:
        story = self._desk.story
        self.pages.show_content(story is not None)
        if story is None:
            return
        shown = "" if story.title == "Untitled story" else story.title
        if self.title.text() != shown:
            self.title.setText(shown)
        self.title.setPlaceholderText(title_of(story))
        words = count_words(story.text)
        about = spell_duration(reading_s(story.text, story.rate_wpm))
        self.count.setText(f"{words:,} word{'' if words == 1 else 's'}  ·  reads in {about}")
        model = self.stories.model()
        assert isinstance(model, StoryModel)
        self.state.setText(STATES[model.state(story)])


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
