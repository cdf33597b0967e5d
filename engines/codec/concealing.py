"""What is heard in place of a damaged segment, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.api.values import FloatArray
from engines.codec.config import FRAMES, MARGIN, RATE_HZ, SEGMENT
from engines.codec.mel import FLOOR
from engines.codec.packet import Packet

_HELD = 4
"""Frames before the damage whose mean goes on."""
_FALL = 0.22
"""Fall of the log-mel from frame to frame: 60 dB in a quarter of a second."""


def faded(mel: FloatArray | None) -> FloatArray | None:
    """The segment before (1, t, m), log-mel with margins -> its end, going on and fading out; None stays silence."""
    if mel is None:
        return None
    end = mel[:, FRAMES + MARGIN - _HELD : FRAMES + MARGIN].mean(1, keepdims=True)
    after = np.maximum(np.arange(mel.shape[1], dtype=np.float32) - MARGIN, 0.0)[None, :, None]
    return np.maximum(end - np.float32(_FALL) * after, np.float32(np.log(FLOOR))).astype(np.float32)


def words_of(packet: Packet, concealed: Sequence[int]) -> str:
    """What to tell the user about a file; empty where all is well."""
    said = []
    if packet.mended:
        said.append("A damaged byte of the header was put right.")
    if concealed:
        places = ", ".join(f"{i * SEGMENT / RATE_HZ:.1f}" for i in concealed[:5]) + (" ..." if concealed[5:] else "")
        many = "segment is" if len(concealed) == 1 else "segments are"
        said.append(f"{len(concealed)} damaged {many} concealed, at {places} s.")
    if packet.cut:
        seconds = packet.samples / RATE_HZ
        said.append(f"The file is cut: {seconds:.1f} of {packet.header.seconds:.1f} s can be played; copy it again.")
    if packet.reading.over:
        said.append(f"{packet.reading.over} bytes behind the end were passed over.")
    return " ".join(said)
