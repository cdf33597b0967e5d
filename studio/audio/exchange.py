"""Sound packed for sending: Opus, AMR-NB, FLAC and WAV as whole files in memory, and unpacked at its old place."""

from __future__ import annotations

import io

import av
import numpy as np
import soundfile

from engines.api.values import Audio, FloatArray
from studio.audio.errors import AudioFileError
from studio.audio.rates import resample
from studio.session.sending import AMR, Packing

AMR_LATE = 40
"""Samples at 8 kHz (5 ms) by which AMR-NB comes late: its look-ahead (3GPP TS 26.090)."""


_STREAMS = {
    "opus": ("ogg", "libopus", {"application": "voip", "vbr": "on"}),
    "amr-nb": ("amr", "libopencore_amrnb", {}),
}
_SUBTYPES = {"flac": ("FLAC", "PCM_24"), "wav": ("WAV", "PCM_16")}


def pack(audio: Audio, packing: Packing, kbps: float = 0.0) -> bytes:
    """A sound as the bytes of a file; kbps counts only where the packing has rates. Raises AudioFileError."""
    if packing.key in _SUBTYPES:
        memory, (kind, subtype) = io.BytesIO(), _SUBTYPES[packing.key]
        soundfile.write(memory, np.clip(audio.samples, -1, 1), audio.rate_hz, format=kind, subtype=subtype)
        return memory.getvalue()
    try:
        return _streamed(audio, packing, kbps)
    except av.FFmpegError as error:
        raise AudioFileError(f"{packing.title} cannot be written here ({error}): choose another format.") from None


def unpack(data: bytes, packing: Packing, like: Audio) -> Audio:
    """The sound of packed bytes at the rate of `like`, as long, and sample by sample at the same place."""
    samples, rate_hz = _decoded(data, packing)
    late = AMR_LATE if packing is AMR else 0
    there = resample(Audio(samples[late:], rate_hz), like.rate_hz).samples[: len(like.samples)]
    return Audio(np.pad(there, (0, len(like.samples) - len(there))), like.rate_hz)


def _streamed(audio: Audio, packing: Packing, kbps: float) -> bytes:
    container_name, codec, options = _STREAMS[packing.key]
    assert packing.rate_hz is not None
    sound = resample(audio, packing.rate_hz)
    late = AMR_LATE if packing is AMR else 0  # what the codec holds back at the end is pushed out by silence
    samples = np.pad(np.clip(sound.samples, -1, 1), (0, late))
    memory = io.BytesIO()
    with av.open(memory, "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=packing.rate_hz, layout="mono", options=options)
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = round(kbps * 1000)
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = packing.rate_hz
        for piece in (frame, None):
            for packet in stream.encode(piece):
                container.mux(packet)
    return memory.getvalue()


def _decoded(data: bytes, packing: Packing) -> tuple[FloatArray, int]:
    if packing.key in _SUBTYPES:
        samples, rate_hz = soundfile.read(io.BytesIO(data), dtype="float32")
        return samples, int(rate_hz)
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        plain = av.AudioResampler(format="fltp", layout="mono", rate=stream.rate)
        frames = [frame for coded in container.decode(stream) for frame in plain.resample(coded)]
        blocks = [np.asarray(frame.to_ndarray()[0], np.float32) for frame in frames]
        return np.concatenate([*blocks, np.zeros(0, np.float32)]), int(stream.rate)
