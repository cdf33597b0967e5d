"""Decoding sound files, and the sound of video files, block by block with what is wrong about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np

from engines.api.values import FloatArray
from studio.atomic import explain
from studio.audio.errors import AudioFileError

READABLE = ("wav", "flac", "mp3", "m4a", "aac", "ogg", "opus", "mp4", "mov", "mkv", "webm", "avi")
"""Endings offered in file dialogs; what a file really is decides whether it can be read."""

_TELLS_LENGTH = ("wav", "w64", "aiff", "flac", "ogg", "mov", "matroska")
"""Containers whose header states the length exactly: less content means a cut, more is the codec's padding."""


class Decoder:
    """An open sound file; used with `with`. rate_hz, channels: as stored; expected_s: from the header, None if unknown.

    Raises AudioFileError on entering if there is nothing in it that can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cut_short = False
        """Whether blocks came to an end before the file said it would."""

    def __enter__(self) -> Self:
        try:
            with open(self.path, "rb"):
                pass  # for the system's own word on what is missing or forbidden
            # "file:" and the whitelist keep playlists and odd names from reaching out of the file that was named.
            self._container = av.open(f"file:{self.path}", options={"protocol_whitelist": "file"})
        except av.FFmpegError:
            raise AudioFileError(unreadable(self.path)) from None
        except OSError as error:
            raise AudioFileError(f"{self.path} cannot be read: {explain_reading(error)}.") from None
        try:
            self._look()
        except BaseException:
            self._container.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def blocks(self) -> Iterator[FloatArray]:
        """Mono blocks (n,) float32, channels averaged, at rate_hz; ends where the file can no longer be decoded."""
        heard, limit = 0, self._exact_samples()
        resampler = av.AudioResampler(format="fltp", rate=self.rate_hz)
        try:
            for frame in self._container.decode(self._stream):
                frame.pts = None  # gaps in the file's own times are not ours to fill
                for plain in resampler.resample(frame):
                    block = _mono(np.asarray(plain.to_ndarray(), np.float32))[: limit - heard if limit else None]
                    heard += len(block)
                    yield block
        except (av.FFmpegError, OSError):
            self.cut_short = True
        missing = limit is not None and heard < limit - self.rate_hz // 10
        self.cut_short = self.cut_short or missing or _riff_is_cut(self.path)

    def _look(self) -> None:
        if not self._container.streams.audio:
            raise AudioFileError(unreadable(self.path))
        self._stream = self._container.streams.audio[0]
        self.rate_hz = self._stream.codec_context.sample_rate
        self.channels = self._stream.codec_context.channels
        if not self.rate_hz or not self.channels:
            raise AudioFileError(unreadable(self.path))
        self.expected_s = self._header_s()

    def _exact_samples(self) -> int | None:
        exact = self._container.format.name.split(",")[0] in _TELLS_LENGTH
        return round(self.expected_s * self.rate_hz) if exact and self.expected_s else None

    def _header_s(self) -> float | None:
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        return None if self._container.duration is None else self._container.duration / av.time_base


def unreadable(path: Path) -> str:
    """The sentence for a file that is no sound."""
    return f"{path.name} is damaged or no sound file: choose WAV, FLAC, MP3, M4A, OGG or a video with sound."


def explain_reading(error: OSError) -> str:
    """What keeps a file from being read and what to do, as the second half of a sentence."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check its name and folder"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; choose a file in it"
    if isinstance(error, PermissionError):
        return "you have no permission; change it or copy the file elsewhere"
    return explain(error)


def _riff_is_cut(path: Path) -> bool:
    """Whether a RIFF file is shorter than its first eight bytes say (sizes 0 and all ones come from live streams)."""
    with open(path, "rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    return head[:4] == b"RIFF" and 0 < size < 0xFFFFFF00 and path.stat().st_size < size + 8


def _mono(planes: FloatArray) -> FloatArray:
    """(channels, n) -> (n,)"""
    mono: FloatArray = planes[0] if len(planes) == 1 else planes.mean(axis=0, dtype=np.float32)
    return mono
