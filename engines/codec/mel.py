"""Sound to log-mel segments: levels, frames, bands, and what the bands tell of the spectrum.

Letters: b batch, s segments, n samples, t frames, f bins, m bands. Frame i is centred on sample i * HOP + HOP / 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import librosa
import numpy as np
import torch
from torch import Tensor

from engines.api.values import FloatArray
from engines.codec.config import BANDS, CONTEXT, FRAMES, GRID, HOP, RATE_HZ, SEGMENT
from engines.common.stft import frame_spectra

FLOOR = 2e-3
"""Added to band magnitudes before the logarithm: about 60 dB below the loud bands of levelled speech."""
_LEAD = GRID.size // 2 - HOP // 2
"""Samples a frame reaches before the sound's first sample when it is the first frame."""
_WANTED_RMS = 0.07
_STEP_DB = 0.5
_LOWEST_DB = -100.0


def level_of(samples: FloatArray) -> int:
    """Level of speech (n,) for the header, 1 to 255 in steps of half a decibel; 0 for silence."""
    return level_of_blocks((samples,))


def level_of_blocks(blocks: Iterable[FloatArray]) -> int:
    """The level of a sound that comes in blocks: root mean square of its loud 20 ms pieces."""
    powers = [_powers(block) for block in blocks]
    power = np.concatenate(powers) if powers else np.zeros(0)
    if not len(power) or power.max() < 1e-10:
        return 0
    active = power[power > 1e-2 * np.quantile(power, 0.95)]
    level_db = 10 * np.log10(active.mean())
    return int(np.clip(round((level_db - _LOWEST_DB) / _STEP_DB), 1, 255))


def _powers(block: FloatArray) -> FloatArray:
    size = min(320, max(len(block), 1))
    pieces = np.asarray(block, np.float64)[: len(block) // size * size].reshape(-1, size)
    return np.square(pieces).mean(1)


def gain_of(level: int) -> float:
    """What a sound of this level is multiplied with before `mels_of`, and the decoded one divided by."""
    if level == 0:
        return 1.0
    return float(_WANTED_RMS / 10 ** ((level * _STEP_DB + _LOWEST_DB) / 20))


@lru_cache(maxsize=2)
def bank() -> Tensor:
    """Mel filters (m, f), each of sum one. Bands: O'Shaughnessy's scale as in Slaney's Auditory Toolbox."""
    weights = librosa.filters.mel(sr=RATE_HZ, n_fft=GRID.size, n_mels=BANDS, norm=None)
    return torch.from_numpy(weights / weights.sum(1, keepdims=True)).float()


def spectra_of(samples: Tensor, first: int, count: int) -> Tensor:
    """(b, n) -> (b, count, f): plain spectra of frames first.. of a sound that is silent outside its n samples."""
    begin = first * HOP - _LEAD
    end = begin + (count - 1) * HOP + GRID.size
    piece = samples[:, max(begin, 0) : max(end, 0)]
    before = max(-begin, 0)
    return frame_spectra(torch.nn.functional.pad(piece, (before, end - begin - before - piece.shape[1])), GRID)


def log_bands(magnitude: Tensor) -> Tensor:
    """(b, t, f) -> (b, t, m), natural logarithm."""
    return torch.log(magnitude @ bank().T.to(magnitude.device) + FLOOR)


def segments_in(samples: int) -> int:
    """Segments that hold so many samples, at least one."""
    return max(1, -(-samples // SEGMENT))


def mels_of(samples: FloatArray, first: int = 0, count: int | None = None) -> FloatArray:
    """Levelled sound (n,) at 16 kHz -> (s, CONTEXT + FRAMES + CONTEXT, m) log-mel of segments first.. of it."""
    count = segments_in(len(samples)) - first if count is None else count
    whole = spectra_of(
        torch.from_numpy(np.asarray(samples, np.float32))[None], first * FRAMES - CONTEXT, count * FRAMES + 2 * CONTEXT
    )
    logs = log_bands(whole.abs())[0]
    return torch.stack([logs[i * FRAMES :][: FRAMES + 2 * CONTEXT] for i in range(count)]).numpy()
