"""Parts text-to-lip networks share: positions, Transformer blocks, duration predictor, length regulator.

Letters: b sentences, p phones, f pictures, c hidden.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engines.textlip.config import TextlipConfig

_QUIET = 0.01
"""Standard deviation of the weights a block ends with at first."""
FAINT = 0.2
"""Size of positions at first; the networks learn it (Li et al. 2019, section 3.3)."""


def positions(count: int, hidden: int, like: Tensor, first: int = 0) -> Tensor:
    """Sinusoidal positions (count, hidden) from `first` on (Vaswani et al. 2017, section 3.5)."""
    at = torch.arange(first, first + count, device=like.device, dtype=like.dtype)[:, None]
    turn = torch.exp(torch.arange(0, hidden, 2, device=like.device, dtype=like.dtype) * (-math.log(1e4) / hidden))
    return torch.stack([torch.sin(at * turn), torch.cos(at * turn)], -1).flatten(1)[:, :hidden]


class Attention(nn.Module):
    """Multi-head attention; queries may look at other rows than their own, and at the past only."""

    def __init__(self, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query, self.pair = nn.Linear(hidden, hidden), nn.Linear(hidden, 2 * hidden)
        self.out = nn.Linear(hidden, hidden)

    def forward(self, x: Tensor, other: Tensor, mask: Tensor | None = None) -> Tensor:
        """x (b, n, c) looks at other (b, m, c); mask: True where it may look, to be broadcast to (b, heads, n, m)."""
        b, n, c = x.shape
        query = self.query(x).view(b, n, self.heads, -1).transpose(1, 2)  # (b, h, n, c/h)
        key, value = (
            part.view(b, other.shape[1], self.heads, -1).transpose(1, 2) for part in self.pair(other).chunk(2, -1)
        )
        found = F.scaled_dot_product_attention(query, key, value, mask, self.dropout if self.training else 0.0)
        return self.out(found.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    """A feed-forward Transformer block (Ren et al. 2019, section 3.1): self-attention, then two 1-D convolutions.

    Norms come first (Xiong et al. 2020), which learns within minutes what the paper's order takes hours for.
    looks: a rival's block looks at the text in between; causal: it sees the past only, its convolutions too.
    """

    def __init__(self, config: TextlipConfig, causal: bool = False, looks: bool = False) -> None:
        super().__init__()
        c, self.causal, self.kernel = config.hidden, causal, config.kernel
        self.own = Attention(c, config.heads, config.dropout)
        self.text = Attention(c, config.heads, config.dropout) if looks else None
        self.norms = nn.ModuleList([nn.LayerNorm(c) for _ in range(3 if looks else 2)])
        self.wide = nn.Conv1d(c, config.filters, config.kernel, padding=0)
        self.narrow = nn.Conv1d(config.filters, c, 1)
        self.drop = nn.Dropout(config.dropout)
        for last in (self.own.out, self.narrow, *([self.text.out] if self.text else [])):
            nn.init.normal_(
                last.weight, std=_QUIET
            )  # a block begins as nearly nothing, and text reaches the mouth at once
            nn.init.zeros_(last.bias)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, text: Tensor | None = None, heard: Tensor | None = None
    ) -> Tensor:
        """x (b, n, c); mask (b, 1, 1, n): rows that are there; text (b, p, c) with heard (b, 1, 1, p)."""
        looks = mask
        if self.causal:
            past = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).tril()
            looks = past if mask is None else past & mask
        seen = self.norms[0](x)
        x = x + self.drop(self.own(seen, seen, looks))
        if self.text is not None and text is not None:
            x = x + self.drop(self.text(self.norms[2](x), text, heard))
        return x + self.drop(self._convolve(self.norms[1](x), mask))

    def _convolve(self, x: Tensor, mask: Tensor | None) -> Tensor:
        if mask is not None:
            x = x * mask[:, 0, 0, :, None]
        before = self.kernel - 1 if self.causal else self.kernel // 2
        padded = F.pad(x.transpose(1, 2), (before, self.kernel - 1 - before))
        return self.narrow(torch.relu(self.wide(padded))).transpose(1, 2)


class TextEncoder(nn.Module):
    """Phones to hidden rows: embedding of symbol and stress, positions, feed-forward Transformer blocks."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        self.symbols = nn.Embedding(len(config.symbols), config.hidden, padding_idx=0)
        self.stresses = nn.Embedding(3, config.hidden)
        nn.init.normal_(self.stresses.weight, std=FAINT)
        self.faint = nn.Parameter(torch.tensor(FAINT))
        self.drop = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.encoder_blocks)])

    def forward(self, phones: Tensor, stresses: Tensor) -> tuple[Tensor, Tensor]:
        """phones, stresses (b, p) -> rows (b, p, c) and which are there (b, p)."""
        there = phones > 0
        x = self.symbols(phones) + self.stresses(stresses)
        x = self.drop(x + self.faint * positions(phones.shape[1], x.shape[-1], x))
        mask = there[:, None, None, :]
        for block in self.blocks:
            x = block(x, mask)
        return x, there


class DurationPredictor(nn.Module):
    """Hidden rows to durations in pictures: two 1-D convolutions with layer norm, then linear (Liu et al., fig. 2)."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        c = config.hidden
        self.convs = nn.ModuleList([nn.Conv1d(c, c, 3, padding=1) for _ in range(2)])
        self.norms = nn.ModuleList([nn.LayerNorm(c) for _ in range(2)])
        self.drop, self.out = nn.Dropout(config.dropout), nn.Linear(c, 1)

    def forward(self, x: Tensor, there: Tensor) -> Tensor:
        """x (b, p, c) -> pictures of each phone (b, p), never negative, 0 where no phone is."""
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = self.drop(norm(torch.relu(conv((x * there[..., None]).transpose(1, 2)).transpose(1, 2))))
        return F.softplus(self.out(x)[..., 0]) * there


class LengthRegulator(nn.Module):
    """Repeats each phone's row for as many pictures as it lasts; may add where in its phone a picture lies."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        self.place = nn.Linear(4, config.hidden) if config.places else None

    def forward(self, x: Tensor, starts: Tensor, ends: Tensor, frames: int) -> Tensor:
        """x (b, p, c), phones' starts and ends in pictures (b, p) -> (b, frames, c).

        Picture i is a look at time i: it belongs to the phone with start <= i < end, the last phone holds to the end.
        """
        at = torch.arange(frames, device=x.device, dtype=x.dtype)  # (f,)
        owner = (ends[:, None, :] <= at[None, :, None] + 1e-4).sum(-1)  # (b, f)
        last = (ends > 0).sum(-1, keepdim=True).clamp(min=1) - 1
        owner = torch.minimum(owner, last)
        rows = torch.gather(x, 1, owner[..., None].expand(-1, -1, x.shape[-1]))
        if self.place is None:
            return rows
        since, until = at - torch.gather(starts, 1, owner), torch.gather(ends, 1, owner) - at
        share = since / (since + until).clamp(min=0.1)
        told = torch.stack([since, until, share, (since + until)], -1).clamp(-1, 12) / 4
        return rows + self.place(told)
