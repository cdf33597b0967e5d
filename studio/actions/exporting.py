"""Exports: a clip as a movie, captions, facial tracks; pictures go from the room to the encoder frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from engines.api.events import Cancelled, Done, EngineError, Failed, Progress
from engines.api.jobs import ClipJob, PerformJob
from engines.api.values import Audio, Frames, Performance, Speech, Word
from studio.actions.desk import Desk
from studio.audio.errors import AudioDeviceError, AudioFileError
from studio.bridge.queue import Aborted, FrameQueue
from studio.bridge.rooms import RoomJob
from studio.bridge.shelf import pack
from studio.document.errors import DocumentError
from studio.export.errors import ExportError
from studio.listeners import Listeners
from studio.session.transport import Span
from studio.settings import SettingsError

THUMBNAIL = 480
"""Width of the small picture an export shows of itself."""
TOLD = (DocumentError, ExportError, EngineError, AudioFileError, AudioDeviceError, SettingsError)
"""Errors whose sentence is all the user needs."""


@dataclass(frozen=True)
class ExportRequest:
    """What the export dialog asks for. span: the stretch of the timeline; captions: write them beside the movie too."""

    path: Path
    span: Span
    fps: Fraction
    width: int
    height: int
    presenter: str
    background: str
    captions: bool = False


class ClipExport:
    """One export on its way: the room draws, a queue holds a second of pictures, a worker thread encodes."""

    def __init__(self, desk: Desk, request: ExportRequest, audio: Audio) -> None:
        self.desk, self.request, self.audio = desk, request, audio
        self.queue = FrameQueue()
        self.pictured: Listeners[[bytes]] = Listeners()
        """Called with the JPEG bytes of a small picture about once per second of clip."""
        self._shown = -1_000_000
        self._release = desk.preview.hold()
        self.entry = desk.jobs.add(f"Export {request.path.name}", self.cancel)
        self._trouble: tuple[str, str] | None = None
        self._job = self._draw()
        task = desk.tasks.run(self._encode, self._written, lane="export")
        task.failed.connect(self._failed)
        task.ended.connect(self._release)

    def cancel(self) -> None:
        """Stop drawing and encoding; the part file is removed."""
        self._job.cancel()
        self.queue.abort()

    def _draw(self) -> RoomJob:
        request = self.request
        job = ClipJob(
            audio=self.audio,
            presenter=request.presenter,
            fps=request.fps,
            width=request.width,
            height=request.height,
            background=request.background,
            seed=self.desk.document.project.clip.seed,
        )
        running = self.desk.rooms.submit(job, self._pass_on)
        running.arrived.connect(self._show)
        running.progressed.connect(lambda event: self.desk.jobs.report(self.entry, event))
        running.finished.connect(lambda _: self._drawn())
        running.failed.connect(self._broke)
        running.cancelled.connect(self.queue.abort)
        return running

    def _pass_on(self, frames: Frames) -> bytes | None:
        """Room's thread: pictures to the encoder, and now and then a small one for the dialog."""
        self.queue.put(frames)
        return None if frames.first - self._shown < self.request.fps else self._thumbnail(frames)

    def _thumbnail(self, frames: Frames) -> bytes:
        self._shown = frames.first
        step = max(frames.pictures.shape[2] // THUMBNAIL, 1)
        return pack(np.ascontiguousarray(frames.pictures[0, ::step, ::step]))

    def _show(self, picture: bytes | None) -> None:
        if picture is not None:
            self.pictured.emit(picture)

    def _drawn(self) -> None:
        self.queue.close()
        self.desk.jobs.report(self.entry, Progress(0, 0, "Finishing the file"))

    def _broke(self, message: str, details: str) -> None:
        self._trouble = (message, details)
        self.queue.abort()

    def _encode(self) -> None:
        """Worker thread. Leaving the writer by an exception removes its part file."""
        from studio.export.movie import MovieWriter  # brings PyAV, which nothing else in the window needs
        from studio.export.plan import ExportPlan

        request = self.request
        plan = ExportPlan(request.path, request.fps, request.width, request.height)
        with MovieWriter(plan, self.audio) as movie:
            for frames in self.queue:
                movie.write(frames)

    def _written(self, _: object) -> None:
        self.desk.jobs.report(self.entry, Done(self.request.path))
        self.desk.notices.info(f"{self.request.path.name} is ready in {self.request.path.parent}.")
        if self.request.captions:
            write_captions(self.desk, self.request.path.with_suffix(".srt"), self.request.span)

    def _failed(self, error: object, details: str) -> None:
        if isinstance(error, Aborted) and self._trouble is None:
            self.desk.jobs.report(self.entry, Cancelled())
            return
        if not isinstance(error, Aborted):
            self._job.abandon()
        message, details = self._trouble or tell(error, details)
        self.desk.jobs.report(self.entry, Failed(message, details))
        self.desk.notices.error(message, details)


def export_clip(desk: Desk, request: ExportRequest) -> ClipExport:
    """Render a stretch of the timeline into a movie. Raises ExportError at once for what cannot work."""
    from studio.export.plan import ExportPlan, check

    check(ExportPlan(request.path, request.fps, request.width, request.height))
    audio = desk.programme.audio
    if audio is None:
        raise ExportError("There is no sound to export yet: speak, record or import some first.")
    return ClipExport(desk, request, cut(audio, request.span))


def cut(audio: Audio, span: Span) -> Audio:
    """The sound of a stretch of time."""
    first, last = round(span.start_s * audio.rate_hz), round(span.end_s * audio.rate_hz)
    return Audio(audio.samples[first:last], audio.rate_hz)


def has_sound(desk: Desk) -> bool:
    """There is something on the timeline."""
    return desk.programme.audio is not None and not desk.programme.speaking


def has_words(desk: Desk) -> bool:
    """Something on the timeline has known words."""
    return any(p.speech is not None and p.speech.words for p in desk.programme.passages)


def ask_captions(desk: Desk) -> None:
    """Ask where, then write captions of the whole timeline."""
    ask = "Captions (*.srt *.vtt)"
    desk.stage.ask_target("Export captions", beside(desk, ".srt"), ask, lambda path: write_captions(desk, path, None))


def write_captions(desk: Desk, path: Path, span: Span | None) -> None:
    """Write captions of a stretch of the timeline (None: all of it)."""
    words = tuple(desk.programme.words())
    if span is not None:
        words = tuple(_shifted(w, span) for w in words if w.start_s < span.end_s and w.end_s > span.start_s)

    def write() -> None:
        from studio.export.captions import captions_of
        from studio.export.captions import write_captions as write_file

        write_file(captions_of(words), path)

    run_told(desk, write, f"{path.name} is ready in {path.parent}.")


def ask_tracks(desk: Desk) -> None:
    """Ask where, then write the facial motion of the story's take."""
    ask = "Live Link Face CSV (*.csv);;glTF with animation (*.glb);;JSON curves (*.json)"
    desk.stage.ask_target("Export facial tracks", beside(desk, ".csv"), ask, lambda path: write_tracks(desk, path))


def story_speech(desk: Desk) -> Speech | None:
    """The whole take of the story being edited, if it is loaded and on the timeline."""
    passage = desk.programme.passage_of(desk.selection.now.story)
    return None if passage is None else passage.speech


def has_story_speech(desk: Desk) -> bool:
    """The story being edited has sound."""
    return story_speech(desk) is not None and not desk.programme.speaking


def write_tracks(desk: Desk, path: Path) -> None:
    """Perform the story's take at the clip's frame rate and write 52 curves and head rotation."""
    speech, clip = story_speech(desk), desk.document.project.clip
    if speech is None:
        return
    running = desk.rooms.submit(PerformJob(speech, clip.fps, clip.seed))
    entry = desk.jobs.add(f"Export {path.name}", running.cancel)
    running.progressed.connect(lambda event: desk.jobs.report(entry, event))
    running.failed.connect(lambda message, details: desk.jobs.report(entry, Failed(message, details)))
    running.failed.connect(desk.notices.error)
    running.cancelled.connect(lambda: desk.jobs.report(entry, Cancelled()))

    def write(performance: Performance) -> None:
        from studio.export.tracks import write_track

        write_track(performance, path)

    def keep(performance: Performance) -> None:
        desk.jobs.report(entry, Done(path))
        run_told(desk, lambda: write(performance), f"{path.name} is ready in {path.parent}.")

    running.finished.connect(keep)


def run_told(desk: Desk, work: Callable[[], object], done: str) -> None:
    """Do something on a worker thread and tell the user how it went."""
    task = desk.tasks.run(work, lambda _: desk.notices.info(done))
    task.failed.connect(lambda error, details: desk.notices.error(*tell(error, details)))


def tell(error: object, details: str) -> tuple[str, str]:
    """Sentence and details of an error: a user's mistake has no details worth showing."""
    if isinstance(error, TOLD):
        return str(error), ""
    return f"Something in the studio broke: {type(error).__name__}: {error}.", details


def beside(desk: Desk, suffix: str) -> Path:
    """A name for a file of this story in the projects folder."""
    story = desk.story
    title = story.title if story is not None else desk.file.name
    safe = "".join(c if c.isalnum() or c in " -_" else " " for c in title).strip() or "clip"
    return desk.settings.now.projects_folder / f"{safe}{suffix}"


def _shifted(word: Word, span: Span) -> Word:
    return replace(word, start_s=max(word.start_s - span.start_s, 0.0), end_s=word.end_s - span.start_s)
