"""Knows how one presenter's mouth shapes become pictures: recompose, map, renderer, composite, in small chunks.

Letters: n pictures of a chunk; h w of the clip.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from engines.api.looks import LowerThird
from engines.api.values import ByteArray, FloatArray, Frames
from engines.presenter.backgrounds import ALPHA, open_background
from engines.presenter.composite import FaceSetter, fit, over, with_coverage
from engines.presenter.export import Painter
from engines.presenter.face_frame import BOX, carry
from engines.presenter.facial_map import compose_map, still_edges, to_face_frame
from engines.presenter.lip_setting import LipSetter
from engines.presenter.lower_third import LowerThirdBand
from engines.presenter.presenters import Presenter
from engines.presenter.recompose import recompose
from engines.presenter.template import TemplateClip, template_number

CHUNK = 1
"""Pictures a Partial holds."""
_KEPT_EDGES = 256
"""Template edge pictures kept packed in memory: 32 KiB each."""


@dataclass
class Stopwatch:
    """Seconds of work by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, since: float) -> float:
        """Book the time since `since` to a stage; returns now."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - since
        return now


@dataclass(frozen=True)
class Look:
    """What a clip looks like: rate, size in pixels, background, where in the template it begins, name and title."""

    fps: Fraction
    width: int
    height: int
    background: str
    seed: int = 0
    lower_third: LowerThird | None = None


class Scene:
    """One presenter before one background, ready to be painted frame by frame."""

    def __init__(
        self,
        presenter: Presenter,
        painter: Painter,
        look: Look,
        lips: LipSetter | None = None,
        mask: FloatArray | None = None,
    ) -> None:
        """lips: paints the mouth from phones, None leaves the renderer's own; mask: another than the face's."""
        self.presenter, self.painter, self.look, self._lips = presenter, painter, look, lips
        self.clip = TemplateClip(presenter.folder)
        self.count = min(self.clip.count, len(presenter.landmarks))
        self.setter = FaceSetter(presenter.frame, presenter.box, mask)
        self.watch = Stopwatch()
        self._background: ByteArray | None = None
        self._edges: OrderedDict[int, ByteArray] = OrderedDict()
        third = look.lower_third
        self._head = presenter.head()
        self._band = None if third is None else LowerThirdBand(third, look.width, look.height)

    def number(self, frame: int) -> int:
        """The template picture behind a clip's frame; the seed chooses where the template begins."""
        offset = int(np.random.default_rng(self.look.seed).integers(self.count)) if self.look.seed else 0
        return template_number(frame, self.look.fps, self.count, self.presenter.fps, offset)

    def pose(self, number: int) -> FloatArray:
        """Similarity from the face box of a template picture to the face frame."""
        return self.presenter.frame.align(self.presenter.landmarks[number])

    def still_edges(self, number: int) -> ByteArray:
        """Edges (512, 512) of a template picture outside mouth and jaw; drawn once, kept packed."""
        if number not in self._edges:
            left, top = self.presenter.box
            pose = self.pose(number)
            box = self.clip.picture(number)[0][top : top + BOX, left : left + BOX]
            points = carry(pose, self.presenter.landmarks[number])
            self._edges[number] = np.packbits(still_edges(to_face_frame(box, pose), points) > 0)
            if len(self._edges) > _KEPT_EDGES:
                self._edges.popitem(last=False)
        return np.unpackbits(self._edges[number]).reshape(BOX, BOX) * np.uint8(255)

    def facial_map(self, frame: int, mouth: FloatArray) -> ByteArray:
        """Map (c, 512, 512) of a clip's frame with a mouth (20, 2) in mouth units."""
        number, who = self.number(frame), self.presenter
        points = recompose(who.landmarks[number], mouth, who.frame, who.jaw, who.rest)
        return compose_map(self.still_edges(number), points, self.pose(number))

    def background(self, width: int, height: int) -> ByteArray | None:
        """The background at the template's size; painted once."""
        if self._background is None:
            self._background = open_background(self.look.background, width, height)
        return self._background

    def picture(self, frame: int, painted: ByteArray) -> ByteArray:
        """The finished picture (h, w, 3 or 4) of a clip's frame from its painted face (512, 512, 3)."""
        shot = self.shot(frame, painted)
        return shot if self._band is None else self._band.over(shot, float(frame / self.look.fps))

    def shot(self, frame: int, painted: ByteArray) -> ByteArray:
        """The presenter before the background (h, w, 3 or 4), nothing laid over."""
        number = self.number(frame)
        if self._lips is not None:
            painted = self._lips.set(painted, self._lips.picture(float(frame / self.look.fps)))
        template, matte = self.clip.picture(number)
        body = self.setter.set(template, painted, self.pose(number))
        if self.look.background == ALPHA:
            return self._framed(with_coverage(body, matte, self.presenter.behind))
        height, width = matte.shape
        background = self.background(width, height)
        assert background is not None
        return self._framed(over(body, matte, background, self.presenter.behind))

    def _framed(self, picture: ByteArray) -> ByteArray:
        """A template picture at the clip's size, the head in sight."""
        return fit(picture, self.look.width, self.look.height, self._head)

    def frames(self, mouths: FloatArray, first: int) -> Iterator[Frames]:
        """Pictures of mouths (f, 20, 2) beginning at frame number `first`, CHUNK at a time.

        While the renderer paints one chunk the one before is composed; memory does not grow with the clip.
        """
        before: tuple[int, Callable[[], ByteArray]] | None = None
        for start in range(first, first + len(mouths), CHUNK):
            maps = self.maps(mouths[start - first : start - first + CHUNK], start)
            if before is None:
                before = (start, self.start(maps))
                continue
            at, faces = before[0], self.wait(before[1])
            before = (start, self.start(maps))
            yield self.compose(faces, at)
        if before is not None:
            yield self.compose(self.wait(before[1]), before[0])

    def maps(self, mouths: FloatArray, first: int) -> ByteArray:
        """Maps (n, c, 512, 512) of consecutive frames."""
        since = time.perf_counter()
        maps = np.stack([self.facial_map(first + i, mouth) for i, mouth in enumerate(mouths)])
        self.watch.add("map", since)
        return maps

    def start(self, maps: ByteArray) -> Callable[[], ByteArray]:
        """Have maps painted; the answer waits for the faces."""
        since = time.perf_counter()
        painting = self.painter.start(maps)
        self.watch.add("renderer", since)
        return painting

    def wait(self, painting: Callable[[], ByteArray]) -> ByteArray:
        """Painted faces (n, 512, 512, 3)."""
        since = time.perf_counter()
        faces = painting()
        self.watch.add("renderer", since)
        return faces

    def compose(self, faces: ByteArray, first: int) -> Frames:
        """Finished pictures of painted faces (n, 512, 512, 3)."""
        since = time.perf_counter()
        pictures = np.stack([self.picture(first + i, face) for i, face in enumerate(faces)])
        self.watch.add("composite", since)
        return Frames(pictures, first, self.look.fps)

    def close(self) -> None:
        """Let go of the template files."""
        self.clip.close()
