"""Cuts a sound of any length into sections of frames, each continuing from the one before, in bounded memory.

Letters: b batch, n samples, t frames, f bins. The cuts depend on frame numbers alone, so a sound pushed in pieces of
any size gives what it gives as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.api.values import FloatArray
from engines.common.stft import Grid, frame_spectra, window_of


@dataclass(frozen=True, eq=False)
class Share:
    """How far the section under way has come, 0 to 1; estimate: makes its spectra (b, t, f) as they are now."""

    done: float
    estimate: Callable[[], Tensor] | None = None


Solve = Callable[[Tensor, Tensor, int], Generator[Share, None, Tensor]]
"""(magnitude (b, t, f), settled spectra (b, k, f), number of the first frame) -> yields Share, returns spectra
(b, t, f)."""


@dataclass(frozen=True)
class Cuts:
    """length: frames worked on at once; ahead: of these, how many at the end are only listened to and done again;
    context: settled frames shown to the next section."""

    length: int = 512
    ahead: int = 32
    context: int = 16


@dataclass(frozen=True, eq=False)
class Settled:
    """Finished spectra of the next frames, (b, t, f)."""

    spectra: Tensor


def magnitudes(samples: FloatArray, grid: Grid, frames: int = 128) -> Iterator[Tensor]:
    """Magnitudes of a sound (n,) in blocks of frames, (1, t, f)."""
    total, half = grid.frames(len(samples)), grid.size // 2
    for first in range(0, total, frames):
        count = min(frames, total - first)
        begin = first * grid.hop - half
        end = begin + (count - 1) * grid.hop + grid.size
        piece = torch.from_numpy(samples[max(begin, 0) : max(end, 0)])
        padded = torch.nn.functional.pad(piece, (max(-begin, 0), end - begin - max(-begin, 0) - len(piece)))
        yield frame_spectra(padded[None], grid).abs()


def settle(blocks: Iterable[Tensor], solve: Solve, cuts: Cuts = Cuts()) -> Iterator[Settled | Share]:
    """Yield finished spectra in order, and between them how far the section under way has come."""
    waiting: Tensor | None = None  # (b, t, f), its first frames already settled
    settled: Tensor | None = None
    first = 0
    for block in blocks:
        if waiting is None:
            waiting, settled = block, block[:, :0].to(torch.complex64)
        else:
            waiting = torch.cat((waiting, block), 1)
        while waiting.shape[1] > cuts.length:
            assert settled is not None
            spectra = yield from solve(waiting[:, : cuts.length], settled, first)
            keep = cuts.length - cuts.ahead
            yield Settled(spectra[:, settled.shape[1] : keep])
            settled = spectra[:, keep - cuts.context : keep].clone()
            waiting, first = waiting[:, keep - cuts.context :], first + keep - cuts.context
    if waiting is not None and settled is not None:
        spectra = yield from solve(waiting, settled, first)
        yield Settled(spectra[:, settled.shape[1] :])


class Overlap:
    """Spectra in, samples out as soon as no later frame can change them; equal to `istft` of the whole."""

    def __init__(self, grid: Grid, samples: int) -> None:
        self._grid, self._left = grid, samples
        self._skip = grid.size // 2
        self._tail: Tensor | None = None
        self._weight = torch.zeros(grid.size - grid.hop)

    def push(self, spectra: Tensor, *, last: bool = False) -> Tensor:
        """(b, t, f) -> (b, m): the samples now certain; with last, all that remain."""
        grid, (batch, count, _) = self._grid, spectra.shape
        window = window_of(grid).to(spectra.device)
        frames = torch.fft.irfft(spectra, grid.size) * window
        rest = grid.size - grid.hop
        total = frames.new_zeros(batch, count * grid.hop + rest)
        weight = torch.zeros(count * grid.hop + rest)
        if self._tail is not None:
            total[:, :rest] += self._tail
        weight[:rest] += self._weight
        for i in range(count):
            span = slice(i * grid.hop, i * grid.hop + grid.size)
            total[:, span] += frames[:, i]
            weight[span] += window_of(grid).square()
        ready = total.shape[1] if last else count * grid.hop
        self._tail, self._weight = total[:, ready:], weight[ready:]
        certain = weight[:ready].to(total.device)
        return self._cut(torch.where(certain > 1e-10, total[:, :ready] / certain.clamp(min=1e-10), 0.0))

    def _cut(self, samples: Tensor) -> Tensor:
        """Without what lies before the first frame's centre and after the end of the sound."""
        skipped = min(self._skip, samples.shape[1])
        self._skip -= skipped
        samples = samples[:, skipped : skipped + self._left]
        self._left -= samples.shape[1]
        return samples
