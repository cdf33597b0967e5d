"""Knows what a network is given: phones as numbers with their times in pictures, and pictures as tensors.

Letters: b sentences, p phones, f pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.api.values import SILENCE, ByteArray, Phone
from engines.speech.inventory import nearest
from engines.textlip.config import TextlipConfig
from engines.textlip.runs import FPS


@dataclass(frozen=True, eq=False)
class Spelled:
    """Sentences as numbers: phones, stresses (b, p) int64, starts, ends (b, p) in pictures; 0 where no phone is."""

    phones: Tensor
    stresses: Tensor
    starts: Tensor
    ends: Tensor


def spell(sentences: Sequence[Sequence[Phone]], config: TextlipConfig) -> Spelled:
    """Phones as numbers; a sound of another language becomes the English one whose mouth is most alike."""
    numbers = {symbol: i for i, symbol in enumerate(config.symbols)}
    longest = max(len(phones) for phones in sentences)
    table = np.zeros((4, len(sentences), longest), np.float32)
    for row, phones in enumerate(sentences):
        for column, phone in enumerate(phones):
            symbol = numbers.get(nearest(phone.symbol), numbers[SILENCE])
            table[:, row, column] = symbol, phone.stress, phone.start_s * FPS, phone.end_s * FPS
    phones_stresses = torch.from_numpy(table[:2]).long()
    times = torch.from_numpy(table[2:])
    return Spelled(phones_stresses[0], phones_stresses[1], times[0], times[1])


def to_tensor(pictures: ByteArray) -> Tensor:
    """Pictures (..., h, w, 3) uint8 to (..., 3, h, w) float32 in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(pictures, -1, -3))).float() / 255


def to_pictures(tensor: Tensor) -> ByteArray:
    """Pictures (..., 3, h, w) in 0..1 to (..., h, w, 3) uint8."""
    levels = (tensor.detach().clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(np.moveaxis(levels.cpu().numpy(), -3, -1))
