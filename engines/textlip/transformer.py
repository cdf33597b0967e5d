"""TransformerT2L: the autoregressive rival, built from ParaLip's blocks (Liu et al. 2022, section 4.2).

Letters: b sentences, p phones, f pictures, k pictures that are painted, c hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from engines.textlip.batch import Spelled
from engines.textlip.blocks import FAINT, Block, TextEncoder, positions
from engines.textlip.config import TextlipConfig
from engines.textlip.model import LipNetwork, quarter
from engines.textlip.pictures import Glance


class TransformerT2L(LipNetwork):
    """Each picture is made from the text and from the pictures before it; it finds its place in the text itself."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__(config)
        self.text = TextEncoder(config)
        self.glance = Glance(config)
        self.faint = nn.Parameter(torch.tensor(FAINT))
        self.motion = nn.ModuleList([Block(config, causal=True, looks=True) for _ in range(config.decoder_blocks)])

    def rows(self, text: Tensor, there: Tensor, who: Tensor, before: Tensor) -> Tensor:
        """Motion rows (b, f, c) where before (b, f, 3, 20, 40) holds the picture before each."""
        x = self.glance(before.flatten(0, 1)).unflatten(0, before.shape[:2])
        x = x + who[:, None] + self.faint * positions(x.shape[1], x.shape[-1], x)
        heard = there[:, None, None, :]
        for block in self.motion:
            x = block(x, None, text, heard)
        return x

    def follow(self, spelled: Spelled, frames: int, who: Tensor, before: Tensor) -> Tensor:
        """Motion rows, the true picture before each being known (teacher forcing)."""
        return self.rows(*self.text(spelled.phones, spelled.stresses), who, before)

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 1) -> Iterator[Tensor]:
        """Lip pictures of one sentence, one by one; as usual for this model, the rows so far are worked out anew."""
        levels, who = self.identity(identity)
        memory = self.painter.remember(identity, levels)
        text, there = self.text(spelled.phones, spelled.stresses)
        before = quarter(identity)[:, None]
        for _ in range(frames):
            row = self.rows(text, there, who, before)[:, -1:]
            picture = self.pictures(row, memory)  # (1, 3, h, w)
            before = torch.cat([before, quarter(picture)[None]], 1)
            yield picture
