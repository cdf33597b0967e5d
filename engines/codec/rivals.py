"""Knows the codecs that ours is measured against: sound to a whole file in memory, and back."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import av
import numpy as np
import pycodec2
import soxr
from numpy.typing import NDArray

from engines.api.values import FloatArray
from engines.codec.config import RATE_HZ
from engines.codec.speex import decode_speex, encode_speex, speex_absence

_NARROW_HZ = 8000
_LAG_S = 0.06
"""A decoder's delay is looked for up to this."""


@dataclass(frozen=True)
class Rival:
    """encode: 16 kHz sound -> the bytes of a file; decode: back to 16 kHz, its delay still in it; absence: why it
    cannot be run on this machine, empty where it can."""

    name: str
    encode: Callable[[FloatArray], bytes]
    decode: Callable[[bytes], FloatArray]
    absence: Callable[[], str] = field(default=lambda: "")


def rivals() -> tuple[Rival, ...]:
    """All rivals, absent ones among them. Opus is given its longest frames and pages, at which it is best per bit."""
    opus = {"application": "voip", "frame_duration": "60"}
    return (
        *(_ffmpeg(f"opus-{k}", "libopus", "ogg", RATE_HZ, k * 1000, opus) for k in (6, 9)),
        *(_ffmpeg(f"amr-nb-{k}", "libopencore_amrnb", "amr", _NARROW_HZ, round(k * 1000), {}) for k in (4.75, 6.7)),
        _ffmpeg("g723.1-6.3", "g723_1", "g723_1", _NARROW_HZ, 6300, {}),
        *(_codec2(bits) for bits in (1200, 2400, 3200)),
        *(_speex(quality, name) for quality, name in enumerate(("speex-2.15", "speex-3.95", "speex-5.95"))),
    )


def aligned(rebuilt: FloatArray, original: FloatArray) -> FloatArray:
    """The rebuilt sound without its codec's delay, found by correlation, and as long as the original."""
    count, most = len(original), round(_LAG_S * RATE_HZ)
    size = 1 << (count + len(rebuilt) - 1).bit_length()
    spectrum = np.fft.rfft(rebuilt, size) * np.fft.rfft(original, size).conj()
    likeness = np.fft.irfft(spectrum, size)
    lag = int(np.argmax(np.concatenate((likeness[-most:], likeness[: most + 1])))) - most
    moved = rebuilt[lag:] if lag > 0 else np.pad(rebuilt, (-lag, 0))
    return np.pad(moved[:count], (0, max(0, count - len(moved)))).astype(np.float32)


def _ffmpeg(name: str, codec: str, container: str, rate_hz: int, bits: int, options: dict[str, str]) -> Rival:
    def encode(samples: FloatArray) -> bytes:
        memory = io.BytesIO()
        pages = {"page_duration": "60000000"} if container == "ogg" else {}
        with av.open(memory, "w", format=container, options=pages) as file:
            stream = file.add_stream(codec, rate=rate_hz, layout="mono", options=options)
            stream.bit_rate = bits
            frame = av.AudioFrame.from_ndarray(_whole_numbers(samples, rate_hz)[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate_hz, 0
            for packet in (*stream.encode(frame), *stream.encode(None)):
                file.mux(packet)
        return memory.getvalue()

    def decode(data: bytes) -> FloatArray:
        with av.open(io.BytesIO(data), format=container) as file:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            frames = [plain for frame in file.decode(audio=0) for plain in resampler.resample(_timeless(frame))]
            frames += resampler.resample(None)
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])

    return Rival(name, encode, decode, lambda: "" if _writes(codec) else f"this FFmpeg cannot write {codec}")


def _timeless(frame: av.AudioFrame) -> av.AudioFrame:
    frame.pts = None
    return frame


def _writes(codec: str) -> bool:
    try:
        av.codec.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _codec2(bits: int) -> Rival:
    """Codec2 in the file its own tools write: 7 bytes, then frames."""
    header = bytes((0xC0, 0xDE, 0xC2, 1, 0, {3200: 0, 2400: 1, 1200: 5}[bits], 0))

    def encode(samples: FloatArray) -> bytes:
        coder = pycodec2.Codec2(bits)
        sound = _whole_frames(_whole_numbers(samples, _NARROW_HZ), coder.samples_per_frame())
        return header + b"".join(bytes(coder.encode(frame)) for frame in sound)

    def decode(data: bytes) -> FloatArray:
        coder = pycodec2.Codec2(bits)
        size = coder.bytes_per_frame()
        frames = [coder.decode(data[at : at + size]) for at in range(len(header), len(data), size)]
        return _at_16k(np.concatenate(frames))

    return Rival(f"codec2-{bits / 1000:.1f}", encode, decode)


def _speex(quality: int, name: str) -> Rival:
    def encode(samples: FloatArray) -> bytes:
        return encode_speex(_whole_numbers(samples, _NARROW_HZ), quality)

    return Rival(name, encode, lambda data: _at_16k(decode_speex(data)), speex_absence)


def _whole_frames(samples: NDArray[np.int16], size: int) -> NDArray[np.int16]:
    return np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)


def _whole_numbers(samples: FloatArray, rate_hz: int) -> NDArray[np.int16]:
    sound = samples if rate_hz == RATE_HZ else soxr.resample(samples, RATE_HZ, rate_hz)
    return np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)


def _at_16k(samples: NDArray[np.int16]) -> FloatArray:
    return soxr.resample((samples / 32768).astype(np.float32), _NARROW_HZ, RATE_HZ)
