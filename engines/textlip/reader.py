"""Aligns text to silent lips: a lip-reader with CTC, then monotonic alignment search (Liu et al. 2022, section 6).

Letters: b runs, f pictures, p phones, s symbols, c hidden.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engines.api.values import FloatArray, Phone
from engines.common.weights import load_weights, save_weights
from engines.textlip.config import SYMBOLS
from engines.textlip.dataset import padded
from engines.textlip.material import CACHE
from engines.textlip.runs import FPS, window_of
from engines.textlip.sayings import Saying

PATH = CACHE / "reader.safetensors"
"""The reader is a tool of the bench: it is kept, not shipped."""
FINER = 2
"""Steps a picture: phones are shorter than pictures, and CTC needs a step for each."""
POINTS, SPREAD = 20, 4.0
"""Points of a mouth, and the pixels they commonly move by."""
LONGEST = 75
"""Pictures of one training stretch."""
RATE = 2e-3
EVENNESS = 10.0
"""Found on sentences kept for checking: the reader is unsure of most phones, and lengths differ less than it thinks."""


class LipReader(nn.Module):
    """Mouth points of lip pictures to log probabilities of phones, FINER steps a picture; the first is CTC's blank.

    It sees the mouth as the finder of points does (a departure: the paper's reader sees pictures), so that it can learn
    from every recording whose mouth is known, not from the few that were filmed.
    """

    def __init__(self, hidden: int = 96, symbols: int = len(SYMBOLS)) -> None:
        super().__init__()
        self.register_buffer("still", torch.zeros(POINTS, 2))
        self.row = nn.Conv1d(2 * POINTS, hidden, 3, padding=1)
        self.time = nn.Conv1d(hidden, FINER * hidden, 3, padding=1)
        self.rnn = nn.GRU(hidden, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, symbols)

    def forward(self, mouths: Tensor) -> Tensor:
        """mouths (b, f, 20, 2) in pixels of lip pictures -> (b, FINER f, s) log probabilities."""
        x = ((mouths - self.still) / SPREAD).flatten(2)
        rows = torch.relu(self.row(x.transpose(1, 2)))
        fine = torch.relu(self.time(rows)).unflatten(1, (FINER, -1))  # (b, k, c, f)
        fine = fine.permute(0, 3, 1, 2).flatten(1, 2)  # (b, k f, c)
        return F.log_softmax(self.out(self.rnn(fine)[0]), -1)


def fit(told: Sequence[Saying], seconds: float, batch: int = 12, seed: int = 0) -> Iterator[LipReader]:
    """Train on mouths and the order of their phones alone, no times; yields the network after every step."""
    torch.manual_seed(seed)
    rng, network = np.random.default_rng(seed), LipReader()
    network.still.copy_(torch.from_numpy(np.concatenate([saying.mouths for saying in told]).mean(0)))
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    began = time.process_time()
    while (spent := (time.process_time() - began) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = RATE * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * spent)))
        drawn = [_stretch(told[i], rng) for i in rng.integers(len(told), size=batch)]
        mouths, there = padded([mouths for mouths, _ in drawn])
        lengths = torch.tensor([len(phones) for _, phones in drawn])
        symbols = torch.tensor([number for _, phones in drawn for number in phones])
        scores = network(mouths).transpose(0, 1)
        loss = F.ctc_loss(scores, symbols, there.sum(1) * FINER, lengths, zero_infinity=True)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        yield network


def _stretch(saying: Saying, rng: np.random.Generator) -> tuple[FloatArray, list[int]]:
    """Mouths of some seconds of a saying, and the numbers of the phones said in them."""
    first = int(rng.integers(max(len(saying.mouths) - LONGEST, 0) + 1))
    mouths = saying.mouths[first : first + LONGEST]
    return mouths, numbers(window_of(saying.phones, first / FPS, (first + len(mouths)) / FPS))


def keep(network: LipReader, path: Path = PATH) -> None:
    """Write the reader in half precision."""
    save_weights(path, {k: v.half() for k, v in network.state_dict().items()}, {"engine": "textlip-reader"})


def open_reader(path: Path = PATH) -> LipReader:
    """Read the reader. Raises EngineError for a missing or corrupt file."""
    network = LipReader()
    network.load_state_dict({name: value.float() for name, value in load_weights(path)[0].items()})
    return network.eval()


def numbers(phones: Sequence[Phone]) -> list[int]:
    """Phones as symbol numbers."""
    known = {symbol: i for i, symbol in enumerate(SYMBOLS)}
    return [known[phone.symbol] for phone in phones if phone.symbol in known]


def search(scores: FloatArray, evenness: float = 0.0) -> NDArray[np.int64]:
    """Monotonic alignment search (Kim et al. 2020, section 3.1): rows of each phone (p,), at least one of each.

    scores (f, p): how well row i shows phone j; f >= p. Rows run through the phones in order, none skipped.
    evenness: what a phone costs that lasts e times its even share, or an e-th of it (ours; 0 is the paper's search).
    """
    rows, phones = scores.shape
    shown = np.concatenate([np.zeros((1, phones)), np.cumsum(scores, 0)])  # of the rows before each
    cost = evenness * np.abs(np.log(np.arange(1, rows + 1) * phones / rows))
    best, lasted = np.full((phones + 1, rows + 1), -np.inf), np.zeros((phones + 1, rows + 1), np.int64)
    best[0, 0] = 0.0
    for phone in range(phones):
        for end in range(phone + 1, rows + 1):
            found = best[phone, :end] + shown[end, phone] - shown[:end, phone] - cost[end - 1 :: -1]
            start = int(found.argmax())
            best[phone + 1, end], lasted[phone + 1, end] = found[start], end - start
    counts, end = np.zeros(phones, np.int64), rows
    for phone in range(phones, 0, -1):
        counts[phone - 1] = lasted[phone, end]
        end -= counts[phone - 1]
    return counts


def align(network: LipReader, mouths: FloatArray, phones: Sequence[Phone]) -> FloatArray:
    """Durations in seconds (p,) of phones said by silent lips whose points (f, 20, 2) are known."""
    with torch.inference_mode():
        scores = network(torch.from_numpy(mouths)[None])[0].numpy()
    # A blank says "still the same phone", so rows are compared by what they show besides it.
    shown = scores[:, 1:] - np.logaddexp.reduce(scores[:, 1:], axis=1, keepdims=True)
    counts = search(shown[:, np.array(numbers(phones)) - 1], EVENNESS)
    return (counts / (FPS * FINER)).astype(np.float32)
