"""Knows the template clip: the silent presenter and its coverage, there and back without end, few pictures held."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from engines.api.events import EngineError
from engines.api.values import ByteArray


def template_number(frame: int, fps: Fraction, count: int, template_fps: Fraction, offset: int = 0) -> int:
    """Which template picture stands behind a clip's frame: nearest in time, there and back without a jump."""
    if count < 2:
        return 0
    step = round(frame * template_fps / fps) + offset
    period = 2 * (count - 1)
    place = step % period
    return place if place < count else period - place


class ClipReader:
    """Reads any picture of a video by number; holds the decoded groups around the last one only.

    A group runs from one key picture to the next, so going backwards decodes every picture once too.
    """

    GROUPS = 2

    def __init__(self, path: Path, layout: str) -> None:
        """layout: pixel format pictures are delivered in, rgb24 or gray. Raises EngineError for an unreadable file."""
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
            self._stream.thread_type = "AUTO"
            packets = [p for p in self._container.demux(self._stream) if p.pts is not None]
        except (av.error.FFmpegError, IndexError, OSError) as error:
            raise EngineError(f"{path} cannot be read as video: restore the presenter folder from a copy.") from error
        self._layout = layout
        self._pts = sorted(p.pts for p in packets)
        self._keys = sorted(self._pts.index(p.pts) for p in packets if p.is_keyframe)
        self._groups: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self._pts)

    def picture(self, number: int) -> ByteArray:
        """Picture (h, w, 3) or, for gray, (h, w), uint8."""
        key = self._keys[bisect_right(self._keys, number) - 1]
        if key not in self._groups:
            while len(self._groups) >= self.GROUPS:
                del self._groups[next(iter(self._groups))]
            self._groups[key] = self._decode(key)
        return self._groups[key][number - key].to_ndarray(format=self._layout)

    def _decode(self, key: int) -> list[Any]:
        """Decoded frames of the group that begins at picture number `key`."""
        later = [k for k in self._keys if k > key]
        wanted = self._pts[key : later[0]] if later else self._pts[key:]
        self._container.seek(self._pts[key], stream=self._stream, backward=True)
        found: dict[int, Any] = {}
        for frame in self._container.decode(self._stream):
            if frame.pts in wanted:
                found[frame.pts] = frame
            if len(found) == len(wanted):
                break
        return [found[pts] for pts in wanted]

    def close(self) -> None:
        """Let go of the file."""
        self._groups.clear()
        self._container.close()


class TemplateClip:
    """The pictures and coverage of a presenter folder."""

    def __init__(self, folder: Path) -> None:
        self._pictures = ClipReader(folder / "template.mp4", "rgb24")
        self._mattes = ClipReader(folder / "matte.mp4", "gray")
        self.count = min(len(self._pictures), len(self._mattes))

    def picture(self, number: int) -> tuple[ByteArray, ByteArray]:
        """Picture (h, w, 3) and coverage (h, w), uint8, of template picture `number`."""
        return self._pictures.picture(number), self._mattes.picture(number)

    def close(self) -> None:
        """Let go of both files."""
        self._pictures.close()
        self._mattes.close()
