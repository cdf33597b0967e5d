"""DualLip's text-to-lip network: an RNN with location-sensitive attention, the second autoregressive rival.

W. Chen et al., "DualLip: A System for Joint Lip Reading and Generation" (ACM MM 2020), section 3.2; the attention is
that of J. Chorowski et al., "Attention-Based Models for Speech Recognition" (2015), eq. 6-9.
Letters: b sentences, p phones, f pictures, k pictures that are painted, c hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engines.textlip.batch import Spelled
from engines.textlip.config import TextlipConfig
from engines.textlip.model import LipNetwork, quarter
from engines.textlip.pictures import Glance

LOOK_CHANNELS, LOOK_WIDTH = 16, 15


@dataclass(frozen=True, eq=False)
class Memory:
    """The decoder between two pictures: LSTM state (b, c) twice, attention (b, p) and its sum so far (b, p)."""

    hidden: Tensor
    cell: Tensor
    look: Tensor
    looked: Tensor


class RecurrentText(nn.Module):
    """Phones to rows: embedding, two convolutions, a bidirectional LSTM."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__()
        c = config.hidden
        self.symbols = nn.Embedding(len(config.symbols), c, padding_idx=0)
        self.stresses = nn.Embedding(3, c)
        self.convs = nn.ModuleList([nn.Conv1d(c, c, 5, padding=2) for _ in range(2)])
        self.drop = nn.Dropout(config.dropout)
        self.rnn = nn.LSTM(c, c // 2, batch_first=True, bidirectional=True)

    def forward(self, phones: Tensor, stresses: Tensor) -> tuple[Tensor, Tensor]:
        """phones, stresses (b, p) -> rows (b, p, c) and which are there (b, p)."""
        there = phones > 0
        x = (self.symbols(phones) + self.stresses(stresses)) * there[..., None]
        for conv in self.convs:
            x = self.drop(torch.relu(conv(x.transpose(1, 2)).transpose(1, 2))) * there[..., None]
        return self.rnn(x)[0] * there[..., None], there


class LocationAttention(nn.Module):
    """Where to look in the text, knowing where one looked before."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden, bias=False)
        self.place = nn.Conv1d(2, LOOK_CHANNELS, LOOK_WIDTH, padding=LOOK_WIDTH // 2, bias=False)
        self.known = nn.Linear(LOOK_CHANNELS, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, query: Tensor, keys: Tensor, there: Tensor, memory: Memory) -> Tensor:
        """query (b, c), keys (b, p, c) -> attention (b, p)."""
        places = self.place(torch.stack([memory.look, memory.looked], 1)).transpose(1, 2)  # (b, p, k)
        scores = self.score(torch.tanh(self.query(query)[:, None] + keys + self.known(places)))[..., 0]
        return torch.softmax(scores.masked_fill(~there, -1e9), -1)


class DualLip(LipNetwork):
    """One LSTM step per picture, from the picture before and what the attention finds in the text."""

    def __init__(self, config: TextlipConfig) -> None:
        super().__init__(config)
        c = config.hidden
        self.text = RecurrentText(config)
        self.glance = Glance(config)
        self.attention = LocationAttention(c)
        self.cell = nn.LSTMCell(3 * c, c)
        self.out = nn.Linear(2 * c, c)

    def step(
        self, glance: Tensor, who: Tensor, text: Tensor, keys: Tensor, there: Tensor, memory: Memory
    ) -> tuple[Tensor, Memory]:
        """One picture's row (b, c) from what is seen of the one before (b, c)."""
        context = (memory.look[..., None] * text).sum(1)
        hidden, cell = self.cell(torch.cat([glance, who, context], -1), (memory.hidden, memory.cell))
        look = self.attention(hidden, keys, there, memory)
        found = (look[..., None] * text).sum(1)
        return self.out(torch.cat([hidden, found], -1)), Memory(hidden, cell, look, memory.looked + look)

    def begin(self, text: Tensor) -> Memory:
        """Before the first picture it looks at the first phone."""
        still = text.new_zeros(len(text), text.shape[-1])
        first = text.new_zeros(text.shape[:2])
        first[:, 0] = 1.0
        return Memory(still, still, first, torch.zeros_like(first))

    def follow(self, spelled: Spelled, frames: int, who: Tensor, before: Tensor) -> Tensor:
        """Motion rows, the true picture before each being known (teacher forcing)."""
        seen = self.glance(before.flatten(0, 1)).unflatten(0, before.shape[:2])
        text, there = self.text(spelled.phones, spelled.stresses)
        keys, memory, rows = self.attention.key(text), self.begin(text), []
        for i in range(frames):
            row, memory = self.step(seen[:, i], who, text, keys, there, memory)
            rows.append(row)
        return torch.stack(rows, 1)

    def paint(self, spelled: Spelled, frames: int, identity: Tensor, chunk: int = 1) -> Iterator[Tensor]:
        """Lip pictures of one sentence, one by one."""
        levels, who = self.identity(identity)
        painted = self.painter.remember(identity, levels)
        text, there = self.text(spelled.phones, spelled.stresses)
        keys, memory, before = self.attention.key(text), self.begin(text), identity
        for _ in range(frames):
            row, memory = self.step(self.glance(quarter(before)), who, text, keys, there, memory)
            before = self.pictures(row[:, None], painted)
            yield before
