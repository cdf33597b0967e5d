"""The two projections every iterative method is made of, and those methods: Griffin-Lim and its faster descendants.

Letters: b batch, t frames, f bins. Spectra are plain (not centred), (b, t, f) complex64.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from engines.common.stft import Grid
from engines.phase.belonging import Belonging

_NOTHING = 1e-24
"""Added to squared moduli, so that an exact zero stays zero instead of becoming not-a-number."""


class Target:
    """What is known of a section: its magnitude (b, t, f), and the spectra of its first frames if already settled.

    settled: (b, k, f), k >= 0; these frames keep their phase whatever the projections say.
    """

    def __init__(self, magnitude: Tensor, grid: Grid, settled: Tensor | None = None) -> None:
        self.magnitude, self.grid = magnitude, grid
        self.settled = magnitude[:, :0].to(torch.complex64) if settled is None else settled
        self._power = torch.empty_like(magnitude, dtype=torch.complex64)
        self._scale = torch.empty_like(magnitude)
        self._sounds = Belonging(grid, magnitude)

    def impose(self, spectra: Tensor, out: Tensor) -> Tensor:
        """The nearest spectra of the right magnitude, written to out (may be the same tensor)."""
        # z * conj(z), rsqrt and one product by a real take a quarter of the time of abs and a complex division.
        torch.mul(spectra, spectra.conj(), out=self._power)
        torch.add(self._power.real, _NOTHING, out=self._scale)
        self._scale.rsqrt_().mul_(self.magnitude)
        torch.mul(spectra, self._scale, out=out)
        out[:, : self.settled.shape[1]] = self.settled
        return out

    def belong(self, spectra: Tensor, out: Tensor | None = None) -> Tensor:
        """The nearest spectra that belong to a sound, written to out where given (not the same tensor)."""
        return self._sounds.project(spectra, out)


class Iteration(Protocol):
    """A method under way: `step` improves it, `spectra` gives the estimate with the right magnitude."""

    def step(self) -> None:
        """One pair of projections."""
        ...

    def spectra(self) -> Tensor:
        """The estimate now, (b, t, f)."""
        ...


class GriffinLim:
    """Alternating projections. Source: Griffin and Lim, "Signal estimation from modified STFT" (1984)."""

    def __init__(self, target: Target, start: Tensor) -> None:
        self._target = target
        self._estimate = target.impose(start, torch.empty_like(start))
        self._heard = torch.empty_like(start)

    def step(self) -> None:
        """Project on sounds, then on the magnitude."""
        self._target.impose(self._target.belong(self._estimate, self._heard), self._estimate)

    def spectra(self) -> Tensor:
        """The estimate now."""
        return self._estimate


class FastGriffinLim:
    """Griffin-Lim with momentum. Source: Perraudin, Balazs, Sondergaard, "A fast Griffin-Lim algorithm" (2013)."""

    def __init__(self, target: Target, start: Tensor, momentum: float = 0.99) -> None:
        self._target, self._share = target, momentum / (1.0 + momentum)
        self._estimate = target.impose(start, torch.empty_like(start))
        self._last: Tensor | None = None

    def step(self) -> None:
        """Project on sounds, overshoot by the way come since the last step, project on the magnitude."""
        now = self._target.belong(self._estimate)
        # now + m (now - last), over 1 + m: the magnitude comes from the target anyway.
        ahead = now if self._last is None else torch.sub(now, self._last, alpha=self._share, out=self._last)
        self._target.impose(ahead, self._estimate)
        self._last = now

    def spectra(self) -> Tensor:
        """The estimate now."""
        return self._estimate


class Splitting:
    """ADMM. Source: Masuyama, Yatabe, Oikawa, "Griffin-Lim like phase recovery via ADMM" (2018).

    give: their rho, how far an estimate may stay away from the sounds; small values search more widely.
    """

    def __init__(self, target: Target, start: Tensor, give: float = 0.02) -> None:
        self._target, self._pull = target, 1.0 / (1.0 + give)
        self._aim = start.clone()  # z - u of the paper
        self._rest = torch.zeros_like(start)  # u: the part no sound accounts for
        self._sum, self._heard = torch.empty_like(start), torch.empty_like(start)

    def step(self) -> None:
        """x = magnitude(z - u); z = mix of x + u and its projection; u = x + u - z."""
        total = self._target.impose(self._aim, self._sum).add_(self._rest)
        torch.sub(total, self._target.belong(total, self._heard), out=self._rest).mul_(self._pull)
        torch.sub(total, self._rest, alpha=2.0, out=self._aim)

    def spectra(self) -> Tensor:
        """The estimate now."""
        return self._target.impose(self._aim, torch.empty_like(self._aim))


class Settling:
    """ADMM for most of the steps, then plain alternation: the search ends in the nearest hollow."""

    LAST = 8

    def __init__(self, target: Target, start: Tensor, steps: int, give: float = 0.02) -> None:
        self._target, self._left = target, steps
        self._now: Iteration = Splitting(target, start, give) if steps > self.LAST else GriffinLim(target, start)

    def step(self) -> None:
        """One step of whichever is due."""
        if self._left == self.LAST and isinstance(self._now, Splitting):
            self._now = GriffinLim(self._target, self._now.spectra())
        self._now.step()
        self._left -= 1

    def spectra(self) -> Tensor:
        """The estimate now."""
        return self._now.spectra()
