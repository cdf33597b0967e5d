"""A clip exported as a movie: pictures go from the room to the encoder frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.api.avatar import AvatarClipJob
from engines.api.events import Cancelled, Done, Failed, Progress
from engines.api.jobs import ClipJob
from engines.api.looks import LowerThird
from engines.api.values import Audio, Frames
from studio.actions.beside import write_captions
from studio.actions.characters import character_folder
from studio.actions.desk import Desk
from studio.actions.speech import title_of
from studio.actions.telling import tell
from studio.bridge.lips import phones_between
from studio.bridge.queue import Aborted, FrameQueue
from studio.bridge.rooms import RoomJob
from studio.bridge.shelf import pack
from studio.export.errors import ExportError
from studio.export.loudness import TARGETS, Loudness, complaint
from studio.export.provenance import generated
from studio.listeners import Listeners
from studio.session.transport import Span

if TYPE_CHECKING:
    from studio.export.plan import ExportPlan

THUMBNAIL = 480
"""Width of the small picture an export shows of itself."""


@dataclass(frozen=True)
class ExportRequest:
    """What the export dialog asks for. span: the stretch of the timeline; captions: write them beside the movie too.

    actor: who is seen, the presenter or the avatar with its tuned face; loudness: a key of studio.settings.LOUDNESS.
    """

    path: Path
    span: Span
    fps: Fraction
    width: int
    height: int
    presenter: str
    background: str
    captions: bool = False
    lower_third: LowerThird | None = None
    actor: str = "presenter"
    loudness: str = "ebu"

    @property
    def plan(self) -> ExportPlan:
        """The file to be written."""
        from studio.export.plan import ExportPlan

        return ExportPlan(
            self.path,
            self.fps,
            self.width,
            self.height,
            alpha=self.background == "alpha",
            loudness=TARGETS[self.loudness],
        )


class ClipExport:
    """One export on its way: the room draws, a queue holds a second of pictures, a worker thread encodes."""

    def __init__(self, desk: Desk, request: ExportRequest, audio: Audio) -> None:
        self.desk, self.request, self.audio = desk, request, audio
        title, made = about(desk, request)
        self.plan = replace(request.plan, title=title, made=made)
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
        avatar = self.request.actor == "avatar"
        job = avatar_job(self.desk, self.request, self.audio) if avatar else self._presenter_job()
        running = self.desk.rooms.submit(job, self._pass_on)
        running.arrived.connect(self._show)
        running.progressed.connect(lambda event: self.desk.jobs.report(self.entry, event))
        running.finished.connect(lambda _: self._drawn())
        running.failed.connect(self._broke)
        running.cancelled.connect(self.queue.abort)
        return running

    def _presenter_job(self) -> ClipJob:
        request, clip = self.request, self.desk.document.project.clip
        phones = phones_between(self.desk.programme.phones(), request.span.start_s, request.span.end_s)
        return ClipJob(
            audio=self.audio,
            presenter=request.presenter,
            fps=request.fps,
            width=request.width,
            height=request.height,
            background=request.background,
            seed=clip.seed,
            lower_third=request.lower_third,
            driver=clip.driver,
            phones=phones if clip.driver == "text" else (),
        )

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

    def _encode(self) -> Loudness | None:
        """Worker thread; how loud the file came out. Leaving the writer by an exception removes its part file."""
        from studio.export.movie import MovieWriter  # brings PyAV, which nothing else in the window needs

        with MovieWriter(self.plan, self.audio) as movie:
            for frames in self.queue:
                movie.write(frames)
        return movie.loudness

    def _written(self, loudness: Loudness) -> None:
        path = self.request.path
        self.desk.jobs.report(self.entry, Done(path), str(loudness))
        self.desk.notices.info(f"{path.name} ({loudness}) is ready in {path.parent}.")
        if trouble := complaint(path.name, loudness, self.plan.loudness):
            self.desk.notices.warn(trouble)
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
    from studio.export.plan import check

    check(request.plan)
    audio = desk.programme.audio
    if audio is None:
        raise ExportError("There is no sound to export yet: speak, record or import some first.")
    return ClipExport(desk, request, cut(audio, request.span))


def avatar_job(desk: Desk, request: ExportRequest, audio: Audio) -> AvatarClipJob:
    """The avatar as it is tuned and lit now, over the stretch of the request."""
    folder = character_folder(desk)
    return AvatarClipJob(
        audio=audio,
        performance=desk.faces.motion(request.span, request.fps),
        character="" if folder is None else str(folder),
        width=request.width,
        height=request.height,
        background=request.background,
        light=desk.look.now.light,
        lower_third=request.lower_third,
    )


def about(desk: Desk, request: ExportRequest) -> tuple[str, str]:
    """What a file says of itself: title of the story, or of the project where more are heard; what a machine made."""
    span = request.span
    items = [p.item for p in desk.programme.passages if p.item.start_s < span.end_s and p.item.end_s > span.start_s]
    heard = {item.story for item in items}
    titles = [title_of(story) for story in desk.document.project.stories if story.id in heard]
    title = titles[0] if len(titles) == 1 else desk.file.name
    return title, generated(request.actor, {item.take.origin for item in items})


def cut(audio: Audio, span: Span) -> Audio:
    """The sound of a stretch of time."""
    first, last = round(span.start_s * audio.rate_hz), round(span.end_s * audio.rate_hz)
    return Audio(audio.samples[first:last], audio.rate_hz)


def has_sound(desk: Desk) -> bool:
    """There is something on the timeline."""
    return desk.programme.audio is not None and not desk.programme.speaking
