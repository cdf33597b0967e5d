"""Pictures as the encoder takes them: RGB to BT.709 limited-range YUV."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from engines.api.values import ByteArray


class PictureConverter:
    """Turns (h, w, 3 or 4) uint8 RGB(A) pictures into planar frames, BT.709 (ITU-R BT.709-6, section 3)."""

    def __init__(self, fps: Fraction, pixels: str) -> None:
        self._time_base, self._pixels = 1 / fps, pixels
        self._reformatter = VideoReformatter()

    def convert(self, picture: ByteArray, number: int) -> av.VideoFrame:
        """Frame `number` of the clip."""
        kind = "rgb24" if picture.shape[2] == 3 else "rgba"
        source = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=kind)
        frame = self._reformatter.reformat(
            source,
            format=self._pixels,
            src_color_range=ColorRange.JPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            dst_color_trc=ColorTrc.BT709,
            dst_color_primaries=ColorPrimaries.BT709,
            threads=1,
        )
        frame.pts, frame.time_base = number, self._time_base
        return frame


def tag_colours(codec: av.VideoCodecContext) -> None:
    """Say in the file that its pictures are BT.709, so that players do not guess."""
    codec.colorspace = Colorspace.ITU709
    codec.color_range = ColorRange.MPEG
    codec.color_primaries = ColorPrimaries.BT709
    codec.color_trc = ColorTrc.BT709
