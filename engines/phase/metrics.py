"""Measures of how near a rebuilt sound is to the original."""

from __future__ import annotations

import warnings

import numpy as np
import pesq
import pystoi
import soxr
import torch
from torch import Tensor

from engines.api.events import EngineError
from engines.api.values import Audio, FloatArray, Likeness
from engines.common.stft import Grid, stft

_PESQ_HZ = 16000
_LONGEST_S = 30.0
"""PESQ's own buffers are made for utterances: longer sounds are measured in pieces of this length, and averaged."""
_FLOOR_DB = -80.0
"""Log-spectral distance does not tell apart what lies below this, against the loudest cell of the original."""


def likeness(original: Audio, rebuilt: Audio, grid: Grid | None = None) -> Likeness:
    """All measures; grid: of the spectral ones, by default the paper's at the sound's rate.

    Fails with EngineError where rates or lengths differ.
    """
    if (original.rate_hz, len(original.samples)) != (rebuilt.rate_hz, len(rebuilt.samples)):
        raise EngineError("Only sounds of the same rate and length can be compared: rebuild the sound again.")
    grid = grid or Grid(original.rate_hz)
    true, made = (stft(torch.from_numpy(np.asarray(a.samples, np.float32))[None], grid) for a in (original, rebuilt))
    at_16k = tuple(_at_16k(a) for a in (original, rebuilt))
    return Likeness(
        pesq_of(*at_16k, "wb"),
        pesq_of(*at_16k, "nb"),
        estoi_of(*at_16k),
        spectral_convergence_db(true.abs(), made.abs()),
        log_spectral_distance_db(true.abs(), made.abs()),
    )


def pesq_of(original: FloatArray, rebuilt: FloatArray, band: str) -> float | None:
    """Mean opinion score of (n,) at 16 kHz, "wb" (P.862.2) or "nb" (P.862.1); None where PESQ finds no speech."""
    scores = [_pesq_piece(a, b, band) for a, b in zip(_pieces(original), _pieces(rebuilt), strict=True)]
    heard = [s for s in scores if s is not None]
    return float(np.mean(heard)) if heard else None


def _pesq_piece(original: FloatArray, rebuilt: FloatArray, band: str) -> float | None:
    if len(original) < _PESQ_HZ // 4 or not original.any() or not rebuilt.any():
        return None
    score = pesq.pesq(_PESQ_HZ, original, rebuilt, band, on_error=pesq.PesqError.RETURN_VALUES)
    return None if score < 0 else float(score)


def _pieces(samples: FloatArray) -> list[FloatArray]:
    count = max(1, round(len(samples) / (_LONGEST_S * _PESQ_HZ)))
    return np.array_split(samples, count)


def estoi_of(original: FloatArray, rebuilt: FloatArray) -> float | None:
    """Extended short-time objective intelligibility of (n,) at 16 kHz; None where there is too little speech."""
    if len(original) < _PESQ_HZ // 2 or not original.any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            score = float(pystoi.stoi(original, rebuilt, _PESQ_HZ, extended=True))
        except RuntimeWarning:
            return None
    return score if np.isfinite(score) else None


def spectral_convergence_db(true: Tensor, made: Tensor) -> float | None:
    """Energy of the magnitudes' difference over that of the true ones (b, t, f), in dB; None for silence."""
    size = float(torch.linalg.vector_norm(true))
    return 20 * float(np.log10(float(torch.linalg.vector_norm(true - made)) / size + 1e-12)) if size else None


def log_spectral_distance_db(true: Tensor, made: Tensor) -> float | None:
    """Root mean square over bins of the difference of levels in dB, mean over frames; None for silence."""
    loudest = float(true.max())
    if not loudest:
        return None
    floor = loudest * 10 ** (_FLOOR_DB / 20)
    difference = 20 * (torch.log10(true.clamp(min=floor)) - torch.log10(made.clamp(min=floor)))
    return float(difference.square().mean(-1).sqrt().mean())


def _at_16k(audio: Audio) -> FloatArray:
    samples = np.asarray(audio.samples, np.float32)
    return samples if audio.rate_hz == _PESQ_HZ else soxr.resample(samples, audio.rate_hz, _PESQ_HZ).astype(np.float32)
