"""The export dialog: where, how large, how fast, which background; then progress and the finished file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engines.api.looks import PLAIN, SETS
from studio.actions.beside import beside, has_words
from studio.actions.desk import Desk
from studio.actions.exporting import ExportRequest, export_clip
from studio.actions.stories import change_clip
from studio.actions.telling import TOLD
from studio.bridge.shelf import unpack
from studio.export.containers import CONTAINERS, endings
from studio.export.plan import RATES
from studio.session.jobs import JobEntry, JobState
from studio.session.transport import Span
from studio.settings import LOUDNESS, SIZES
from studio.views.jobs import STEPS, say
from studio.views.parts import label, push_button, row
from studio.views.timeline.timecode import spell_duration

MOVIES = ";;".join(f"{kind.title} (*{ending})" for ending, kind in CONTAINERS.items() if ending != ".m4v")
SIZE_TITLES = {
    "1920x1080": "1920 × 1080  (HD)",
    "1280x720": "1280 × 720",
    "1080x1920": "1080 × 1920  (upright)",
    "512x512": "512 × 512  (face)",
}


class ExportDialog(QDialog):
    """Asks, starts the export, and stays to show how it goes; closing it does not stop the export."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export clip")
        self._desk = desk
        self._entry: int | None = None
        self._unsee: Callable[[], object] = lambda: None
        self._path = beside(desk, ".mp4")
        clip = desk.document.project.clip
        self.path = QLineEdit(str(self._path))
        self.path.setMinimumWidth(380)
        self.span = _box(self._spans(), None)
        self.actor = _box([("Presenter", "presenter"), ("Avatar, as it is tuned", "avatar")], actor_now(desk))
        self.fps = _box([(f"{name} frames per second", rate) for name, rate in RATES.items()], clip.fps)
        self.format = _box([(SIZE_TITLES[s], s) for s in SIZES], f"{clip.width}x{clip.height}")
        backgrounds = [(title, key) for key, title in (*SETS, *PLAIN)]
        if clip.background not in dict(backgrounds).values():
            backgrounds.append((Path(clip.background).name, clip.background))
        self.background = _box(backgrounds, clip.background)
        self.background.currentIndexChanged.connect(self._suit_ending)
        self._suit_ending()
        self.loudness = _box([(title, key) for key, title in LOUDNESS.items()], desk.settings.now.loudness)
        self.captions = QCheckBox("Write captions beside the movie (SRT)")
        self.captions.setEnabled(has_words(desk))
        self.trouble = label("", "error", wrap=True)
        self.trouble.hide()
        self.start = push_button("Export", "export", primary=True)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._questions())
        self.pages.addWidget(self._progress())
        QVBoxLayout(self).addWidget(self.pages)
        self._unlisten = desk.jobs.changed.connect(self._job_changed)

    def request(self) -> ExportRequest:
        """What the fields say."""
        width, height = (int(part) for part in str(self.format.currentData()).split("x"))
        fps = self.fps.currentData()
        assert isinstance(fps, Fraction)
        return ExportRequest(
            path=Path(self.path.text()).expanduser(),
            span=self.span.currentData(),
            fps=fps,
            width=width,
            height=height,
            presenter=self._desk.document.project.clip.presenter,
            background=str(self.background.currentData()),
            captions=self.captions.isChecked() and self.captions.isEnabled(),
            lower_third=self._desk.document.project.clip.lower_third,
            actor=str(self.actor.currentData()),
            loudness=str(self.loudness.currentData()),
        )

    def _suit_ending(self) -> None:
        """A transparent clip needs a file that holds it; an opaque one goes back to the usual."""
        path, clear = Path(self.path.text()), self.background.currentData() == "alpha"
        if clear and path.suffix.lower() not in endings(True):
            self.path.setText(str(path.with_suffix(endings(True)[0])))
        elif not clear and path.suffix.lower() == endings(True)[0]:
            self.path.setText(str(path.with_suffix(".mp4")))

    def _spans(self) -> list[tuple[str, object]]:
        whole = self._desk.transport.length_s
        spans: list[tuple[str, object]] = [(f"Whole timeline  ({spell_duration(whole)})", Span(0.0, whole))]
        passage, marked = self._desk.programme.passage_of(self._desk.selection.now.story), self._desk.selection.now.span
        if passage is not None and len(self._desk.programme.passages) > 1:
            item = passage.item
            spans.append((f"This story  ({spell_duration(item.seconds)})", Span(item.start_s, item.end_s)))
        if marked is not None and marked.end_s > marked.start_s:
            spans.append((f"Marked stretch  ({spell_duration(marked.end_s - marked.start_s)})", marked))
        return spans

    def _questions(self) -> QWidget:
        page, form = QWidget(), QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        browse = push_button("Browse…", "folder")
        browse.clicked.connect(self._browse)
        form.addRow(label("File", "dim"), row(self.path, browse))
        form.addRow(label("Who", "dim"), self.actor)
        form.addRow(label("What", "dim"), self.span)
        form.addRow(label("Frame rate", "dim"), self.fps)
        form.addRow(label("Size", "dim"), self.format)
        form.addRow(label("Background", "dim"), self.background)
        form.addRow(label("Loudness", "dim"), self.loudness)
        form.addRow("", self.captions)
        cancel = push_button("Cancel")
        cancel.clicked.connect(self.reject)
        self.start.clicked.connect(self.begin)
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(14)
        column.addWidget(label("Export clip", "title"))
        column.addLayout(form)
        column.addWidget(self.trouble)
        column.addStretch(1)
        column.addLayout(row(1, cancel, self.start))
        return page

    def _progress(self) -> QWidget:
        page = QWidget()
        self.bar, self.said = QProgressBar(), label("", "dim", wrap=True)
        self.bar.setTextVisible(False)
        self.file = label("", "heading")
        self.stop, self.hide_it = push_button("Cancel export", "stop"), push_button("Hide")
        self.reveal = push_button("Show in folder", "folder")
        self.view = push_button("Play movie", "play", primary=True)
        self.stop.clicked.connect(self._cancel)
        self.hide_it.clicked.connect(self.accept)
        self.reveal.clicked.connect(lambda: _open(self._path.parent))
        self.view.clicked.connect(lambda: _open(self._path))
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(12)
        column.addWidget(label("Export clip", "title"))
        column.addWidget(self.file)
        column.addWidget(self.bar)
        column.addWidget(self.said)
        self.picture = label()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumHeight(180)
        column.addWidget(self.picture, 1)
        column.addLayout(row(1, self.stop, self.reveal, self.hide_it, self.view))
        return page

    def begin(self) -> None:
        """Check, then start; a mistake is said in the dialog."""
        request = self.request()
        try:
            export = export_clip(self._desk, request)
        except TOLD as error:
            self.trouble.setText(str(error))
            self.trouble.show()
            return
        self._path = request.path
        clip = {"fps": request.fps, "width": request.width, "height": request.height, "background": request.background}
        self._entry = export.entry
        self._unsee = export.pictured.connect(self._see)
        change_clip(self._desk, "Clip settings", **clip)
        self.file.setText(request.path.name)
        self.file.setToolTip(str(request.path))
        self.pages.setCurrentIndex(1)
        self._job_changed(self._desk.jobs.get(export.entry))

    def done(self, result: int) -> None:
        """Closed in any way: the export goes on in the jobs panel."""
        self._unlisten()
        self._unsee()
        super().done(result)

    def _see(self, picture: bytes) -> None:
        """Show what is being drawn."""
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(QPixmap.fromImage(unpack(picture).scaled(self.picture.size(), keep, smooth)))

    def _cancel(self) -> None:
        if self._entry is not None:
            self._desk.jobs.cancel(self._entry)

    def _browse(self) -> None:
        self._desk.stage.ask_target(
            "Export clip", Path(self.path.text()), MOVIES, lambda path: self.path.setText(str(path))
        )

    def _job_changed(self, entry: JobEntry) -> None:
        if entry.id != self._entry:
            return
        self.bar.setVisible(entry.running)
        self.bar.setRange(0, 0 if entry.fraction is None else STEPS)
        self.bar.setValue(round((entry.fraction or 0.0) * STEPS))
        self.said.setText(say(entry))
        self.stop.setVisible(entry.running)
        for button in (self.reveal, self.view):
            button.setVisible(entry.state is JobState.DONE)
        self.hide_it.setText("Hide" if entry.running else "Close")


def actor_now(desk: Desk) -> str:
    """Who is at work: at the avatar desk the avatar, else the presenter."""
    return "avatar" if desk.stage.workspace == "avatar" else "presenter"


def _box(items: Sequence[tuple[str, object]], chosen: object) -> QComboBox:
    box = QComboBox()
    for title, value in items:
        box.addItem(title, value)
    values = [value for _, value in items]
    box.setCurrentIndex(values.index(chosen) if chosen in values else 0)
    return box


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
