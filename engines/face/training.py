"""How a face network learns: clips of a stream, an average of its weights that ships, checkpoints that resume.

Every network learns whole (Pham et al. 2017, section III-C). One with a memory begins where another kind ended, which
spares it the time that convolutions take from nothing, and hears longer clips.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engines.common.checkpoints import Networks, gathered, scatter
from engines.common.weights import load_weights, save_weights
from engines.face.augment import elsewhere
from engines.face.config import FaceConfig, FaceTraining
from engines.face.dataset import Stream
from engines.face.losses import Yardstick
from engines.face.model import FaceNetwork

_UNKNOWN = 75
"""Faces until a clip from the middle of a recording has told how its speaker usually speaks."""


class Course:
    """One network in training; `average` is the copy that ships. limit_s: seconds of work it may take in all."""

    def __init__(self, config: FaceConfig, how: FaceTraining, stream: Stream, limit_s: float, device: str) -> None:
        torch.manual_seed(how.seed)
        self.config, self.how, self.stream, self.limit_s = config, how, stream, limit_s
        self.device = device
        self.network = FaceNetwork(config, how.dropout).to(device)
        self._yardstick = Yardstick.of(stream.expressions)
        self._begins = stream.begins
        _start_at_mean(self.network, stream)
        self.average = deepcopy(self.network)
        self._rate = how.rate if config.kind == "static" else how.long_rate
        self._optimiser = torch.optim.AdamW(self.network.parameters(), self._rate, weight_decay=1e-2)
        self.step, self.spent_s = 0, 0.0

    def start_from(self, other: FaceNetwork) -> None:
        """Begin where a network of another kind ended, in all but the memory."""
        state = {k: v for k, v in other.state_dict().items() if not k.startswith("memory.")}
        for network in (self.network, self.average):
            network.load_state_dict(network.state_dict() | state)

    @property
    def _networks(self) -> Networks:
        return {"network": self.network, "average": self.average}

    @property
    def progress(self) -> float:
        """How far training has come, 0 to 1."""
        return min(1.0, max(self.step / self.how.steps, self.spent_s / self.limit_s))

    def fit(self) -> Iterator[float]:
        """Train to the end; yields the loss of every step."""
        # Another stream of chance after a pause, so that the same clips are not drawn again.
        rng = np.random.default_rng([self.how.seed, self.step])
        while self.progress < 1.0:
            began = time.process_time()
            loss = self._learn(rng)
            self.step += 1
            self.spent_s += time.process_time() - began
            yield loss

    def _learn(self, rng: np.random.Generator) -> float:
        long = self.config.kind != "static"
        faces, count = (self.how.long_clip, self.how.long_batch) if long else (self.how.clip, self.how.batch)
        starts = self._starts(rng, faces, count)
        clips = [self.stream.clip(int(start), faces) for start in starts]
        width = max(len(c.columns) for c in clips)
        heard = [elsewhere(c.columns.astype(np.float32), rng) for c in clips]
        columns = torch.stack([_tensor(np.pad(h, ((0, width - len(h)), (0, 0)))) for h in heard])
        columns = columns + 0.04 * torch.randn(len(clips), 1, 1) * (columns > 0)  # level within 2.4 dB
        self.network.train()
        ends = torch.from_numpy(np.stack([c.ends for c in clips]))
        known = torch.from_numpy(np.stack([self._known(int(start), faces) for start in starts])).to(self.device)
        return self._step(self.network(columns.to(self.device), ends.to(self.device))[:2], clips, known)

    def _starts(self, rng: np.random.Generator, faces: int, count: int) -> np.ndarray:
        """First faces of clips: half of them, where a recording begins, as a network is used."""
        last = len(self.stream.ends) - faces
        anywhere = rng.integers(0, last + 1, count)
        begins = rng.choice(self._begins[self._begins <= last], count)
        return np.where(rng.random(count) < 0.5, begins, anywhere)

    def _known(self, start: int, faces: int) -> np.ndarray:
        """1 (faces,) where a clip tells how its speaker usually speaks, against which heads turn; 0 before."""
        begins = int(self._begins[np.searchsorted(self._begins, start)]) if start <= self._begins[-1] else start + faces
        return (np.arange(faces) >= min(_UNKNOWN, begins - start)).astype(np.float32)

    def _step(self, made: tuple[Tensor, Tensor], clips: list[Stream], known: Tensor) -> float:
        true = tuple(
            torch.stack([_tensor(getattr(c, n)) for c in clips]).to(self.device) for n in ("expressions", "turns")
        )
        shut = torch.stack([_tensor(c.shut) for c in clips]).to(self.device)
        loss = self._yardstick.loss(made, (true[0], true[1]), shut, known, self.how)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.param_groups[0]["lr"] = self._rate * self._pace()
        self._optimiser.step()
        self._follow()
        return float(loss.item())

    def _pace(self) -> float:
        """Share of the full rate: a short rise, then down as a cosine."""
        return min((self.step + 1) / 100, 0.505 + 0.495 * math.cos(math.pi * self.progress))

    def _follow(self) -> None:
        """Let the average follow, closely at first; running statistics are averages already."""
        share = 1.0 - min(0.998, (self.step + 1) / (self.step + 20))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(fast, share)
            for slow, fast in zip(self.average.buffers(), self.network.buffers(), strict=True):
                slow.copy_(fast)

    def save(self, path: Path) -> None:
        """Write a checkpoint in one move."""
        tensors = gathered(self._networks, {"network": self._optimiser})
        header = {"engine": "face-checkpoint", "config": self.config.to_header()}
        save_weights(path, tensors, header | {"step": self.step, "spent_s": self.spent_s})

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint. Fails with EngineError where it is corrupt."""
        tensors, header = load_weights(path)
        scatter(tensors, self._networks, {"network": self._optimiser})
        self.step, self.spent_s = int(header["step"]), float(header["spent_s"])


def _start_at_mean(network: FaceNetwork, stream: Stream) -> None:
    """Let a new network give the mean face, so that it need not learn it."""
    mean = _tensor(stream.expressions).mean(0).clamp(0.002, 0.998)
    with torch.no_grad():
        network.expressions.bias.copy_(torch.log(mean / (1 - mean)))
        network.turns.weight.mul_(0.1)
        network.turns.bias.zero_()


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(values, np.float32))
