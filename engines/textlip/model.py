"""ParaLip: text to lip pictures, all of them in parallel (Liu et al., AAAI 2022, section 3).

Letters: b sentences, p phones, f pictures, k pictures that are painted, c hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.textlip.batch import Spelled
from engines.textlip.blocks import FAINT, Block, DurationPredictor, LengthRegulator, TextEncoder, positions
from engines.textlip.carrying import CarryingDecoder
from engines.textlip.config import TextlipConfig
from engines.textlip.pictures import IdentityEncoder, PictureDecoder

POINTS, SCALE = 20, 8.0
"""Points of the mouth, and the pixels they commonly move by."""
FIRST = 8
"""Pictures painted before the first is shown: a handful for each of two cores."""


class LipNetwork(nn.Module):
    """What the three networks share: identity encoder, picture decoder, and a view of the mouth in every motion row.

    The mouth's points are a help while training only (a departure from the paper): what a row must hold is then known
    before the decoder has learnt to paint.
    """

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        self.config = config
        self.identity = IdentityEncoder(config)
        self.painter = CarryingDecoder(config) if config.carried else PictureDecoder(config)
        self.mouth = nn.Linear(config.hidden, 2 * POINTS)
        nn.init.zeros_(self.mouth.weight)
        nn.init.zeros_(self.mouth.bias)
        self.register_buffer("still", torch.zeros(POINTS, 2))
        self.brush: Callable[[Tensor, list[Tensor]], Tensor] | None = None
        """What paints instead of the painter where there is something quicker."""

    def pictures(self, rows: Tensor, memory: list[Tensor]) -> Tensor:
        """Pictures (n, 3, 80, 160) of one sentence's rows (1, n, c), without a way back for training."""
        return (self.brush or self.painter)(rows, memory)[0]

    def follow(self, spelled: Spelled, frames: int, who: Tensor, before: Tensor) -> Tensor:
        """Motion rows (b, frames, c) where the picture before each is known: before (b, frames, 3, 20, 40).

        who (b, c): the identity's row.
        """
        raise NotImplementedError

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 8) -> Iterator[Tensor]:
        """Lip pictures (n, 3, 80, 160) of one sentence, some at a time; spelled has one row."""
        raise NotImplementedError

    def mouths(self, rows: Tensor) -> Tensor:
        """Mouth points (b, f, 20, 2) in pixels that motion rows speak of."""
        return self.still + SCALE * self.mouth(rows).unflatten(-1, (POINTS, 2))


class ParaLip(LipNetwork):
    """Phones -> hidden rows -> repeated by duration -> motion -> pictures, none waiting for another."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__(config)
        self.text = TextEncoder(config)
        self.duration = DurationPredictor(config)
        self.regulator = LengthRegulator(config)
        self.faint = nn.Parameter(torch.tensor(FAINT))
        self.motion = nn.ModuleList([Block(config) for _ in range(config.decoder_blocks)])

    def durations(self, spelled: Spelled) -> Tensor:
        """Predicted pictures of each phone (b, p)."""
        predicted: Tensor = self.duration(*self.text(spelled.phones, spelled.stresses))
        return predicted

    def follow(self, spelled: Spelled, frames: int, who: Tensor, before: Tensor) -> Tensor:
        """Motion rows, as LipNetwork.follow; no picture is looked at."""
        return self.rows(*self.text(spelled.phones, spelled.stresses), spelled, frames, who)

    def rows(self, x: Tensor, there: Tensor, spelled: Spelled, frames: int, who: Tensor) -> Tensor:
        """Motion of every picture (b, frames, c) from the text's rows x (b, p, c); who (b, c): the identity's row."""
        x = self.regulator(x * there[..., None], spelled.starts, spelled.ends, frames)  # (b, f, c)
        x = x + who[:, None] + self.faint * positions(frames, x.shape[-1], x)
        lasting = spelled.ends.amax(1, keepdim=True).ceil()
        mask = (torch.arange(frames, device=x.device) < lasting)[:, None, None, :]
        for block in self.motion:
            x = block(x, mask)
        return x

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 8) -> Iterator[Tensor]:
        """Lip pictures of one sentence, `chunk` at a time after the first FIRST, which come sooner."""
        levels, who = self.identity(identity)
        rows, memory = self.follow(spelled, frames, who, identity), self.painter.remember(identity, levels)
        for first in (0, *range(min(FIRST, frames), frames, chunk)):
            yield self.pictures(rows[:, first : first + (chunk if first else FIRST)], memory)


def picked(rows: Tensor, shown: Tensor) -> Tensor:
    """Rows (b, f, ...) at places shown (b, k)."""
    return rows[torch.arange(len(rows), device=rows.device)[:, None], shown]


def quarter(pictures: Tensor) -> Tensor:
    """Pictures (..., 3, 80, 160) at a quarter of their size."""
    small = F.avg_pool2d(pictures.flatten(0, -4), 4)
    return small.unflatten(0, pictures.shape[:-3])
