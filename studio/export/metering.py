"""Measuring a sound as it comes, block by block: integrated loudness and true peak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np
import soxr
from av.filter import Graph

from engines.api.values import FloatArray
from studio.audio.level import decibels
from studio.export.loudness import Loudness

METER_HZ = 48_000
"""The rate BS.1770 gives its filters for; at others the meter would be off by a tenth."""
QUIETEST_LUFS = -70.0
"""The absolute gate of BS.1770: what lies below it has no loudness."""
OVERSAMPLING = 4


def measure(blocks: Iterable[FloatArray], rate_hz: int) -> Loudness:
    """Loudness by ITU-R BS.1770-4 (mono counts as one channel) and true peak (its annex 2) of blocks (n,) in order.

    FFmpeg's ebur128 filter counts as the blocks come, so that memory does not grow with the length of the sound.
    """
    meter, peak = _Meter(rate_hz), 0.0
    stream = soxr.ResampleStream(rate_hz, OVERSAMPLING * rate_hz, 1, dtype="float32")
    for block in blocks:
        meter.push(block)
        peak = max(peak, _highest(stream.resample_chunk(block)))
    peak = max(peak, _highest(stream.resample_chunk(np.zeros(0, np.float32), last=True)))
    lufs = meter.finish()
    return Loudness(lufs if lufs > QUIETEST_LUFS else None, decibels(peak))


class _Meter:
    """FFmpeg's loudness filter, fed block by block."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz, self._pushed, self._lufs = rate_hz, 0, QUIETEST_LUFS
        graph = self._graph = Graph()
        shape = f"sample_rate={rate_hz}:sample_fmt=flt:channel_layout=mono:time_base=1/{rate_hz}"
        self._source, self._sink = graph.add("abuffer", shape), graph.add("abuffersink")
        rate, meter = graph.add("aresample", str(METER_HZ)), graph.add("ebur128", "metadata=1")
        self._source.link_to(rate)
        rate.link_to(meter)
        meter.link_to(self._sink)
        graph.configure()

    def push(self, block: FloatArray) -> None:
        """Take in (n,) samples."""
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block)[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = self._rate_hz, self._pushed, Fraction(1, self._rate_hz)
        self._pushed += len(block)
        self._source.push(frame)
        self._read()

    def finish(self) -> float:
        """The integrated loudness in LUFS; QUIETEST_LUFS where there is none."""
        self._source.push(None)
        self._read()
        return self._lufs

    def _read(self) -> None:
        for frame in _pulled(self._sink):
            self._lufs = float(frame.metadata.get("lavfi.r128.I", self._lufs))


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[av.AudioFrame]:
    """All frames a filter has ready."""
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def _highest(samples: FloatArray) -> float:
    return float(np.abs(samples).max(initial=0.0))
