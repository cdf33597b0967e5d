"""Writes the silent clip of a filmed presenter: the stretch of a film in which the mouth moves least."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engines.api.values import ByteArray, FloatArray
from engines.presenter.builder.filming import FPS
from engines.presenter.builder.placing import Placing, calmest, with_calm_mouth
from engines.presenter.builder.sighting import Sighting
from engines.presenter.face_frame import BOX, FaceFrame
from engines.presenter.footage_files import write_arrays

TEMPLATE = 200
"""Most pictures of the silent clip."""


class TemplateWriter:
    """Writes template.mp4, matte.mp4 and template.npz of the calmest stretch of a film."""

    def __init__(self, folder: Path, one: Sighting, placing: Placing, points: FloatArray, neutral: FloatArray) -> None:
        self.folder, self.first, self.last = folder, *calmest(one, TEMPLATE)
        folder.mkdir(parents=True)
        frame = FaceFrame.from_neutral(neutral)
        calm = with_calm_mouth(points[self.first : self.last], frame)
        write_arrays(folder / "template.npz", landmarks=calm, neutral=neutral, box=np.array([*placing.box, BOX, BOX]))
        self.size = (0, 0)
        self._movies: list[Movie] = []

    def wants(self, number: int) -> bool:
        """Whether a picture belongs to the stretch."""
        return self.first <= number < self.last

    def add(self, studio: ByteArray, matte: ByteArray | None) -> None:
        """Take one picture and its coverage, all of it where there is no green screen."""
        if not self._movies:
            self.size = (studio.shape[1], studio.shape[0])
            self._movies = [
                Movie(self.folder / "template.mp4", self.size, "yuv420p", 14),
                Movie(self.folder / "matte.mp4", self.size, "gray", 8),
            ]
        self._movies[0].add(studio)
        self._movies[1].add(np.full(studio.shape[:2], 255, np.uint8) if matte is None else matte)

    def finish(self) -> None:
        """Write what the encoders still hold."""
        for movie in self._movies:
            movie.finish()

    def close(self) -> None:
        """Let go of the files."""
        for movie in self._movies:
            movie.close()


class Movie:
    """One H.264 file of the presenter folder at 25 pictures a second."""

    def __init__(self, path: Path, size: tuple[int, int], layout: str, crf: int) -> None:
        self._container = av.open(str(path), "w", format="mp4")
        self._stream = self._container.add_stream("libx264", Fraction(FPS))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt, self._stream.options = layout, {"crf": str(crf), "preset": "medium", "g": "12"}
        self._format = "rgb24" if layout != "gray" else "gray"

    def add(self, picture: ByteArray) -> None:
        """Encode one picture."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=self._format)
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write the end."""
        self._container.mux(self._stream.encode(None))

    def close(self) -> None:
        """Close the file."""
        self._container.close()
