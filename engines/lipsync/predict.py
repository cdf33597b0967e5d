"""Knows how any sound becomes the mouth shapes of a presenter: features, network, gate, and any frame rate.

Letters: n samples, t feature frames (100 Hz), f mouth shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.interpolate import PchipInterpolator
from torch import Tensor

from engines.api.events import EngineError
from engines.api.values import Audio, FloatArray, MouthShapes
from engines.common.mfcc import RATE_HZ, MfccStream, level_gain, mfcc, resampled
from engines.common.weights import WEIGHTS, load_weights
from engines.lipsync.config import FPS, Kind, LipsyncConfig, from_header
from engines.lipsync.dataset import Scaling
from engines.lipsync.gate import gate
from engines.lipsync.model import build, fused
from engines.lipsync.pca import MouthBasis
from engines.lipsync.windows import Network, WindowStream

ENGINE = "lipsync"
BLOCK = 30 * RATE_HZ
"""Samples turned into features at a time, so that memory stays bounded."""


@dataclass(frozen=True, eq=False)
class Lipsync:
    """A trained network with what surrounds it: its feature scaling and its presenter's mouth."""

    config: LipsyncConfig
    network: Network
    basis: MouthBasis
    scaling: Scaling
    header: dict[str, Any]


def weights_path(kind: Kind = "adversarial-tcn") -> Path:
    """Where the shipped weights of a kind lie."""
    return WEIGHTS / f"lipsync-{kind}.safetensors"


def load_lipsync(path: Path | None = None) -> Lipsync:
    """Load trained weights (default: the shipped adversarial TCN), once per file and version of it.

    Fails with EngineError where the file is missing, corrupt or belongs to another engine.
    """
    chosen = path or weights_path()
    changed = chosen.stat().st_mtime_ns if chosen.is_file() else 0
    return _load(chosen, changed)


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Lipsync:
    state, header = load_weights(path)
    try:
        config = from_header(header["config"])
        network = build(config)
        tensors = {k.removeprefix("network."): v.float() for k, v in state.items() if k.startswith("network.")}
        network.load_state_dict(tensors)
        arrays = {k: v.float().numpy() for k, v in state.items() if not k.startswith("network.")}
        basis = MouthBasis(arrays["rest"], arrays["components"], float(header["scale"]))
        scaling = Scaling(arrays["mean"], arrays["deviation"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EngineError(f"{path} is not a lip-sync weight file; train again or restore the shipped one.") from error
    return Lipsync(config, runner(fused(network)), basis, scaling, header)


def runner(network: torch.nn.Module) -> Network:
    """A network as a function of numpy arrays, in use only."""

    def run(mfcc: FloatArray) -> FloatArray:
        with torch.inference_mode():
            out: Tensor = network(torch.from_numpy(mfcc))
        return np.asarray(out.numpy(), np.float32)

    return run


def frame_count(audio: Audio, fps: Fraction) -> int:
    """Frames of a clip with this sound: round(seconds * fps), exactly."""
    return round(Fraction(len(audio.samples), audio.rate_hz) * fps)


def mouth_blocks(audio: Audio, lipsync: Lipsync) -> Iterator[FloatArray]:
    """Normalised mouths (f, 20, 2) at 25 fps, in consecutive pieces; the lips closed and still where nobody speaks."""
    samples = resampled(audio)
    frames, gain = frame_count(audio, Fraction(FPS)), level_gain(samples)
    opening = gate(samples, gain, frames)
    done = 0
    for coefficients in _coefficients(samples, gain, lipsync):
        part = lipsync.basis.shut(coefficients[: frames - done], lipsync.config.shut_below)
        yield lipsync.basis.decode(part * opening[done : done + len(part), None])
        done += len(part)


def _coefficients(samples: FloatArray, gain: float, lipsync: Lipsync) -> Iterator[FloatArray]:
    """What the network says, before the gate, in pieces; at least as long as the sound."""
    features, scaling = MfccStream(gain), lipsync.scaling
    windows = WindowStream(lipsync.config, lipsync.network, scaling.silence)
    voice = scaling.voice(mfcc(samples[:BLOCK], gain))
    for first in range(0, len(samples), BLOCK):
        yield from windows.push(scaling.normalise(features.push(samples[first : first + BLOCK]), voice))
    yield from windows.push(scaling.normalise(features.finish(), voice))
    yield from windows.finish()


def predict_mouth(audio: Audio, weights: Path | Lipsync | None = None) -> MouthShapes:
    """Mouth shapes of sound of any length, voice, rate and level: round(seconds * 25) of them at 25 fps.

    weights: a weight file, a loaded network, or None for the shipped one. Source: Zheng et al. 2020, section III-A.
    """
    lipsync = weights if isinstance(weights, Lipsync) else load_lipsync(weights)
    blocks = [block for block in mouth_blocks(audio, lipsync) if len(block)]
    return MouthShapes(np.concatenate(blocks or [np.zeros((0, 20, 2), np.float32)]), Fraction(FPS))


def resample_mouth(shapes: MouthShapes, fps: Fraction, frames: int | None = None) -> MouthShapes:
    """The same mouth at another frame rate: frame i is the mouth at time i / fps exactly; the last shape is held.

    frames: how many (default: as many as cover the same time). Interpolation is monotone (Fritsch and Carlson 1980), so
    that closed lips stay closed and a still mouth stays still between the shapes.
    """
    have = len(shapes.points)
    count = round(Fraction(have) / shapes.fps * fps) if frames is None else frames
    if have == 0 or (fps == shapes.fps and count <= have):
        return MouthShapes(shapes.points[:count], fps)
    places = np.minimum([float(i * shapes.fps / fps) for i in range(count)], have - 1.0)
    if have == 1:
        return MouthShapes(np.repeat(shapes.points, count, axis=0), fps)
    points = PchipInterpolator(np.arange(have), shapes.points.astype(np.float64), axis=0)(places)
    return MouthShapes(points.astype(np.float32), fps)
