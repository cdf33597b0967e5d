"""Two sounds against each other: brought to one sign and time, and pictured as levels or as errors of phase.

Letters: n samples, c columns of a picture, f bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.api.values import ByteArray, FloatArray

ComplexArray = NDArray[np.complex64]
LEVELS_DB = (-100.0, -10.0)
"""Range of every spectrogram, in decibels of a full-scale sine."""
OFF_DB = 20.0
"""Range of errors of level, either way."""
HEARD_DB = -60.0
"""Phase and level errors are pictured only where the original is above this, against its loudest cell in sight."""
MOST_COLUMNS = 1600
ALIKE = 0.5
_BLOCK = 1 << 16
_WINDOWS = {"blackman": np.blackman, "hann": np.hanning, "hamming": np.hamming}


@dataclass(frozen=True)
class Raster:
    """Where the cells of a picture lie: samples of a frame, between frames, the window, samples per second."""

    rate_hz: int
    size: int
    hop: int
    window: str

    def frames(self, count: int) -> int:
        """Frames of a sound of so many samples; frame i is centred on sample i * hop."""
        return 1 + -(-count // self.hop)


@dataclass(frozen=True, eq=False)
class Picture:
    """Palette numbers (f, c), lowest bin first, and the stretch of time they stand for."""

    cells: ByteArray
    start_s: float
    end_s: float


def fit(original: FloatArray, rebuilt: FloatArray, reach: int) -> tuple[int, int]:
    """Sign (+1 or -1) and delay in samples, at most `reach` either way, at which two sounds of one length agree best.

    Magnitudes tell nothing of a sound's sign. By cross-correlation in blocks; a delay counts only where the sounds
    then clearly agree (correlation ALIKE), else it would be the pitch of a voice that is found.
    """
    total = np.zeros(2 * reach + 1)
    padded = np.pad(rebuilt, (reach, reach))
    for begin in range(0, len(original), _BLOCK):
        piece = original[begin : begin + _BLOCK]
        other = padded[begin : begin + len(piece) + 2 * reach]
        size = 1 << (len(other) + len(piece) - 1).bit_length()
        product = np.fft.rfft(other, size) * np.conj(np.fft.rfft(piece, size))
        total += np.fft.irfft(product, size)[: 2 * reach + 1]
    best = int(np.argmax(np.abs(total)))
    alike = ALIKE * float(np.linalg.norm(original)) * float(np.linalg.norm(rebuilt))
    if abs(total[best]) <= max(alike, 1.05 * abs(total[reach])):
        best = reach
    return (1 if total[best] >= 0 else -1), best - reach


def fitted(rebuilt: FloatArray, sign: int, late: int) -> FloatArray:
    """A sound (n,) with its sign and delay taken back."""
    moved = np.roll(rebuilt, -late)
    if late > 0:
        moved[-late:] = 0.0
    elif late < 0:
        moved[:-late] = 0.0
    return np.asarray(moved * np.float32(sign), np.float32)


def levels(sound: FloatArray, raster: Raster, start_s: float, end_s: float) -> Picture:
    """Spectrogram of a stretch of a sound: palette numbers 0..255 over LEVELS_DB."""
    first, last, step = _columns(len(sound), raster, start_s, end_s)
    return _picture(_bytes(_decibels(_spectra(sound, raster, first, last, step)), *LEVELS_DB), raster, first, step)


def phase_errors(original: FloatArray, rebuilt: FloatArray, raster: Raster, start_s: float, end_s: float) -> Picture:
    """Wrapped difference of phase: 1..255 over -pi..pi, 0 where the original is too quiet to be heard."""
    first, last, step = _columns(len(original), raster, start_s, end_s)
    true = _spectra(original, raster, first, last, step)
    error = np.angle(_spectra(rebuilt, raster, first, last, step) * np.conj(true))
    cells = 1 + np.round((error / np.pi + 1) * 127).astype(np.uint8)
    return _picture(np.where(_heard(true), cells, 0).astype(np.uint8), raster, first, step)


def level_errors(original: FloatArray, rebuilt: FloatArray, raster: Raster, start_s: float, end_s: float) -> Picture:
    """Difference of levels: 1..255 over -OFF_DB..OFF_DB, 0 where the original is too quiet to be heard."""
    first, last, step = _columns(len(original), raster, start_s, end_s)
    true = _spectra(original, raster, first, last, step)
    off = _decibels(_spectra(rebuilt, raster, first, last, step)) - _decibels(true)
    cells = np.maximum(_bytes(off, -OFF_DB, OFF_DB), 1)
    return _picture(np.where(_heard(true), cells, 0).astype(np.uint8), raster, first, step)


def _columns(count: int, raster: Raster, start_s: float, end_s: float) -> tuple[int, int, int]:
    """First frame, the frame after the last, and the step from column to column."""
    frames, per_s = raster.frames(count), raster.rate_hz / raster.hop
    first = min(max(int(start_s * per_s) - 1, 0), frames - 1)
    last = min(max(int(np.ceil(end_s * per_s)) + 2, first + 1), frames)
    return first, last, max(1, -(-(last - first) // MOST_COLUMNS))


def _spectra(sound: FloatArray, raster: Raster, first: int, last: int, step: int) -> ComplexArray:
    """Every step-th frame from first on, (c, f), scaled so that a full-scale sine has modulus one."""
    window = _WINDOWS[raster.window](raster.size + 1)[:-1].astype(np.float32)
    begin = first * raster.hop - raster.size // 2
    end = (last - 1) * raster.hop + raster.size // 2
    piece = sound[max(begin, 0) : max(end, 0)]
    padded = np.pad(piece, (max(-begin, 0), end - begin - max(-begin, 0) - len(piece)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, raster.size)[:: raster.hop * step]
    return np.fft.rfft(frames * (window * (2 / window.sum())), axis=1).astype(np.complex64)


def _decibels(spectra: ComplexArray) -> FloatArray:
    return np.asarray(20 * np.log10(np.maximum(np.abs(spectra), 1e-6)), np.float32)


def _heard(true: ComplexArray) -> NDArray[np.bool_]:
    size = np.abs(true)
    heard: NDArray[np.bool_] = size > max(float(size.max()) * 10 ** (HEARD_DB / 20), 1e-6)
    return heard


def _bytes(values: FloatArray, low: float, high: float) -> ByteArray:
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(np.round(share * 255), np.uint8)


def _picture(cells: ByteArray, raster: Raster, first: int, step: int) -> Picture:
    """(c, f) -> Picture; a column reaches half a step to either side of its frame's centre."""
    step_s = step * raster.hop / raster.rate_hz
    start_s = first * raster.hop / raster.rate_hz - step_s / 2
    return Picture(np.ascontiguousarray(cells.T), start_s, start_s + len(cells) * step_s)


@dataclass(frozen=True, eq=False)
class Trace:
    """A waveform as it is drawn: times (c,) with the lowest and highest sample there; equal where every one is."""

    times: FloatArray
    low: FloatArray
    high: FloatArray


def trace(sound: FloatArray, rate_hz: int, start_s: float, end_s: float) -> Trace:
    """The waveform of a stretch of a sound in at most MOST_COLUMNS columns, or its very samples where they are few."""
    first = min(max(int(start_s * rate_hz) - 1, 0), len(sound))
    piece = sound[first : max(int(np.ceil(end_s * rate_hz)) + 2, first)]
    step = -(-len(piece) // MOST_COLUMNS)
    if step <= 2:
        times = (first + np.arange(len(piece))) / rate_hz
        return Trace(times.astype(np.float32), piece, piece)
    starts = np.arange(0, len(piece), step)
    times = (first + starts + step / 2) / rate_hz
    low, high = np.minimum.reduceat(piece, starts), np.maximum.reduceat(piece, starts)
    return Trace(times.astype(np.float32), low, high)
