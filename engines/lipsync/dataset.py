"""Knows the training material: features and true mouths of every utterance, and windows cut from them by chance.

Letters: v versions of an utterance, t feature frames (100 Hz), f mouth shapes (t = 4 f), b windows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.api.values import SILENCE, Audio, FloatArray, Phone, Speech
from engines.common.mfcc import COEFFICIENTS, RATE_HZ, level_gain, mfcc, resampled
from engines.lipsync.augment import quicker, recorded_elsewhere
from engines.lipsync.config import FPS, STEP, LipsyncConfig
from engines.lipsync.pca import MouthBasis

PAUSE_S = 0.3
"""Silence put before and after every utterance, so that networks learn how speech begins and ends."""
SPOKEN = 36.0
"""Frames this far below the loudest cepstrum 0, 25 dB, are not speech."""
FEW = 100
"""Spoken frames at which a recording's mean counts as much as the mean of all voices."""
Truth = Callable[[Speech], FloatArray]


@dataclass(frozen=True, eq=False)
class Example:
    """One version of an utterance: (4 f, 13) cepstra, not yet normalised, and (f, 20, 2) true mouths."""

    mfcc: FloatArray
    points: FloatArray


def padded(speech: Speech) -> Speech:
    """Speech at 16 kHz with a pause before and after it."""
    samples = resampled(speech.audio)
    quiet = np.zeros(round(PAUSE_S * RATE_HZ), np.float32)
    phones = [Phone(p.symbol, p.start_s + PAUSE_S, p.end_s + PAUSE_S, p.stress) for p in speech.phones]
    end_s = phones[-1].end_s if phones else PAUSE_S
    pauses = Phone(SILENCE, 0.0, PAUSE_S), Phone(SILENCE, end_s, len(samples) / RATE_HZ + 2 * PAUSE_S)
    return Speech(Audio(np.concatenate([quiet, samples, quiet]), RATE_HZ), (pauses[0], *phones, pauses[1]))


def example(speech: Speech, truth: Truth, rng: np.random.Generator | None = None) -> Example:
    """Features and truth of speech; with a generator of chance, of the same speech in another voice, speed and room."""
    whole, warp = padded(speech), 1.0
    if rng is not None:
        whole, warp = quicker(whole, rng.uniform(0.88, 1.14)), float(rng.uniform(0.9, 1.1))
    points = truth(whole)
    samples = whole.audio.samples if rng is None else recorded_elsewhere(whole.audio.samples, rng)
    features = mfcc(samples, level_gain(samples), warp)[: len(points) * STEP]
    short = len(points) * STEP - len(features)
    return Example(np.pad(features, ((0, short), (0, 0)), mode="edge"), points)


def examples(key: str, load: Callable[[], Speech], truth: Truth, cache: Path, versions: int) -> list[Example]:
    """The utterance as it is and `versions` - 1 others, computed once and kept in the cache folder."""
    path = cache / f"{key.replace('/', '__')}-{versions}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as kept:
            return [Example(kept[f"mfcc{v}"], kept[f"points{v}"]) for v in range(versions)]
    speech = load()
    rng = np.random.default_rng(list(key.encode()))
    made = [example(speech, truth, rng if v else None) for v in range(versions)]
    cache.mkdir(parents=True, exist_ok=True)
    arrays = {f"mfcc{v}": e.mfcc for v, e in enumerate(made)} | {f"points{v}": e.points for v, e in enumerate(made)}
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez(file, **arrays)
    os.replace(part, path)
    return made


@dataclass(frozen=True, eq=False)
class Scaling:
    """Mean and deviation (13,) of the training cepstra; silence: (13,) the normalised cepstra of digital silence."""

    mean: FloatArray
    deviation: FloatArray

    def normalise(self, features: FloatArray, voice: FloatArray | float = 0.0) -> FloatArray:
        """Cepstra (t, 13) to mean 0 and deviation 1; what is far outside (digital silence) is held at 4 deviations.

        voice: what `voice` found for the recording, taken away.
        """
        return np.clip((features - self.mean) / self.deviation - voice, -4.0, 4.0).astype(np.float32)

    def voice(self, features: FloatArray) -> FloatArray:
        """How far a recording's speech lies from the mean of all voices, in deviations (13,); its level stays.

        Cepstral mean subtraction (Atal 1974) over the spoken frames, held back where there are few of them: a voice
        and a microphone are a constant in the cepstrum, what is said is not.
        """
        spoken = features[features[:, 0] > np.percentile(features[:, 0], 95) - SPOKEN]
        known = len(spoken) / (len(spoken) + FEW)
        offset = known * (spoken.mean(axis=0) - self.mean) / self.deviation
        offset[0] = 0.0
        return offset.astype(np.float32)

    @property
    def silence(self) -> FloatArray:
        """Normalised cepstra (13,) of digital silence."""
        return self.normalise(mfcc(np.zeros(RATE_HZ // 100, np.float32)))[0]


def measure_scaling(material: Iterable[Example]) -> Scaling:
    """Statistics of all frames that are not digital silence."""
    quiet = mfcc(np.zeros(RATE_HZ // 100, np.float32))[0, 0]
    frames = np.concatenate([e.mfcc[e.mfcc[:, 0] > quiet + 1.0] for e in material])
    return Scaling(frames.mean(axis=0), frames.std(axis=0) + 1e-3)


class Windows:
    """Draws batches of windows from the material, every second of it as likely as any other."""

    def __init__(
        self, material: list[Example], basis: MouthBasis, scaling: Scaling, config: LipsyncConfig, seed: int
    ) -> None:
        self._config, self._rng = config, np.random.default_rng(seed)
        edge = config.overlap  # windows may begin before the sound and end after it, as they do in use
        heard = (scaling.normalise(e.mfcc, scaling.voice(e.mfcc)) for e in material)
        self._mfcc = [np.pad(features, ((edge * STEP, edge * STEP), (0, 0))) for features in heard]
        for features in self._mfcc:
            features[: edge * STEP] = features[-edge * STEP :] = scaling.silence
        self._shapes = [np.pad(basis.encode(e.points), ((edge, edge), (0, 0))) for e in material]
        self._ends = np.cumsum([len(shapes) for shapes in self._shapes])

    @property
    def seconds(self) -> float:
        """Sound in the material."""
        return float(self._ends[-1]) / FPS

    def batch(self, count: int) -> tuple[FloatArray, FloatArray]:
        """Cepstra (b, 13, 200) and true coefficients (b, 50, 10)."""
        size = self._config.window
        features = np.zeros((count, COEFFICIENTS, size * STEP), np.float32)
        shapes = np.zeros((count, size, self._config.coefficients), np.float32)
        for row in range(count):
            which = int(np.searchsorted(self._ends, self._rng.integers(self._ends[-1]), side="right"))
            start = int(self._rng.integers(max(len(self._shapes[which]) - size, 0) + 1))
            part = self._shapes[which][start : start + size]
            shapes[row, : len(part)] = part
            heard = self._mfcc[which][start * STEP : (start + size) * STEP]
            features[row, :, : len(heard)] = heard.T
            features[row, :, len(heard) :] = self._mfcc[which][-1][:, None]
        # Level and mean of a recording are only known roughly: let every coefficient wander a little.
        features += self._rng.normal(0, 0.1, (count, COEFFICIENTS, 1)).astype(np.float32)
        return features, shapes


def chunks(material: list[Example]) -> Iterator[FloatArray]:
    """The true mouths of the material, one utterance at a time."""
    for each in material:
        yield each.points
