"""Writing a movie frame by frame, sound ahead of picture, finished in one move or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self, cast

import av

from engines.api.values import Audio, ByteArray, Frames, frame_count
from studio.atomic import explain, finished_in_one_move
from studio.export.errors import ExportError
from studio.export.levelling import level_to
from studio.export.loudness import Loudness
from studio.export.picture import PictureConverter, tag_colours
from studio.export.plan import ExportPlan, check
from studio.export.provenance import tags
from studio.export.sound import SoundFeed
from studio.export.verify import MovieFacts, read_loudness, verify


class MovieWriter:
    """A movie being written; used with `with`. Leaving it by an exception (cancel included) removes the file.

    The sound decides the length: exactly frame_count(audio.seconds, fps) pictures are expected. It is measured at once,
    a few milliseconds per second of sound, and brought to plan.loudness.
    Raises ExportError at once for a plan that cannot work, and later for what the disk refuses.
    """

    def __init__(self, plan: ExportPlan, audio: Audio) -> None:
        check(plan)
        if len(audio.samples) == 0:
            raise ExportError(f"There is no sound for {plan.path.name}: speak, record or import some first.")
        self.plan = plan
        self.frames = frame_count(audio.seconds, plan.fps)
        self.written = 0
        self.facts: MovieFacts | None = None
        """What the finished file holds, once it is finished."""
        self.loudness: Loudness | None = None
        """How loud the finished file is, measured in the file."""
        levelling = level_to(plan.loudness, audio)
        self._sound = SoundFeed(audio, plan.audio_rate_hz, plan.container.sample, levelling)
        self._pixels = plan.container.pixels_alpha if plan.alpha else plan.container.pixels
        self._converter = PictureConverter(plan.fps, self._pixels)
        self._move = finished_in_one_move(plan.path)

    def __enter__(self) -> Self:
        self._part = self._move.__enter__()
        try:
            self._open()
        except BaseException as error:
            self._abandon(error)
            raise self._told(error) from None
        return self

    def write(self, frames: Frames) -> None:
        """Append consecutive pictures; they must follow on from those written. Raises ExportError."""
        if frames.first != self.written:
            raise ValueError(f"frame {frames.first} given where {self.written} is next")
        for picture in frames.pictures:
            self.write_picture(picture)

    def write_picture(self, picture: ByteArray) -> None:
        """Append one picture (h, w, 3 or 4) uint8, with the sound that belongs to it. Raises ExportError."""
        if picture.shape != (self.plan.height, self.plan.width, 4 if self.plan.alpha else 3):
            raise ValueError(f"picture {picture.shape} does not fit {self.plan.width}x{self.plan.height}")
        with self._explained():
            frame = self._converter.convert(picture, self.written)
            self._container.mux(self._video.encode(frame))
            self.written += 1
            for sound in self._sound.until(self.written / self.plan.fps):
                self._container.mux(self._audio.encode(sound))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandon(error)
            return
        try:
            self._finish()
        except BaseException as problem:
            self._abandon(problem)
            raise self._told(problem) from None
        with self._explained():
            self._move.__exit__(None, None, None)

    def _open(self) -> None:
        plan = self.plan
        kind = plan.container
        options = {} if kind.name == "webm" else {"movflags": "+faststart"}
        self._container = av.open(str(self._part), "w", format=kind.name, options=options)
        self._container.metadata.update(tags(plan.title, plan.made))
        self._video = cast(av.VideoStream, self._container.add_stream(kind.video, rate=plan.fps))
        self._video.width, self._video.height, self._video.pix_fmt = plan.width, plan.height, self._pixels
        self._video.codec_context.time_base = 1 / plan.fps
        self._video.options = kind.options | ({"auto-alt-ref": "0"} if plan.alpha and kind.decoder else {})
        tag_colours(self._video.codec_context)
        sound = self._container.add_stream(kind.audio, rate=plan.audio_rate_hz, layout="mono")
        self._audio = cast(av.AudioStream, sound)
        if not kind.audio.startswith("pcm"):
            self._audio.bit_rate = plan.audio_bitrate

    def _finish(self) -> None:
        if self.written != self.frames:
            raise ExportError(f"Only {self.written} of {self.frames} pictures were made: export the clip again.")
        for sound in self._sound.until(None):
            self._container.mux(self._audio.encode(sound))
        self._container.mux(self._video.encode(None))
        self._container.mux(self._audio.encode(None))
        self._container.close()
        self.facts = verify(self._part, self.plan, self.frames)
        self.loudness = read_loudness(self._part)

    def _abandon(self, error: BaseException) -> None:
        """Close what is open and remove the part file, whatever it takes."""
        with contextlib.suppress(av.FFmpegError, OSError, AttributeError):
            self._container.close()
        with contextlib.suppress(BaseException):
            self._move.__exit__(type(error), error, error.__traceback__)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, OSError) as error:
            raise self._told(error) from None

    def _told(self, error: BaseException) -> BaseException:
        if isinstance(error, av.FFmpegError | OSError):
            known = error if isinstance(error, OSError) else OSError(error.errno, error.strerror)
            return ExportError(f"{self.plan.path} could not be written: {explain(known)}.")
        return error
