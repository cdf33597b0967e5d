"""Is the file what was asked for: reopened, counted and compared before anybody is told it is done."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av

from studio.audio.decode import Decoder
from studio.audio.errors import AudioFileError
from studio.export.containers import Container
from studio.export.errors import ExportError
from studio.export.loudness import Loudness
from studio.export.metering import measure
from studio.export.plan import ExportPlan

NEAR = Fraction(1, 1000)
"""WebM counts time in milliseconds, so that its rates come out a little off."""


@dataclass(frozen=True)
class MovieFacts:
    """What a movie file holds: streams as found by reading every packet (nothing is decoded)."""

    frames: int
    fps: Fraction
    width: int
    height: int
    video_codec: str
    audio_codec: str
    video_s: float
    audio_s: float


def read_facts(path: Path) -> MovieFacts:
    """Read a movie from first to last packet. Raises ExportError if it is not a whole movie with sound."""
    try:
        with av.open(str(path)) as movie:
            if not movie.streams.video or not movie.streams.audio:
                raise ExportError(f"{path.name} lacks pictures or sound: export it again.")
            video, audio = movie.streams.video[0], movie.streams.audio[0]
            ends = {video.index: Fraction(0), audio.index: Fraction(0)}
            frames = 0
            for packet in movie.demux(video, audio):
                if packet.pts is not None and packet.duration is not None:
                    end = (packet.pts + packet.duration) * Fraction(packet.time_base)
                    ends[packet.stream.index] = max(ends[packet.stream.index], end)
                    frames += packet.stream is video
            rate = Fraction(video.average_rate or 0)
            names = video.codec_context.name, audio.codec_context.name
            seconds = float(ends[video.index]), float(ends[audio.index])
            return MovieFacts(frames, rate, video.width, video.height, *names, *seconds)
    except (av.FFmpegError, OSError):
        raise ExportError(f"{path.name} cannot be read back: export it again.") from None


def read_loudness(path: Path) -> Loudness:
    """Decode the sound of a movie and measure it. Raises ExportError where it cannot be read."""
    try:
        with Decoder(path) as sound:
            return measure(sound.blocks(), sound.rate_hz)
    except AudioFileError:
        raise ExportError(f"{path.name} cannot be read back: export it again.") from None


def covered(path: Path, container: Container) -> bool:
    """Whether the first picture of a movie carries coverage, decoded. Raises ExportError where it cannot be."""
    try:
        with av.open(str(path)) as movie:
            stream = movie.streams.video[0]
            own = av.CodecContext.create(container.decoder, "r") if container.decoder else stream.codec_context
            decoder = cast(av.VideoCodecContext, own)
            for packet in movie.demux(stream):
                for frame in decoder.decode(packet):
                    return any(part.is_alpha for part in frame.format.components)
    except (av.FFmpegError, OSError):
        pass
    raise ExportError(f"{path.name} cannot be read back: export it again.")


def verify(path: Path, plan: ExportPlan, frames: int) -> MovieFacts:
    """Compare a movie with what it should hold; sound and picture must end within one frame. Raises ExportError."""
    facts, fps = read_facts(path), plan.fps
    wrong = [
        (facts.frames != frames, f"{facts.frames} pictures instead of {frames}"),
        (abs(facts.fps / fps - 1) > NEAR, f"{float(facts.fps):.5g} frames per second instead of {float(fps):.5g}"),
        ((facts.width, facts.height) != (plan.width, plan.height), f"pictures of {facts.width}x{facts.height}"),
        (abs(facts.video_s - facts.audio_s) > 1 / fps, "sound and picture of different length"),
        (plan.alpha and not covered(path, plan.container), "no transparency"),
    ]
    found = [what for bad, what in wrong if bad]
    if found:
        raise ExportError(f"The movie came out with {' and '.join(found)}: export it again.")
    return facts
