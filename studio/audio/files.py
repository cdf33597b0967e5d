"""Sound files in and out: what is read becomes mono at one rate, what is written is written whole."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from engines.api.values import Audio, FloatArray
from studio.atomic import explain, write_bytes
from studio.audio.rates import RATE_HZ

if TYPE_CHECKING:
    from studio.audio.decode import Decoder
from studio.audio.errors import AudioFileError

LONGEST_S = 3 * 3600.0
"""Longer sound is refused: it would not fit in memory beside the engines."""
_KINDS = {".wav": ("WAV", "PCM_16"), ".flac": ("FLAC", "PCM_24")}


@dataclass(frozen=True, eq=False)
class SoundFile:
    """Sound read from a file; remarks: one sentence for each thing that was changed or is missing."""

    audio: Audio
    remarks: tuple[str, ...] = ()


def read_audio(path: Path, rate_hz: int = RATE_HZ, on_progress: Callable[[float], None] | None = None) -> SoundFile:
    """Read WAV, FLAC, MP3, M4A, OGG or the sound of a video as mono at rate_hz.

    on_progress: called with 0..1 now and then; what it raises stops the reading. Raises AudioFileError.
    """
    from studio.audio.decode import Decoder  # brings PyAV, which the window does not need to open

    with Decoder(path) as decoder:
        refuse_long(path, decoder.expected_s or 0.0)
        blocks = watched_blocks(decoder, on_progress)
        samples = _join(blocks, decoder.rate_hz, rate_hz)
        if len(samples) == 0:
            raise AudioFileError(f"{path.name} holds no sound: choose another file.")
        return SoundFile(Audio(samples, rate_hz), remarks_of(decoder, len(samples) / rate_hz))


def write_audio(audio: Audio, path: Path) -> None:
    """Write .wav (16 bit) or .flac (24 bit) in one move. Raises AudioFileError."""
    kind = kind_of(path)
    memory = io.BytesIO()
    soundfile.write(memory, np.clip(audio.samples, -1.0, 1.0), audio.rate_hz, format=kind[0], subtype=kind[1])
    try:
        write_bytes(path, memory.getvalue())
    except OSError as error:
        raise AudioFileError(f"{path} could not be written: {explain(error)}.") from None


def kind_of(path: Path) -> tuple[str, str]:
    """(format, subtype) of a sound file to be written. Raises AudioFileError for other endings."""
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise AudioFileError(f"{path.name} is no name for a sound file: let it end in .wav or .flac.")
    return kind


def watched_blocks(decoder: Decoder, on_progress: Callable[[float], None] | None = None) -> Iterator[FloatArray]:
    """The decoder's blocks, checked as they pass."""
    heard, told = 0, 0
    for block in decoder.blocks():
        if not np.isfinite(block).all():
            raise AudioFileError(f"{decoder.path.name} holds broken samples: export it again as 16-bit WAV.")
        heard += len(block)
        if heard - told >= decoder.rate_hz * 10:
            told = heard
            refuse_long(decoder.path, heard / decoder.rate_hz)
            if on_progress is not None and decoder.expected_s:
                on_progress(min(heard / decoder.rate_hz / decoder.expected_s, 1.0))
        yield block


def _join(blocks: Iterator[FloatArray], old_hz: int, new_hz: int) -> FloatArray:
    """Blocks at old_hz -> one array (n,) at new_hz."""
    if old_hz == new_hz:
        return np.concatenate([*blocks, np.zeros(0, np.float32)])
    stream = soxr.ResampleStream(old_hz, new_hz, 1, dtype="float32")
    parts = [stream.resample_chunk(block) for block in blocks]
    parts.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(parts).astype(np.float32, copy=False)


def refuse_long(path: Path, seconds: float) -> None:
    """Raise AudioFileError for sound of more than LONGEST_S."""
    if seconds > LONGEST_S:
        raise AudioFileError(f"{path.name} is longer than {LONGEST_S / 3600:.0f} hours: cut it into shorter files.")


def remarks_of(decoder: Decoder, seconds: float) -> tuple[str, ...]:
    """What is to be said of a sound that has been read."""
    remarks = []
    if decoder.channels > 1:
        name = "stereo" if decoder.channels == 2 else f"sound of {decoder.channels} channels"
        remarks.append(f"{decoder.path.name} is {name}: its channels were mixed to one.")
    if decoder.cut_short:
        remarks.append(
            f"{decoder.path.name} is cut short: {seconds:.1f} s could be read; copy it again if more is missing."
        )
    return tuple(remarks)
