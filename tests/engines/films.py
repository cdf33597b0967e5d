"""Films for tests: the shipped presenter's silent clip, made small, with a tone, and spoilt in every way users do."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from engines.api.presenter import Consent
from engines.api.values import ByteArray
from engines.presenter.homes import SHIPPED
from engines.presenter.template import ClipReader

CONSENT = Consent("A. Tester", "tests of this program", "2026-01-02", "I agree.")
COUNT = 60


@cache
def pictures(count: int = COUNT) -> tuple[ByteArray, ...]:
    """The presenter's head (h, w, 3), its face about 130 pixels high."""
    reader = ClipReader(SHIPPED / "default" / "template.mp4", "rgb24")
    try:
        shots = [reader.picture(i) for i in range(count)]
    finally:
        reader.close()
    height = shots[0].shape[0]
    wide = [shot[: height * 8 // 10] for shot in shots]
    small = [cv2.resize(w, None, fx=0.56, fy=0.56, interpolation=cv2.INTER_AREA) for w in wide]
    return tuple(np.ascontiguousarray(s[: s.shape[0] // 2 * 2, : s.shape[1] // 2 * 2]) for s in small)


def write_film(
    path: Path, shots: Sequence[ByteArray], fps: int = 25, sound: bool = True, times: Sequence[int] | None = None
) -> Path:
    """Write an MP4. times: when each picture is shown, in milliseconds, instead of a constant rate."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", Fraction(fps))
        video.width, video.height, video.pix_fmt = shots[0].shape[1], shots[0].shape[0], "yuv420p"
        video.options = {"crf": "16", "preset": "ultrafast"}
        if times is not None:
            video.codec_context.time_base = Fraction(1, 1000)
        voice = container.add_stream("aac", 16000) if sound else None
        for i, shot in enumerate(shots):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shot), format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[i], Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if voice is not None:
            tone = 0.2 * np.sin(np.arange(16000 * len(shots) // fps) / 20).astype(np.float32)
            block = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
            block.sample_rate, block.pts = 16000, 0
            container.mux(voice.encode(block))
            container.mux(voice.encode(None))
    return path


def flag_upright(path: Path) -> Path:
    """Set the rotation flag of a film that a telephone was held upright for: show it turned by a quarter."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # version 0: the matrix follows 40 bytes of fields (ISO 14496-12, 8.3.2)
    one = 0x10000
    matrix = (0, one, 0, -one, 0, 0, 0, 0, 0x40000000)
    data[place : place + 36] = b"".join(int(value).to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)
    return path
