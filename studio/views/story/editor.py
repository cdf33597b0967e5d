"""The text of the story: typing becomes edits of the document, the word being heard is marked."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from engines.api.values import Word
from studio.actions.desk import Desk
from studio.actions.stories import change_story
from studio.document.project import Project
from studio.session.selection import Selected
from studio.views.theme import colour

PAUSE_MS = 900
"""A pause in typing this long ends a step of undo."""
LONGEST = 200_000


class StoryEditor(QPlainTextEdit):
    """Shows the story being edited. Undo belongs to the document, so the widget keeps none of its own."""

    refused = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("StoryText")
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Type or paste the story here, then press Ctrl+Return to hear it.")
        self._desk = desk
        self._filling = False
        self._marked: Word | None = None
        self._gesture: object = object()
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._end_step)
        self.textChanged.connect(self._typed)
        desk.document.changed.connect(self._document_changed)
        desk.selection.changed.connect(self._selection_changed)
        desk.transport.moved.connect(self._mark)
        self._fill()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the text ends the step of undo."""
        self._end_step()
        super().focusOutEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste plain text only, and not a whole archive by mistake."""
        if len(source.text()) + self.document().characterCount() > LONGEST:
            self.refused.emit(f"A story holds at most {LONGEST:,} characters: paste a shorter text.")
            return
        self.insertPlainText(source.text())

    def _typed(self) -> None:
        if not self._filling:
            change_story(self._desk, "Typing", gesture=self._gesture, text=self.toPlainText())
            self._pause.start()

    def _end_step(self) -> None:
        self._pause.stop()
        self._gesture = object()
        self._desk.document.end_gesture()

    def _document_changed(self, old: Project, new: Project) -> None:
        self._fill()

    def _selection_changed(self, old: Selected, new: Selected) -> None:
        if old.story != new.story:
            self._end_step()
            self._fill()
            self.moveCursor(QTextCursor.MoveOperation.End)

    def _fill(self) -> None:
        """Bring the widget to the document's text by changing only what differs, so the cursor lands there."""
        story = self._desk.story
        self.setEnabled(story is not None)
        new, old = story.text if story is not None else "", self.toPlainText()
        if new == old:
            return
        self._filling = True
        start, old_end, new_end = difference(old, new)
        cursor = self.textCursor()
        cursor.setPosition(units(old[:start]))
        cursor.setPosition(units(old[:old_end]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(new[start:new_end])
        self.setTextCursor(cursor)
        self._filling = False

    def _mark(self, at_s: float) -> None:
        """Mark the word being heard, if it belongs to this story."""
        passage = self._desk.programme.passage_at(at_s)
        story = self._desk.story
        word = None
        if passage is not None and story is not None and passage.item.story == story.id:
            word = passage.word_at(at_s)
        if word is not self._marked:
            self._marked = word
            self.setExtraSelections([] if word is None or word.offset < 0 else [self._spoken(word)])

    def _spoken(self, word: Word) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        text = self.toPlainText()
        start = units(text[: word.offset])
        cursor = QTextCursor(self.document())
        last = self.document().characterCount() - 1
        cursor.setPosition(min(start, last))
        cursor.setPosition(
            min(start + units(text[word.offset : word.offset + len(word.text)]), last), QTextCursor.MoveMode.KeepAnchor
        )
        mark.cursor = cursor
        mark.format.setBackground(colour("accent_deep"))
        mark.format.setForeground(colour("text"))
        if not self.hasFocus():
            self._scroll_to(cursor)
        return mark

    def _scroll_to(self, cursor: QTextCursor) -> None:
        """Bring a place into sight as a prompter does, without moving the cursor one types at."""
        block = cursor.block()
        inside = block.layout().lineForTextPosition(cursor.positionInBlock())
        line = block.firstLineNumber() + (inside.lineNumber() if inside.isValid() else 0)
        bar, last = self.verticalScrollBar(), self.verticalScrollBar().pageStep() - 2
        if not bar.value() <= line <= bar.value() + last:
            bar.setValue(max(line - 2, 0))


def difference(old: str, new: str) -> tuple[int, int, int]:
    """Where two texts differ: first difference, its end in the old, its end in the new."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    same = 0
    while same < shorter - start and old[-1 - same] == new[-1 - same]:
        same += 1
    return start, len(old) - same, len(new) - same


def units(text: str) -> int:
    """Length as Qt counts it: UTF-16 units, two for an emoji."""
    return len(text) + sum(c > "\uffff" for c in text)
