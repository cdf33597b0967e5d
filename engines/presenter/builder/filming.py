"""Reads a person's footage: pictures upright at a steady 25 a second, its sound, and what is wrong with the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from engines.api.events import EngineError
from engines.api.values import Audio, ByteArray

FPS = Fraction(25)
SLOWEST, GAP_S = 20.0, 0.2
"""Pictures a second below which speech is not seen, and the longest time without one."""
RATE_HZ = 16_000
SILENT_DB = -55.0


@dataclass(frozen=True, eq=False)
class Film:
    """An examined video file. count: pictures at FPS; width, height: upright; steady: of a constant rate."""

    path: Path
    count: int
    width: int
    height: int
    fps: float
    steady: bool
    sound: Audio

    @property
    def loudness_db(self) -> float:
        """Level of the sound, dB of full scale."""
        power = float(np.mean(np.square(self.sound.samples, dtype=np.float64)))
        return 10 * float(np.log10(power + 1e-12))

    def pictures(self) -> Iterator[ByteArray]:
        """Pictures (h, w, 3), upright, at FPS: of a slower or unsteady video the last one is shown on."""
        shown, number = None, 0
        for at_s, frame in decoded(self.path):
            while shown is not None and number < self.count and number / FPS + 1e-6 < at_s:
                yield upright(shown)
                number += 1
            shown = frame
        while shown is not None and number < self.count:
            yield upright(shown)
            number += 1


def decoded(path: Path) -> Iterator[tuple[float, Any]]:
    """Every decoded frame of a video with its time from the first one, in seconds."""
    with av.open(str(path)) as container:
        first = None
        for frame in container.decode(video=0):
            if frame.pts is None:
                continue
            at_s = float(frame.pts * frame.time_base)
            first = at_s if first is None else first
            yield at_s - first, frame


def upright(frame: Any) -> ByteArray:
    """The picture (h, w, 3) of a frame, turned as its rotation flag says."""
    turns = round(float(frame.rotation or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))


def open_film(path: Path) -> Film:
    """Examine a video to its end.

    Raises EngineError with one sentence: missing, no video, a still picture, no sound, too slow, or cut short.
    """
    stated_s = examine(path)
    times, size = [], (0, 0)
    try:
        for at_s, frame in decoded(path):
            times.append(at_s)
            if len(times) == 1:
                size = upright(frame).shape[1::-1]
    except av.error.FFmpegError as error:
        raise cut_short(path, times[-1] if times else 0.0, stated_s) from error
    if len(times) < 2:
        raise EngineError(f"{path.name} is a still picture, not a video: name a film of the person speaking.")
    steps = np.diff(times)
    fps = 1 / float(np.mean(steps))
    if stated_s > times[-1] + max(0.5, 0.06 * stated_s):
        raise cut_short(path, times[-1], stated_s)
    if fps < SLOWEST - 0.2:
        raise EngineError(
            f"{path.name} runs at {fps:.3g} pictures a second: film at 25 or more, so that lips are seen."
        )
    steady = bool(np.ptp(steps) < 0.5 * float(np.median(steps)))
    count = int((times[-1] + float(np.median(steps))) * FPS + 1e-6)
    return Film(path, count, size[0], size[1], fps, steady, read_sound(path))


def cut_short(path: Path, at_s: float, stated_s: float) -> EngineError:
    """The sentence about a file that ends too early."""
    return EngineError(
        f"{path.name} breaks off after {at_s:.1f} of {stated_s:.1f} s: the file is incomplete, copy it again."
    )


def examine(path: Path) -> float:
    """The seconds a video says it lasts. Raises EngineError where it is none, or has no sound."""
    if not path.is_file():
        raise EngineError(f"There is no video {path}: name a file.")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise EngineError(f"{path.name} has no picture: name a film of the person speaking.")
            stream = container.streams.video[0]
            still = container.format.name.endswith("_pipe") or container.format.name in ("image2", "gif")
            if still:
                raise EngineError(f"{path.name} is a still picture, not a video: name a film of the person speaking.")
            if not container.streams.audio:
                raise EngineError(f"{path.name} has no sound: film with sound, so that lips and voice can be compared.")
            if stream.duration:
                return float(stream.duration * stream.time_base)
            return float(container.duration or 0) / av.time_base
    except av.error.FFmpegError as error:
        raise EngineError(
            f"{path.name} cannot be read as video: it is damaged or incomplete; copy it again."
        ) from error


def read_sound(path: Path) -> Audio:
    """The sound of a video, one channel at RATE_HZ. Raises EngineError where it breaks off."""
    resampler, parts = av.AudioResampler("flt", "mono", RATE_HZ), []
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(audio=0):
                parts += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
            parts += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    except av.error.FFmpegError as error:
        raise EngineError(f"The sound of {path.name} is damaged: copy the file again.") from error
    samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    if not len(samples):
        raise EngineError(f"{path.name} has no sound: film with sound, so that lips and voice can be compared.")
    return Audio(np.ascontiguousarray(samples, np.float32), RATE_HZ)
