"""What the timeline plays: its items with their loaded takes, mixed into one sound on a worker thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.api.values import Audio, Phone, Speech, Word
from studio.audio.mix import timeline_audio
from studio.audio.peaks import Peaks
from studio.bridge.passages import Passage
from studio.bridge.project_file import ProjectFile
from studio.bridge.tasks import Tasks
from studio.document import edits
from studio.document.history import Document
from studio.document.project import Project, TakeRef
from studio.session.notices import Notices

LIVE = "live:"
"""Digests of takes that are still being spoken begin with this."""
NOTHING = Speech(Audio(np.zeros(0, np.float32), 48_000))
KEPT_TAKES = 64
"""Loaded takes kept for undo and for stories off the timeline."""


class Programme(QObject):
    """The timeline as it sounds. Speech that is still being made plays from where its take will lie."""

    laid = Signal()
    """Items, their words or their phones changed."""
    mixed = Signal()
    """The sound changed."""

    def __init__(self, document: Document, file: ProjectFile, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self.passages: tuple[Passage, ...] = ()
        self.audio: Audio | None = None
        self.peaks: Peaks | None = None
        self._document, self._file, self._tasks, self._notices = document, file, tasks, notices
        self._takes: OrderedDict[str, Speech] = OrderedDict()
        self._loading: set[str] = set()
        self._live: dict[str, Speech] = {}
        document.changed.connect(self._document_changed)
        file.opened.connect(self._forget)
        self._lay()

    @property
    def seconds(self) -> float:
        """Length of the timeline."""
        return max((p.item.end_s for p in self.passages), default=0.0)

    def words(self) -> Iterator[Word]:
        """All words at their times."""
        for passage in self.passages:
            yield from passage.words()

    def phones(self) -> Iterator[Phone]:
        """All phones at their times."""
        for passage in self.passages:
            yield from passage.phones()

    def passage_at(self, at_s: float) -> Passage | None:
        """What is heard at a time."""
        return next((p for p in self.passages if p.item.start_s <= at_s < p.item.end_s), None)

    def passage_of(self, story_id: str) -> Passage | None:
        """Where a story lies."""
        return next((p for p in self.passages if p.item.story == story_id), None)

    def keep(self, digest: str, speech: Speech) -> None:
        """A take was just saved: it need not be read again."""
        self._takes[digest] = speech
        while len(self._takes) > KEPT_TAKES:
            self._takes.popitem(last=False)

    def show_live(self, story_id: str, speech: Speech | None) -> None:
        """Play what has been spoken so far of a story; None: its take in the document counts again."""
        if speech is None:
            self._live.pop(story_id, None)
        else:
            self._live[story_id] = speech
        self._lay()

    @property
    def speaking(self) -> bool:
        """Whether any story is being spoken."""
        return bool(self._live)

    def is_live(self, story_id: str) -> bool:
        """Whether a story is being spoken."""
        return story_id in self._live

    def _document_changed(self, old: Project, new: Project) -> None:
        if old.tracks != new.tracks:
            self._lay()

    def _lay(self) -> None:
        project = self._document.project
        for story_id, speech in self._live.items():
            project = edits.set_take(project, story_id, TakeRef(LIVE + story_id, speech.audio.seconds))
        self._project = project
        items = [item for track in project.tracks if not track.muted for item in track.items]
        self.passages = tuple(Passage(item, self._speech(item.take.digest)) for item in items)
        self.laid.emit()
        self._mix()

    def _speech(self, digest: str) -> Speech | None:
        if digest.startswith(LIVE):
            return self._live.get(digest.removeprefix(LIVE))
        if digest in self._takes:
            self._takes.move_to_end(digest)
            return self._takes[digest]
        self._load(digest)
        return None

    def _load(self, digest: str) -> None:
        if digest in self._loading:
            return
        self._loading.add(digest)
        takes = self._file.store.takes
        task = self._tasks.run(lambda: takes.load(digest), lambda speech: self._loaded(digest, speech))
        task.failed.connect(lambda error, details: self._notices.error(str(error)))

    def _loaded(self, digest: str, speech: Speech) -> None:
        self._loading.discard(digest)
        self.keep(digest, speech)
        self._lay()

    def _mix(self) -> None:
        """Mix on a worker thread; takes still on their way from disk are silent until they come."""
        project, known = self._project, {p.item.take.digest: p.speech for p in self.passages if p.speech is not None}
        self._tasks.run(lambda: _mixed(project, known), self._take_mix, channel="mix", lane="mix")

    def _take_mix(self, mixed: tuple[Audio, Peaks] | None) -> None:
        self.audio, self.peaks = mixed or (None, None)
        self.mixed.emit()

    def _forget(self) -> None:
        self._takes.clear()
        self._loading.clear()
        self._live.clear()
        self._lay()


def _mixed(project: Project, known: dict[str, Speech]) -> tuple[Audio, Peaks] | None:
    if not known:
        return None
    audio = timeline_audio(project, lambda digest: known.get(digest, NOTHING))
    return audio, Peaks.of(audio)
