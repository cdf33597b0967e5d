"""Sound of any length from file to file, block by block, so that hours of it need no memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engines.api.values import FloatArray
from studio.atomic import explain, finished_in_one_move
from studio.audio.errors import AudioFileError
from studio.audio.files import kind_of, refuse_long, remarks_of, watched_blocks


def store_audio(path: Path, target: Path, rate_hz: int) -> tuple[int, tuple[str, ...]]:
    """Decode any sound file to raw float32 samples, mono at rate_hz: how many there are, and what is to be said.

    Raises AudioFileError.
    """
    from studio.audio.decode import Decoder  # brings PyAV

    with Decoder(path) as decoder:
        refuse_long(path, decoder.expected_s or 0.0)
        try:
            with open(target, "wb") as file:
                for block in _resampled(watched_blocks(decoder), decoder.rate_hz, rate_hz):
                    file.write(block.tobytes())
        except OSError as error:
            raise AudioFileError(f"{target} could not be written: {explain(error)}.") from None
        count = target.stat().st_size // 4
        if count == 0:
            raise AudioFileError(f"{path.name} holds no sound: choose another file.")
        return count, remarks_of(decoder, count / rate_hz)


@contextmanager
def growing_audio(path: Path, rate_hz: int) -> Iterator[Callable[[FloatArray], None]]:
    """Write .wav (16 bit) or .flac (24 bit) block by block, in one move at the end. Raises AudioFileError."""
    kind = kind_of(path)
    try:
        with (
            finished_in_one_move(path) as part,
            soundfile.SoundFile(part, "w", rate_hz, 1, subtype=kind[1], format=kind[0]) as file,
        ):
            yield lambda samples: file.write(np.clip(samples, -1.0, 1.0))
    except soundfile.SoundFileError:
        raise AudioFileError(f"{path} could not be written: choose a folder that is there and has room.") from None
    except OSError as error:
        raise AudioFileError(f"{path} could not be written: {explain(error)}.") from None


def _resampled(blocks: Iterator[FloatArray], old_hz: int, new_hz: int) -> Iterator[FloatArray]:
    if old_hz == new_hz:
        yield from blocks
        return
    stream = soxr.ResampleStream(old_hz, new_hz, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
