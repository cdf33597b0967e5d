"""The mouth of what is being typed: lips of the words at the caret, latest wins; of the sentence when it rests."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engines.api.textlip import LIP_FPS, LipPictures, LipsJob
from engines.api.values import SILENCE, ByteArray, Phone
from studio.bridge.rooms import RoomBridge
from studio.document.history import Document
from studio.document.project import Project, Story
from studio.session import Selection
from studio.session.typing import changed_at, sentence_around, words_before

CHANNEL = "lips"
REST_MS = 900
"""After so long without a key the whole sentence is said."""
LONGEST_S = 20.0


class TypedLips(QObject):
    """Paints and plays the lips of the story being typed, while somebody looks."""

    changed = Signal()
    """Another picture, other words, or other trouble."""

    def __init__(self, document: Document, selection: Selection, rooms: RoomBridge) -> None:
        super().__init__()
        self._document, self._selection, self._rooms = document, selection, rooms
        self.identity = ""
        """A picture or video file whose mouth speaks; empty for the clip's presenter."""
        self.words = ""
        self.trouble = ""
        """Why no lips are painted, in one sentence; empty if all is well."""
        self.first_s = 0.0
        """Seconds from the last keystroke that was answered to its first picture."""
        self._pictures: list[ByteArray] = []
        self._shown = -1
        self._asked_s = self._began_s = 0.0
        self._place = 0
        self._watching = False
        self._beat = QTimer(self, interval=round(1000 / LIP_FPS), timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._step)
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self.say_sentence)
        self._unlisten = document.changed.connect(self._document_changed)

    @property
    def picture(self) -> ByteArray | None:
        """The lip picture (80, 160, 3) to be shown now."""
        return self._pictures[self._shown] if 0 <= self._shown < len(self._pictures) else None

    @property
    def moving(self) -> bool:
        """Whether lips move or will in a moment."""
        return self._beat.isActive()

    def watch(self, on: bool) -> None:
        """Work only while somebody looks."""
        self._watching = on
        if not on:
            self._halt()
        elif self.picture is None:
            self._begin()

    def _begin(self) -> None:
        """The mouth at rest, so that the engine is awake before the first key."""
        identity = self.identity or self._document.project.clip.presenter
        self._submit(LipsJob(phones=(Phone(SILENCE, 0.0, 0.08),), identity=identity))
        self.say_sentence()

    def say_sentence(self) -> None:
        """Say the whole sentence at the place of the last change."""
        story = self._story()
        if story is not None:
            self._say(sentence_around(story.text, min(self._place, len(story.text))), story)

    def close(self) -> None:
        """Stop and listen no more."""
        self.watch(False)
        self._unlisten()

    def _document_changed(self, old: Project, new: Project) -> None:
        story = self._story()
        before = None if story is None else old.story(story.id)
        if story is None or not self._watching:
            return
        if before is not None and before.text != story.text:
            self._place = changed_at(before.text, story.text)
            self._say(words_before(story.text, self._place), story)
            self._rest.start()
        elif old.clip.presenter != new.clip.presenter:
            self.say_sentence()

    def _story(self) -> Story | None:
        return self._document.project.story(self._selection.now.story)

    def _say(self, words: str, story: Story) -> None:
        self._rest.stop()
        if not any(character.isalnum() for character in words):
            return
        project = self._document.project
        language = story.voice.partition("+")[0]
        job = LipsJob(
            words,
            identity=self.identity or project.clip.presenter,
            rate_wpm=story.rate_wpm,
            language=language if language.startswith("en") else "en-gb",
            pronunciations=(*project.pronunciations, *story.pronunciations),
            longest_s=LONGEST_S,
        )
        self.words = words
        self._submit(job)

    def _submit(self, job: LipsJob) -> None:
        self._asked_s = time.monotonic()
        running = self._rooms.submit(job, channel=CHANNEL)
        running.arrived.connect(self._take)
        running.failed.connect(lambda message, details: self._fail(message))

    def _take(self, lips: LipPictures) -> None:
        if lips.first == 0:
            self._pictures, self.trouble = [], ""
            self.first_s = time.monotonic() - self._asked_s
            self._began_s, self._shown = time.monotonic(), 0
            self._beat.start()
        self._pictures.extend(lips.pictures)
        if lips.first == 0:
            self.changed.emit()

    def _step(self) -> None:
        """Show the picture of now; the last one stays."""
        wanted = int((time.monotonic() - self._began_s) * LIP_FPS)
        number = min(wanted, len(self._pictures) - 1)
        if wanted > len(self._pictures) + LIP_FPS:
            self._beat.stop()
        if number != self._shown:
            self._shown = number
            self.changed.emit()

    def _fail(self, message: str) -> None:
        self._halt()
        self.trouble = message
        self.changed.emit()

    def _halt(self) -> None:
        self._rooms.drop(CHANNEL)
        self._beat.stop()
        self._rest.stop()


def phones_between(phones: Iterable[Phone], start_s: float, end_s: float) -> tuple[Phone, ...]:
    """The phones of a stretch of the timeline, in order, in seconds from its start."""
    inside = (p for p in phones if p.end_s > start_s and p.start_s < end_s)
    return tuple(
        replace(p, start_s=max(p.start_s - start_s, 0.0), end_s=min(p.end_s, end_s) - start_s)
        for p in sorted(inside, key=lambda p: p.start_s)
    )
