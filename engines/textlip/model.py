"""ParaLip: text to lip pictures, all of them in parallel (Liu et al., AAAI 2022, section 3).

Letters: b sentences, p phones, f pictures, k pictures that are painted, c hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.textlip.batch import Spelled
from engines.textlip.blocks import Block, DurationPredictor, LengthRegulator, TextEncoder, positions
from engines.textlip.config import TextlipConfig
from engines.textlip.pictures import IdentityEncoder, PictureDecoder


FIRST = 2
"""Pictures painted before the first is shown."""


class LipNetwork(nn.Module):
    """What the three networks share: the text encoder's place, the identity encoder and the picture decoder."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        self.config = config
        self.identity = IdentityEncoder(config)
        self.painter = PictureDecoder(config)

    def learn(self, spelled: Spelled, frames: int, identity: Tensor, quarters: Tensor, shown: Tensor) -> Tensor:
        """Paint the pictures shown (b, k) of sentences whose earlier pictures are known: (b, k, 3, 80, 160).

        identity (b, 3, 80, 160); quarters (b, frames, 3, 20, 40): the true pictures at a quarter of their size.
        """
        raise NotImplementedError

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 8) -> Iterator[Tensor]:
        """Lip pictures (n, 3, 80, 160) of one sentence, some at a time; spelled has one row."""
        raise NotImplementedError


class ParaLip(LipNetwork):
    """Phones -> hidden rows -> repeated by duration -> motion -> pictures, none waiting for another."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__(config)
        self.text = TextEncoder(config)
        self.duration = DurationPredictor(config)
        self.regulator = LengthRegulator(config)
        self.motion = nn.ModuleList([Block(config) for _ in range(config.decoder_blocks)])

    def durations(self, spelled: Spelled) -> Tensor:
        """Predicted pictures of each phone (b, p)."""
        predicted: Tensor = self.duration(*self.text(spelled.phones, spelled.stresses))
        return predicted

    def rows(self, spelled: Spelled, frames: int, who: Tensor) -> Tensor:
        """Motion of every picture (b, f, c); who (b, c): the identity's row."""
        x, _ = self.text(spelled.phones, spelled.stresses)
        x = self.regulator(x, spelled.starts, spelled.ends, frames)  # (b, f, c)
        x = x + who[:, None] + positions(frames, x.shape[-1], x)
        lasting = spelled.ends.amax(1, keepdim=True).ceil()
        mask = (torch.arange(frames, device=x.device) < lasting)[:, None, None, :]
        for block in self.motion:
            x = block(x, mask)
        return x

    def learn(self, spelled: Spelled, frames: int, identity: Tensor, quarters: Tensor, shown: Tensor) -> Tensor:
        """Paint the pictures shown, as LipNetwork.learn; the true pictures are not looked at."""
        levels, who = self.identity(identity)
        rows = self.rows(spelled, frames, who)
        return self.painter(picked(rows, shown), self.painter.remember(identity, levels))

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 8) -> Iterator[Tensor]:
        """Lip pictures of one sentence, `chunk` at a time after the first FIRST, which come sooner."""
        levels, who = self.identity(identity)
        rows, memory = self.rows(spelled, frames, who), self.painter.remember(identity, levels)
        for first in (0, *range(min(FIRST, frames), frames, chunk)):
            yield self.painter(rows[:, first : first + (chunk if first else FIRST)], memory)[0]


def picked(rows: Tensor, shown: Tensor) -> Tensor:
    """Rows (b, f, ...) at places shown (b, k)."""
    return rows[torch.arange(len(rows), device=rows.device)[:, None], shown]


def quarter(pictures: Tensor) -> Tensor:
    """Pictures (..., 3, 80, 160) at a quarter of their size."""
    small = F.avg_pool2d(pictures.flatten(0, -4), 4)
    return small.unflatten(0, pictures.shape[:-3])
