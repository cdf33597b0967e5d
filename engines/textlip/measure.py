"""Measures painted lips against filmed ones: PSNR, SSIM, sharpness, and the distance of mouth points in pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engines.api.values import ByteArray, FloatArray
from engines.textlip.batch import spell, to_pictures, to_tensor
from engines.textlip.losses import similarity
from engines.textlip.model import LipNetwork
from engines.textlip.runs import Run

Find = Callable[[ByteArray], FloatArray]
"""Finds the 20 mouth points (f, 20, 2) in lip pictures (f, 80, 160, 3)."""


@dataclass(frozen=True)
class Score:
    """PSNR in dB, SSIM, mean distance of mouth points in pixels, sharpness over that of the film; pictures measured."""

    psnr_db: float
    ssim: float
    lmd_px: float
    sharpness: float
    pictures: int


def paint(network: LipNetwork, run: Run, identity: ByteArray) -> ByteArray:
    """Lip pictures (f, 80, 160, 3) of a run's phones at their true times, with the run's own number of pictures."""
    spelled = spell([run.phones], network.config)
    with torch.inference_mode():
        parts = network.paint(spelled, len(run.pictures), to_tensor(identity)[None])
        return np.concatenate([to_pictures(part) for part in parts])


def score(pairs: Sequence[tuple[ByteArray, Run]], find: Find) -> Score:
    """Figures of painted pictures against the runs they should equal, each picture counting once."""
    made, true = (np.concatenate(column) for column in ([p for p, _ in pairs], [r.pictures for _, r in pairs]))
    error = np.square(made.astype(np.float32) - true.astype(np.float32)).mean((1, 2, 3))
    psnr = 10 * np.log10(255**2 / np.maximum(error, 1e-3))
    mouths = np.concatenate([run.mouths for _, run in pairs])
    return Score(
        float(psnr.mean()),
        float(np.mean(ssim(made, true))),
        float(np.linalg.norm(find(made) - mouths, axis=-1).mean()),
        float(sharpness(made) / sharpness(true)),
        len(made),
    )


def ssim(made: ByteArray, true: ByteArray) -> FloatArray:
    """Structural similarity of each pair of pictures (f,)."""
    pairs = zip(np.array_split(made, len(made) // 16 + 1), np.array_split(true, len(true) // 16 + 1), strict=True)
    with torch.inference_mode():
        return np.concatenate([similarity(to_tensor(a), to_tensor(b)).numpy() for a, b in pairs])


def sharpness(pictures: ByteArray) -> float:
    """Mean size of the Laplacian of lightness, the measure the tables use in place of FID."""
    light = pictures.astype(np.float32).mean(-1)
    middle = light[:, 1:-1, 1:-1]
    around = light[:, :-2, 1:-1] + light[:, 2:, 1:-1] + light[:, 1:-1, :-2] + light[:, 1:-1, 2:]
    return float(np.abs(4 * middle - around).mean())


def still(runs: Sequence[Run]) -> ByteArray:
    """The identity picture for measuring: the first picture of the first run that begins in silence."""
    quiet = [run for run in runs if run.phones[0].symbol == "_"] or list(runs)
    return quiet[0].pictures[0]
