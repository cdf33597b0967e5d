"""A small ParaLip with random weights and what tests feed it."""

from __future__ import annotations

import numpy as np
import torch

from engines.api.values import SILENCE, Phone
from engines.textlip.config import TextlipConfig
from engines.textlip.model import ParaLip
from engines.textlip.networks import build
from engines.textlip.runs import Run

PHONES = (Phone(SILENCE, 0.0, 0.1), Phone("m", 0.1, 0.2), Phone("ɑ", 0.2, 0.42, 1), Phone("p", 0.42, 0.6))
FRAMES = 15


def small_network() -> ParaLip:
    """Ready to paint."""
    torch.manual_seed(1)
    made = build(TextlipConfig.tiny()).eval()
    assert isinstance(made, ParaLip)
    return made


def face(shade: int = 128) -> np.ndarray:
    """A lip picture of one shade."""
    return np.full((80, 160, 3), shade, np.uint8)


def a_run(name: str = "a", split: str = "train") -> Run:
    """A run whose pictures grow lighter and whose mouth opens."""
    pictures = np.stack([face(10 * i) for i in range(FRAMES)])
    mouths = np.random.default_rng(0).uniform(30, 60, (FRAMES, 20, 2)).astype(np.float32)
    return Run(name, split, "synthetic", "map", pictures, mouths, PHONES)


def drain(work):  # type: ignore[no-untyped-def]
    """Events of work, its result last."""
    result = yield from work
    yield result
