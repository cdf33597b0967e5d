"""The networks of Pham, Wang, Pavlovic 2017, Table I: eight convolutions, a memory or none, expressions and rotation.

The convolutions along bands see one column at a time, so neighbouring windows share their work. Letters: b sequences, c
columns, f faces, w channels.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from engines.face.config import COLUMNS, FaceConfig

State = tuple[Tensor, ...]
"""What a network remembers between faces: nothing, (h,) of a GRU or (h, c) of an LSTM, each (1, b, hidden)."""


class FaceNetwork(nn.Module):
    """Columns of a spectrogram to 46 expression weights and 3 quaternion numbers for each face; never looks ahead."""

    def __init__(self, config: FaceConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.along_bands = _stack((1, *config.along_bands), (3, 1), last=False)
        self.along_time = _stack((config.along_bands[-1], *config.along_time), (1, 3), last=True)
        rows, steps = _halved(config.bands, config.along_bands), _halved(COLUMNS, config.along_time)
        self.before = nn.Sequential(nn.Linear(config.along_time[-1] * rows * steps, config.dense), nn.Tanh())
        self.memory = _memory(config)
        wide = config.dense if self.memory is None else config.hidden
        self.after = nn.Sequential(nn.Linear(wide, config.dense), nn.Tanh(), nn.Dropout(dropout))
        self.expressions = nn.Linear(config.dense, config.expressions)
        self.turns = nn.Linear(config.dense, config.turns)

    def forward(self, columns: Tensor, ends: Tensor, state: State = ()) -> tuple[Tensor, Tensor, State]:
        """Faces from columns (b, c, 128) whose windows end at columns ends (b, f), each at least 31.

        Returns expressions (b, f, 46) in 0..1, quaternion vectors (b, f, 3) in -1..1, and the state after the last.
        """
        return self.remember(self.look(columns, ends), state)

    def look(self, columns: Tensor, ends: Tensor) -> Tensor:
        """What each window holds, heard alone: (b, f, dense)."""
        # Bands that hold nothing in any recording would only cost time: they are passed over.
        x = self.along_bands(columns.transpose(1, 2)[:, None, : self.config.bands])  # (b, w, rows, c)
        x = self.along_time(_windows(x, ends))  # (b f, w, rows, steps)
        looked: Tensor = self.before(x.flatten(1))
        return looked.view(*ends.shape, -1)

    def remember(self, looked: Tensor, state: State = ()) -> tuple[Tensor, Tensor, State]:
        """Faces from what windows hold (b, f, dense), given what was before."""
        if self.memory is not None and looked.shape[1] == 1 and not torch.is_grad_enabled():
            looked, state = self._step(looked, state)
        elif isinstance(self.memory, nn.LSTM):
            looked, state = self.memory(looked, state or None)
        elif self.memory is not None:
            looked, hidden = self.memory(looked, state[0] if state else None)
            state = (hidden,)
        x = self.after(looked)
        return torch.sigmoid(self.expressions(x)), torch.tanh(self.turns(x)), state

    def _step(self, looked: Tensor, state: State) -> tuple[Tensor, State]:
        """The memory over one face (b, 1, dense): nn.LSTM would pack its weights anew, which costs most."""
        memory = self.memory
        assert isinstance(memory, nn.LSTM | nn.GRU)
        weights = memory.weight_ih_l0, memory.weight_hh_l0, memory.bias_ih_l0, memory.bias_hh_l0
        before = tuple(s[0] for s in state) or tuple(looked.new_zeros(len(looked), memory.hidden_size) for _ in "hc")
        if isinstance(memory, nn.LSTM):
            after = torch.lstm_cell(looked[:, 0], before, *weights)
        else:
            after = (torch.gru_cell(looked[:, 0], before[0], *weights),)
        return after[0][:, None], tuple(s[None] for s in after)


def _stack(channels: tuple[int, ...], kernel: tuple[int, int], *, last: bool) -> nn.Sequential:
    """Convolutions that halve one axis; batch norm on all but the last of the network."""
    stride = tuple(2 if k == 3 else 1 for k in kernel)
    padding = tuple(k // 2 for k in kernel)
    layers: list[nn.Module] = []
    for i, (wide, wider) in enumerate(pairwise(channels)):
        bare = last and i == len(channels) - 2
        layers.append(nn.Conv2d(wide, wider, kernel, stride, padding, bias=bare))
        layers += [nn.ReLU()] if bare else [nn.BatchNorm2d(wider), nn.ReLU()]
    return nn.Sequential(*layers)


def _halved(size: int, layers: tuple[int, ...]) -> int:
    """What is left of an axis after so many layers of stride 2."""
    for _ in layers:
        size = (size + 1) // 2
    return size


def _memory(config: FaceConfig) -> nn.Module | None:
    if config.kind == "static":
        return None
    cell = nn.LSTM if config.kind == "lstm" else nn.GRU
    return cell(config.dense, config.hidden, batch_first=True)


def _windows(x: Tensor, ends: Tensor) -> Tensor:
    """Cut (b, w, rows, c) into the 32 columns up to each of ends (b, f): (b f, w, rows, 32)."""
    b, w, rows, _ = x.shape
    at = ends[..., None] + torch.arange(1 - COLUMNS, 1, device=x.device)  # (b, f, 32)
    if ends.shape[1] == 1:
        return torch.stack([row[..., i[0]] for row, i in zip(x, at, strict=True)])
    flat = x.permute(0, 3, 1, 2)  # (b, c, w, rows)
    picked = flat[torch.arange(b, device=x.device)[:, None, None], at]  # (b, f, 32, w, rows)
    return picked.permute(0, 1, 3, 4, 2).reshape(-1, w, rows, COLUMNS)
