"""The presenter's pictures for the preview: rendered around the playhead, latest wins, coarse before fine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engines.api.events import Progress
from engines.api.jobs import ClipJob
from engines.api.values import Frames, frame_count
from studio.bridge.lips import phones_between
from studio.bridge.programme import Programme
from studio.bridge.rooms import RoomBridge, RoomJob
from studio.bridge.shelf import FrameShelf, pack
from studio.document.history import Document
from studio.document.project import ClipConfig, Project
from studio.session import Transport
from studio.settings import Settings

LONGEST_SIDE = 960
COARSE = 5
"""The coarse pass draws every fifth frame, so that something moves everywhere soon."""
COARSE_S, FINE_S = 30.0, 4.0
"""How far ahead of the playhead one pass draws."""
SETTLE_MS = 60


@dataclass(frozen=True)
class Pass:
    """One stretch of frames to draw, every `step`-th of the preview's grid. kind: still, coarse or fine."""

    kind: str
    start: int
    end: int
    step: int = 1


class Preview(QObject):
    """Keeps the shelf of pictures filled for the sound of the timeline."""

    changed = Signal()
    """Pictures came or went, or what is being drawn changed."""
    failed = Signal(str, str)

    def __init__(
        self, document: Document, programme: Programme, transport: Transport, settings: Settings, rooms: RoomBridge
    ) -> None:
        super().__init__()
        self._document, self._programme, self._transport = document, programme, transport
        self._settings, self._rooms = settings, rooms
        self.shelf = FrameShelf()
        self.generation = 0
        """Counts the sounds and looks whose pictures the shelf has held."""
        self.doing: Pass | None = None
        self.fraction: float | None = None
        self.trouble = ""
        """Why nothing is drawn, in one sentence; empty if all is well."""
        self.beside = ""
        """What the face is compared with, "" for the clip itself."""
        self._coarse_done = False
        self._holds = 0
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._work)
        programme.mixed.connect(self.restart)
        document.changed.connect(self._document_changed)
        settings.changed.connect(self._setting_changed)
        transport.moved.connect(self._moved)

    @property
    def fps(self) -> Fraction:
        """Rate of the preview's grid of frames."""
        return Fraction(self._settings.now.preview_fps)

    @property
    def total(self) -> int:
        """Frames of the whole timeline."""
        audio = self._programme.audio
        return 0 if audio is None else frame_count(audio.seconds, self.fps)

    def frame_at(self, at_s: float) -> int:
        """The number of the frame shown at a time."""
        return max(min(int(at_s * self.fps + 1e-6), self.total - 1), 0)

    def picture_at(self, at_s: float) -> tuple[int, bytes] | None:
        """Number and JPEG bytes of the newest picture not after a time and at most a coarse step old."""
        return self.shelf.nearest(self.frame_at(at_s), 2 * COARSE)

    def spans_s(self) -> list[tuple[float, float]]:
        """Stretches of the timeline whose pictures are there, in seconds."""
        rate = float(self.fps)
        return [(first / rate, last / rate) for first, last in self.shelf.spans()]

    def hold(self) -> Callable[[], None]:
        """Draw nothing until the function returned is called: the engine has something more important to do."""
        self._holds += 1
        self._stop()
        return self._release

    def close(self) -> None:
        """Draw nothing any more."""
        self.hold()
        self._settle.stop()

    def compare(self, beside: str) -> None:
        """Show the face beside something else, a name of engines.api.looks.BESIDE; "" shows the clip itself."""
        if beside != self.beside:
            self.beside = beside
            self.restart()

    def restart(self) -> None:
        """Forget every picture and begin again around the playhead."""
        self._stop()
        self.shelf = FrameShelf()
        self.generation += 1
        self._coarse_done, self.trouble = False, ""
        self.changed.emit()
        self._settle.start()

    def _release(self) -> None:
        self._holds -= 1
        self._settle.start()

    def _document_changed(self, old: Project, new: Project) -> None:
        if _look(old.clip) != _look(new.clip):
            self.restart()

    def _setting_changed(self, key: str, old: object, new: object) -> None:
        if key == "preview_fps":
            self.restart()

    def _moved(self, at_s: float) -> None:
        """While the playhead is dragged the picture under it comes first; while it runs passes go on undisturbed."""
        if self._transport.playing or self.shelf.has(self.frame_at(at_s)):
            return
        doing = self.doing
        if doing is None or not doing.start <= self.frame_at(at_s) < doing.end or doing.kind != "still":
            self._settle.start()

    def _work(self) -> None:
        """Start the pass that is wanted most."""
        wanted = self._next() if not self._holds and self._ready() else None
        if wanted is None:
            self._stop()
        elif wanted != self.doing:
            self._start(wanted)

    def _ready(self) -> bool:
        return not self.trouble and self.total > 0 and not self._programme.speaking

    def _next(self) -> Pass | None:
        here, total = self.frame_at(self._transport.position_s), self.total
        if not self._transport.playing and not self.shelf.has(here):
            return Pass("still", here, here + 1)
        if not self._coarse_done and total > 2 * self.fps:
            reach = math.ceil(COARSE_S * self.fps)
            start = max(min(here, total - reach), 0) // COARSE * COARSE
            return Pass("coarse", start, min(total, start + reach), COARSE)
        longest = math.ceil(FINE_S * self.fps)
        gap = self.shelf.gap(here, total, longest) or self.shelf.gap(0, here, longest)
        return None if gap is None or self._full() else Pass("fine", *gap)

    def _full(self) -> bool:
        """Whether another picture would only push out one that is as near."""
        return self.shelf.bytes_used > 0.95 * self.shelf.budget

    def _start(self, wanted: Pass) -> None:
        audio = self._programme.audio
        assert audio is not None
        clip = self._document.project.clip
        width, height = reduced(clip.width, clip.height)
        job = ClipJob(
            audio=audio,
            presenter=clip.presenter,
            fps=self.fps / wanted.step,
            width=width,
            height=height,
            background=clip.background,
            seed=clip.seed,
            start_s=float(wanted.start / self.fps),
            end_s=min(float(wanted.end / self.fps), audio.seconds),
            lower_third=clip.lower_third,
            beside=self.beside,
            driver=clip.driver,
            phones=phones_between(self._programme.phones(), 0.0, audio.seconds) if clip.driver == "text" else (),
        )
        running = self._rooms.submit(job, self._sieve(wanted.step), channel="preview")
        self.doing, self.fraction = wanted, 0.0
        running.arrived.connect(lambda _: self.changed.emit())
        running.progressed.connect(self._progressed)
        running.finished.connect(lambda _: self._finished(wanted, running))
        running.failed.connect(self._failed)
        running.cancelled.connect(self._stop)
        self.changed.emit()

    def _sieve(self, step: int) -> Callable[[Any], int]:
        """Packs pictures on the room's thread; bound to the shelf of now, so late ones of an old sound go nowhere."""
        shelf, near = self.shelf, self.frame_at(self._transport.position_s)

        def keep(frames: Frames) -> int:
            for i, picture in enumerate(frames.pictures):
                shelf.put((frames.first + i) * step, pack(picture), near)
            return len(frames.pictures)

        return keep

    def _progressed(self, event: Progress) -> None:
        self.fraction = event.done / event.total if event.total > 0 else None
        self.changed.emit()

    def _finished(self, wanted: Pass, running: RoomJob) -> None:
        self._coarse_done = self._coarse_done or wanted.kind == "coarse"
        unfilled = wanted.kind != "coarse" and not self.shelf.has(wanted.start)
        self.doing, self.fraction = None, None
        if unfilled:
            self.trouble = "The presenter engine drew nothing for this part: render it again from the Play menu."
        self.changed.emit()
        self._settle.start()

    def _failed(self, message: str, details: str) -> None:
        self.doing, self.fraction, self.trouble = None, None, message
        self.failed.emit(message, details)
        self.changed.emit()

    def _stop(self) -> None:
        self._rooms.drop("preview")
        if self.doing is not None:
            self.doing, self.fraction = None, None
            self.changed.emit()


def reduced(width: int, height: int) -> tuple[int, int]:
    """The preview's picture size: the longer side at most LONGEST_SIDE, both even."""
    scale = min(LONGEST_SIDE / max(width, height), 1.0)
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


def _look(clip: ClipConfig) -> tuple[object, ...]:
    """What a picture of the preview depends on; the clip's own frame rate is not among it."""
    size = reduced(clip.width, clip.height)
    return clip.presenter, clip.background, clip.seed, size, clip.lower_third, clip.driver
