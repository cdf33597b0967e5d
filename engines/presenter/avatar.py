"""The avatar's clips: a performance drawn by the live tier, set before the backgrounds presenters stand before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import moderngl
import numpy as np

from engines.api.avatar import AvatarClipJob
from engines.api.events import EngineError, Partial, Progress
from engines.api.jobs import Job
from engines.api.rooms import Work
from engines.api.values import ByteArray, ClipSummary, Frames, frame_count
from engines.presenter.backgrounds import open_background
from engines.presenter.lower_third import LowerThirdBand, check_lower_third
from engines.scene import Camera, headless_context
from engines.scene.face import FaceRenderer, open_face

CHUNK = 2
"""Pictures that travel together, so that the window never unpacks a large block."""
SAMPLES = 4
SMALLEST, LARGEST = 128, 4096
STAGE = "Drawing the avatar"


class AvatarEngine:
    """Runs AvatarClipJob; the context is opened on first use, the character drawn last is kept."""

    def __init__(self) -> None:
        self._ctx: moderngl.Context | None = None
        self._faces: dict[str, FaceRenderer] = {}

    def run(self, job: Job) -> Work:
        """Draw a clip. Raises EngineError for what the user can mend."""
        assert isinstance(job, AvatarClipJob)
        _check(job)
        since, fps = time.perf_counter(), job.performance.fps
        total = frame_count(job.audio.seconds, fps)
        yield Progress(0, total, STAGE)
        sheet = Sheet(self._context(), job.width, job.height)
        dress = Dress(job)
        try:
            for first in range(0, total, CHUNK):
                numbers = range(first, min(first + CHUNK, total))
                pictures = np.stack([dress.over(self._draw(sheet, job, n), float(n / fps)) for n in numbers])
                yield Partial(Frames(pictures, first, fps))
                yield Progress(numbers[-1] + 1, total, STAGE)
        finally:
            sheet.release()
        work_s = {"draw": time.perf_counter() - since}
        return ClipSummary(total, fps, job.width, job.height, job.audio.seconds, work_s)

    def _draw(self, sheet: Sheet, job: AvatarClipJob, number: int) -> ByteArray:
        motion = job.performance
        at = min(number, len(motion.weights) - 1)
        return sheet.draw(self._face(job.character), motion.weights[at], motion.rotation[at], job.light)

    def _context(self) -> moderngl.Context:
        self._ctx = self._ctx or headless_context()
        return self._ctx

    def _face(self, character: str) -> FaceRenderer:
        if character not in self._faces:
            self._faces = {character: open_face(self._context(), Path(character) if character else None)}
        return self._faces[character]


class Sheet:
    """Framebuffers of one clip: many samples a pixel, and their mean."""

    def __init__(self, ctx: moderngl.Context, width: int, height: int) -> None:
        self._ctx, self._size = ctx, (width, height)
        samples = min(SAMPLES, ctx.max_samples)
        colour = ctx.renderbuffer(self._size, 4, samples=samples)
        self._many = ctx.framebuffer([colour], ctx.depth_renderbuffer(self._size, samples=samples))
        self._mean = ctx.simple_framebuffer(self._size)
        self._camera = Camera.presenter(width, height)

    def draw(self, face: FaceRenderer, weights: Any, rotation: Any, light: str) -> ByteArray:
        """One picture (h, w, 4) over nothing, its colours multiplied by their coverage."""
        self._many.clear()
        face.draw(weights, rotation, self._camera, light=light, target=self._many)
        self._ctx.copy_framebuffer(self._mean, self._many)
        data = np.frombuffer(self._mean.read(components=4), np.uint8)
        return data.reshape(self._size[1], self._size[0], 4)[::-1]

    def release(self) -> None:
        """Free the pictures."""
        for frame in (self._many, self._mean):
            frame.release()


class Dress:
    """Background and lower third of one clip."""

    def __init__(self, job: AvatarClipJob) -> None:
        self._behind = open_background(job.background, job.width, job.height)
        self._band = LowerThirdBand(job.lower_third, job.width, job.height) if job.lower_third is not None else None

    def over(self, drawn: ByteArray, at_s: float) -> ByteArray:
        """A drawn picture before its background, RGB; RGBA with straight alpha where there is none."""
        picture = _straight(drawn) if self._behind is None else _before(drawn, self._behind)
        return picture if self._band is None else self._band.over(picture, at_s)


def _before(drawn: ByteArray, behind: ByteArray) -> ByteArray:
    """Colours carry their coverage already: out = drawn + (1 - coverage) background; whole pixels are only copied."""
    coverage = drawn[..., 3]
    out = np.where((coverage == 255)[..., None], drawn[..., :3], behind)
    rows, columns = np.nonzero((coverage > 0) & (coverage < 255))
    gap = 255 - coverage[rows, columns, None].astype(np.int32)
    mixed = drawn[rows, columns, :3] + (behind[rows, columns] * gap + 127) // 255
    out[rows, columns] = mixed.clip(0, 255)
    return np.ascontiguousarray(out, np.uint8)


def _straight(drawn: ByteArray) -> ByteArray:
    """Take the coverage out of the colours."""
    out = np.array(drawn)
    rows, columns = np.nonzero((drawn[..., 3] > 0) & (drawn[..., 3] < 255))
    share = drawn[rows, columns, 3:].astype(np.float32) / 255.0
    out[rows, columns, :3] = (drawn[rows, columns, :3] / share).clip(0, 255)
    return out


def _check(job: AvatarClipJob) -> None:
    if not len(job.audio.samples) or not len(job.performance.weights):
        raise EngineError("There is nothing to draw: speak the story or record a take first.")
    if not (SMALLEST <= job.width <= LARGEST and SMALLEST <= job.height <= LARGEST):
        raise EngineError(f"A clip cannot be {job.width}x{job.height}: use sides of {SMALLEST} to {LARGEST} pixels.")
    if job.lower_third is not None:
        check_lower_third(job.lower_third)
