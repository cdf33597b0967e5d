"""The pronunciation list: how names are said, without touching the text of any story."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from engines.api.jobs import Pronunciation, SpeakJob
from engines.api.values import Speech
from studio.actions.desk import Desk
from studio.actions.stories import set_pronunciations
from studio.audio.speaker import Speaker
from studio.views.parts import label, push_button, row

HINT = "Write each term as it should be heard: “Siobhan” as “shivawn”. The stories stay as they are."


class PronunciationsDialog(QDialog):
    """Two columns: the term, and how to say it. Every change is in the project at once and can be undone."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Pronunciations")
        self._desk = desk
        self.speaker = Speaker(desk.settings.now.output_device)
        self.table = QTableWidget(0, 2)
        self.table.setHorizontalHeaderLabels(["Term", "Say it as"])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.add, self.remove = push_button("Add", "plus"), push_button("Remove", "trash")
        self.listen, close = push_button("Listen", "speak"), push_button("Close", primary=True)
        self._fill(desk.document.project.pronunciations)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(label("Pronunciations", "title"))
        column.addWidget(label(HINT, "dim", wrap=True))
        column.addWidget(self.table, 1)
        column.addLayout(row(self.add, self.remove, self.listen, 1, close))
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.listen.clicked.connect(self._listen)
        close.clicked.connect(self.accept)
        self.table.itemChanged.connect(lambda item: self._write())
        self.table.itemSelectionChanged.connect(self._enable)
        self._enable()
        self.resize(520, 400)

    def terms(self) -> tuple[Pronunciation, ...]:
        """The rows that are complete."""
        rows = [(self._text(i, 0), self._text(i, 1)) for i in range(self.table.rowCount())]
        return tuple(Pronunciation(term, spoken) for term, spoken in rows if term and spoken)

    def _fill(self, terms: tuple[Pronunciation, ...]) -> None:
        for entry in terms:
            self._append(entry.term, entry.respelling)

    def _append(self, term: str, respelling: str) -> int:
        place = self.table.rowCount()
        self.table.insertRow(place)
        self.table.setItem(place, 0, QTableWidgetItem(term))
        self.table.setItem(place, 1, QTableWidgetItem(respelling))
        return place

    def _add(self) -> None:
        place = self._append("", "")
        self.table.setCurrentCell(place, 0)
        self.table.edit(self.table.currentIndex())

    def _remove(self) -> None:
        self.table.removeRow(self.table.currentRow())
        self._write()

    def _write(self) -> None:
        set_pronunciations(self._desk, self.terms())

    def _listen(self) -> None:
        story, place = self._desk.story, self.table.currentRow()
        term, respelling = self._text(place, 0), self._text(place, 1)
        voice = story.voice if story is not None else self._desk.settings.now.voice
        folder = str(self._desk.settings.now.voices_folder)
        job = SpeakJob(term, voice, pronunciations=(Pronunciation(term, respelling),), voices_folder=folder)
        running = self._desk.rooms.submit(job, channel="listen")
        running.finished.connect(self._play)
        running.failed.connect(self._desk.notices.error)

    def _play(self, speech: Speech) -> None:
        self.speaker.load(speech.audio)
        self.speaker.start(0.0)

    def _enable(self) -> None:
        place = self.table.currentRow()
        self.remove.setEnabled(place >= 0)
        self.listen.setEnabled(place >= 0 and bool(self._text(place, 0) and self._text(place, 1)))

    def _text(self, place: int, column: int) -> str:
        item = self.table.item(place, column)
        return item.data(Qt.ItemDataRole.DisplayRole).strip() if item is not None else ""

    def done(self, result: int) -> None:
        """Closed in any way: fall silent."""
        self.speaker.stop()
        self.speaker.close()
        self._desk.document.end_gesture()
        super().done(result)
