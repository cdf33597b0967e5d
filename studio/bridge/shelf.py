"""Rendered pictures of a clip kept small: JPEG bytes by frame number under a byte budget; any thread may ask."""

from __future__ import annotations

import bisect
import threading

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from engines.api.values import ByteArray

BUDGET = 256 << 20
"""Bytes of pictures kept: some four minutes of 960x540 at 25 frames a second."""
QUALITY = 88
WIDEST = 960
CHECK = 16
"""Pixels of one field of the checkerboard."""
DARK, LIGHT = QColor(70, 72, 78), QColor(104, 107, 114)


class FrameShelf:
    """Pictures by frame number; where the budget is used up, those farthest from the playhead go first."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self._lock = threading.Lock()
        self._pictures: dict[int, bytes] = {}
        self._numbers: list[int] = []
        self._bytes = 0

    def put(self, number: int, data: bytes, near: int) -> None:
        """Keep a picture; near: the frame under the playhead."""
        with self._lock:
            if number in self._pictures:
                self._bytes -= len(self._pictures[number])
            else:
                bisect.insort(self._numbers, number)
            self._pictures[number] = data
            self._bytes += len(data)
            while self._bytes > self.budget and len(self._numbers) > 1:
                self._drop_farthest(near)

    def nearest(self, number: int, reach: int) -> tuple[int, bytes] | None:
        """The picture of a frame, or the last one at most `reach` frames before it, with its number."""
        with self._lock:
            place = bisect.bisect_right(self._numbers, number) - 1
            if place < 0 or self._numbers[place] < number - reach:
                return None
            found = self._numbers[place]
            return found, self._pictures[found]

    def has(self, number: int) -> bool:
        """Whether exactly this frame is there."""
        with self._lock:
            return number in self._pictures

    def gap(self, start: int, end: int, longest: int) -> tuple[int, int] | None:
        """The first stretch within [start, end) that begins and ends with missing frames, at most `longest` long."""
        with self._lock:
            first = next((n for n in range(start, end) if n not in self._pictures), None)
            if first is None:
                return None
            until = min(first + longest, end)
            return first, next(n for n in range(until - 1, first - 1, -1) if n not in self._pictures) + 1

    def spans(self) -> list[tuple[int, int]]:
        """Stretches [start, end) of frames that are there, in order."""
        with self._lock:
            numbers = list(self._numbers)
        spans: list[tuple[int, int]] = []
        for number in numbers:
            if spans and spans[-1][1] == number:
                spans[-1] = (spans[-1][0], number + 1)
            else:
                spans.append((number, number + 1))
        return spans

    def clear(self) -> None:
        """Empty the shelf."""
        with self._lock:
            self._pictures.clear()
            self._numbers.clear()
            self._bytes = 0

    @property
    def bytes_used(self) -> int:
        """Bytes of the pictures kept."""
        return self._bytes

    @property
    def count(self) -> int:
        """How many pictures are kept."""
        return len(self._numbers)

    def _drop_farthest(self, near: int) -> None:
        first, last = self._numbers[0], self._numbers[-1]
        number = self._numbers.pop(0 if near - first > last - near else -1)
        self._bytes -= len(self._pictures.pop(number))


def pack(picture: ByteArray) -> bytes:
    """(h, w, 3 or 4) uint8 as JPEG bytes, made smaller if it is wide. Any thread."""
    height, width, depth = picture.shape
    layout = QImage.Format.Format_RGB888 if depth == 3 else QImage.Format.Format_RGBA8888
    pixels = picture.tobytes()
    image = QImage(pixels, width, height, width * depth, layout)
    if depth == 4:
        image = over_checks(image)
    if width > WIDEST:
        image = image.scaledToWidth(WIDEST, Qt.TransformationMode.SmoothTransformation)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "JPEG", QUALITY)  # type: ignore[call-overload]
    return bytes(data.data())


def over_checks(image: QImage) -> QImage:
    """A transparent picture over the checkerboard that stands for nothing."""
    base = QImage(image.size(), QImage.Format.Format_RGB888)
    base.fill(DARK)
    painter = QPainter(base)
    for y in range(0, image.height(), CHECK):
        for x in range(y // CHECK % 2 * CHECK, image.width(), 2 * CHECK):
            painter.fillRect(x, y, CHECK, CHECK, LIGHT)
    painter.drawImage(0, 0, image)
    painter.end()
    return base


def unpack(data: bytes) -> QImage:
    """The picture of packed bytes."""
    return QImage.fromData(data)
