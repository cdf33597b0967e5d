"""Cuts sound, as it comes or whole, into what a face is made from: spectra, loudness and pitch, none of it from later.

Samples are at 44.1 kHz; column c is the power spectrum of samples 128 c to 128 c + 256. Face k is made when sample
1764 (k + 1) - 96 has come, from the last 32 columns that lie wholly before it (the 96 ms window ends 2 to 5 ms early).
Values: decibels below the speaker's own level, 60 of them brought to 0..1; bands the recordings do not have are 0.
Letters: c columns, f faces.
Source: Pham, Wang, Pavlovic 2017, section III-A, Table I.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engines.api.values import Audio, FloatArray
from engines.face.config import BANDS, COLUMNS, EARLY, FFT, FRAME, HOP, LEAD_S, RATE_HZ, FaceConfig
from engines.face.loudness import FLOOR_DB, Loudness
from engines.face.resample import Resampler
from engines.performance.prosody import PITCH_RATE_HZ, PITCH_WINDOW, measure_windows

RANGE_DB, HEADROOM_DB = 60.0, 10.0
_WINDOW = np.hanning(FFT + 1)[:-1].astype(np.float32)
_FULL_SCALE = float(_WINDOW.sum()) ** 2 / 4
_PITCH_HOP = PITCH_RATE_HZ * FRAME // RATE_HZ
_HIGHEST_PITCH_HZ = 380.0
_BLOCK_S = 1.0


@dataclass(frozen=True, eq=False)
class Moment:
    """What was heard for one face.

    window: (32, 128) float32, oldest column first; fresh: how many of its columns are new; loudness: after this moment.
    energy_db: of the last 40 ms; pitch_hz: 0 where unvoiced, of the 64 ms about the beginning of those.
    """

    window: FloatArray
    fresh: int
    energy_db: float
    pitch_hz: float
    loudness: Loudness


class Ear:
    """Hears one stream of sound; the moments are the same however it is cut into blocks."""

    def __init__(self, rate_hz: int, top_hz: float = FaceConfig().top_hz) -> None:
        self._to_spectra, self._to_pitch = Resampler(rate_hz, RATE_HZ), Resampler(rate_hz, PITCH_RATE_HZ)
        self._heard = np.arange(1, BANDS + 1) * RATE_HZ / FFT <= top_hz
        self._samples = np.zeros(0, np.float32)
        self._first = 0
        """Number of the first sample kept."""
        self._slow = np.zeros(PITCH_WINDOW // 2, np.float32)
        self._window = np.zeros((COLUMNS, BANDS), np.float32)
        self._columns, self._faces = 0, 0
        self._loudness = Loudness()

    def push(self, samples: FloatArray) -> Iterator[Moment]:
        """Take (n,) samples; yields a moment for each face they complete."""
        self._samples = np.concatenate([self._samples, self._to_spectra.push(samples)])
        self._slow = np.concatenate([self._slow, self._to_pitch.push(samples)])
        while self._first + len(self._samples) >= self._due() and len(self._slow) >= PITCH_WINDOW:
            yield self._moment()

    def _due(self) -> int:
        """The sample with which the next face can be made."""
        return FRAME * (self._faces + 1) - EARLY

    def _moment(self) -> Moment:
        power = self._spectra(self._due())
        energy_db = float(10 * np.log10(power.sum(axis=1).mean() + 10 ** (FLOOR_DB / 10)))
        self._loudness = replace(self._loudness)
        self._loudness.push(energy_db)
        self._window = np.concatenate([self._window, self._scaled(power)])[-COLUMNS:]
        pitch_hz = float(measure_windows(self._slow[None, :PITCH_WINDOW])[1][0])
        pitch_hz = pitch_hz if pitch_hz < _HIGHEST_PITCH_HZ else 0.0  # the end of the search is noise, not a voice
        self._slow = self._slow[_PITCH_HOP:]
        self._faces += 1
        return Moment(self._window, len(power), energy_db, pitch_hz, self._loudness)

    def _spectra(self, end: int) -> FloatArray:
        """Power (c, 128) of the new columns that end before sample `end`."""
        last = (end - FFT) // HOP
        start = self._columns * HOP - self._first
        windows = np.lib.stride_tricks.sliding_window_view(self._samples[start : last * HOP + FFT - self._first], FFT)
        columns = windows[::HOP] - windows[::HOP].mean(axis=1, keepdims=True)  # some recordings carry an offset
        power = np.abs(np.fft.rfft(columns * _WINDOW, axis=1)[:, 1:]) ** 2 / _FULL_SCALE
        self._columns = last + 1
        keep = self._columns * HOP - self._first
        self._samples, self._first = self._samples[keep:], self._first + keep
        return np.where(self._heard, power, 0.0).astype(np.float32)

    def _scaled(self, power: FloatArray) -> FloatArray:
        level = 10 * np.log10(power + 1e-12) - self._loudness.level_db + RANGE_DB - HEADROOM_DB
        return np.where(self._heard, np.clip(level / RANGE_DB, 0.0, 1.5), 0.0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Heard:
    """What was heard for f faces that follow each other.

    columns: (c, 128) from the beginning of the first window on; ends: (f,) the last column of each face; energy_db,
    pitch_hz, opening (of the gate, 0 to 1): (f,).
    """

    columns: FloatArray
    ends: np.ndarray
    energy_db: FloatArray
    pitch_hz: FloatArray
    opening: FloatArray


def moments(audio: Audio, frames: int, top_hz: float = FaceConfig().top_hz) -> Iterator[Moment]:
    """The moments of the faces at k / 25 s, `frames` of them, silence after the recording.

    It is heard from LEAD_S on, so that the sound DELAY_S after a face is the newest that its ear has heard.
    """
    ear, step, given = Ear(audio.rate_hz, top_hz), round(_BLOCK_S * audio.rate_hz), 0
    for first in range(round(LEAD_S * audio.rate_hz), len(audio.samples) + 2 * step, step):
        block = np.nan_to_num(audio.samples[first : first + step])
        for moment in ear.push(np.pad(block, (0, step - len(block)))):
            if given == frames:
                return
            given += 1
            yield moment


def hear(audio: Audio, frames: int, top_hz: float = FaceConfig().top_hz) -> Heard:
    """Hear a recording whole."""
    return gathered(list(moments(audio, frames, top_hz)))


def gathered(heard: list[Moment]) -> Heard:
    """Put moments together, the columns their windows share only once."""
    columns = np.concatenate([heard[0].window, *(m.window[COLUMNS - m.fresh :] for m in heard[1:])])
    ends = COLUMNS - 1 + np.cumsum([0, *(m.fresh for m in heard[1:])])
    values = ([m.energy_db for m in heard], [m.pitch_hz for m in heard], [m.loudness.opening for m in heard])
    return Heard(columns, ends, *(np.asarray(v, np.float32) for v in values))
