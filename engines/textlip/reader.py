"""Aligns text to silent lips: a lip-reader with CTC, then monotonic alignment search (Liu et al. 2022, section 6).

Letters: b runs, f pictures, p phones, s symbols, c hidden.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engines.api.values import FloatArray
from engines.common.weights import load_weights, save_weights
from engines.textlip.config import SYMBOLS
from engines.textlip.dataset import Runs, shrink
from engines.textlip.material import CACHE
from engines.textlip.runs import FPS, Run

PATH = CACHE / "reader.safetensors"
"""The reader is a tool of the bench: it is kept, not shipped."""
FINER = 2
"""Steps a picture: phones are shorter than pictures, and CTC needs a step for each."""


class LipReader(nn.Module):
    """Quarter-size lip pictures to log probabilities of phones, FINER steps a picture; the first is CTC's blank."""

    def __init__(self, hidden: int = 96, symbols: int = len(SYMBOLS)) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3, 16, 4, 2, 1), nn.Conv2d(16, 32, 4, 2, 1)])
        self.row = nn.Linear(32 * 50, hidden)
        self.time = nn.Conv1d(hidden, FINER * hidden, 3, padding=1)
        self.rnn = nn.GRU(hidden, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, symbols)

    def forward(self, quarters: Tensor) -> Tensor:
        """quarters (b, f, 3, 20, 40) -> (b, FINER f, s) log probabilities."""
        x = quarters.flatten(0, 1) * 2 - 1
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.1)
        rows = torch.relu(self.row(x.flatten(1))).unflatten(0, quarters.shape[:2])  # (b, f, c)
        fine = torch.relu(self.time(rows.transpose(1, 2))).unflatten(1, (FINER, -1))  # (b, k, c, f)
        fine = fine.permute(0, 3, 1, 2).flatten(1, 2)  # (b, k f, c)
        return F.log_softmax(self.out(self.rnn(fine)[0]), -1)


def fit(runs: Runs, seconds: float, batch: int = 8, seed: int = 0) -> Iterator[LipReader]:
    """Train on runs and the order of their phones alone, no times; yields the network after every step."""
    torch.manual_seed(seed)
    rng, network = np.random.default_rng(seed), LipReader()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    spoken = [(small, numbers(run)) for run, small in zip(runs.runs, runs.quarters, strict=True)]
    spoken = [(small, told) for small, told in spoken if len(told) < len(small) * FINER]
    began = time.process_time()
    while (spent := (time.process_time() - began) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = 1e-3 * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * spent)))
        drawn = [spoken[i] for i in rng.integers(len(spoken), size=batch)]
        sizes = torch.tensor([len(small) * FINER for small, _ in drawn])
        longest = max(len(small) for small, _ in drawn)
        pictures = torch.stack([F.pad(small, (0, 0, 0, 0, 0, 0, 0, longest - len(small))) for small, _ in drawn])
        told = torch.cat([torch.tensor(row) for _, row in drawn])
        lengths = torch.tensor([len(row) for _, row in drawn])
        loss = F.ctc_loss(network(pictures).transpose(0, 1), told, sizes, lengths, zero_infinity=True)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        yield network


def keep(network: LipReader, path: Path = PATH) -> None:
    """Write the reader in half precision."""
    save_weights(path, {k: v.half() for k, v in network.state_dict().items()}, {"engine": "textlip-reader"})


def open_reader(path: Path = PATH) -> LipReader:
    """Read the reader. Raises EngineError for a missing or corrupt file."""
    network = LipReader()
    network.load_state_dict({name: value.float() for name, value in load_weights(path)[0].items()})
    return network.eval()


def numbers(run: Run) -> list[int]:
    """A run's phones as symbol numbers."""
    known = {symbol: i for i, symbol in enumerate(SYMBOLS)}
    return [known[phone.symbol] for phone in run.phones if phone.symbol in known]


def search(scores: FloatArray) -> NDArray[np.int64]:
    """Monotonic alignment search (Kim et al. 2020, section 3.1): rows of each phone (p,), at least one where they fit.

    scores (f, p): how well row i shows phone j. Rows run through the phones in order, none skipped where f >= p.
    """
    rows, phones = scores.shape
    best = np.full((rows, phones), -np.inf)
    best[0, 0] = scores[0, 0]
    for i in range(1, rows):
        stay, move = best[i - 1], np.concatenate([[-np.inf], best[i - 1, :-1]])
        best[i] = scores[i] + np.maximum(stay, move)
    owner, counts = min(phones - 1, rows - 1), np.zeros(phones, np.int64)
    for i in range(rows - 1, -1, -1):
        counts[owner] += 1
        if i and owner and best[i - 1, owner - 1] >= best[i - 1, owner]:
            owner -= 1
    return counts


def align(network: LipReader, run: Run) -> FloatArray:
    """Durations in seconds (p,) of a run's phones, found from its pictures alone."""
    with torch.inference_mode():
        scores = network(shrink(run)[None])[0].numpy()
    # A blank says "still the same phone", so rows are compared by what they show besides it.
    shown = scores[:, 1:] - np.logaddexp.reduce(scores[:, 1:], axis=1, keepdims=True)
    counts = search(shown[:, np.array(numbers(run)) - 1])
    return (counts / (FPS * FINER)).astype(np.float32)
