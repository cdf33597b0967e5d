"""Makes phase of phase steps: frame by frame, each frame agreeing best with the one before and within itself."""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg.lapack import zptsv
from torch import Tensor

from engines.common.stft import Grid
from engines.phase.gradients import centring, log_of, steps_from_magnitude

_TRACE = 1e-9
"""Trust in the past where there is none, over the largest trust: enough to keep the equations solvable."""
_WITHIN = 10.0
"""How much more the theory of steps is trusted along frequency than along time at half-overlapping frames; tuned on
speech of VCTK and of training voices kept out."""


def integrate(along_t: Tensor, along_f: Tensor, settled: Tensor) -> Tensor:
    """Unit spectra (b, t, f), centred, from steps (b, t, f) whose modulus is their weight.

    Each frame z minimises  sum |along_t| |z_f - e^(i step_t) u_f|^2 + sum |along_f| |z_f - e^(i step_f) z_(f-1)|^2
    with u the frame before; then moduli are set to one. A band matrix of one side diagonal a frame. settled: centred
    spectra (b, k, f) of the first frames, which are kept. Causal, so streams.
    After: Masuyama, Yatabe, Koizumi, Oikawa, Harada, "Phase reconstruction based on recurrent phase unwrapping
    with deep neural networks" (2020), section 3.2.
    """
    result = np.empty(along_t.shape, np.complex64)
    # Double precision: single would round weights apart that must cancel, and lose small trusts beside large ones.
    time, bins = (x.detach().to("cpu", torch.complex128).numpy() for x in (along_t, along_f))
    kept = settled.detach().cpu().numpy()
    for b in range(result.shape[0]):
        _integrate_one(time[b], bins[b], kept[b], result[b])
    return torch.from_numpy(result).to(along_t.device)


def _integrate_one(along_t: np.ndarray, along_f: np.ndarray, settled: np.ndarray, out: np.ndarray) -> None:
    """One sound: (t, f) steps, (k, f) settled spectra -> out (t, f)."""
    known = len(settled)
    out[:known] = _unit(settled)
    past = out[known - 1] if known else np.ones(out.shape[1], np.complex64)
    diagonal, below, pull = _equations(along_t, along_f)
    for t in range(known, len(out)):
        *_, frame, _ = zptsv(diagonal[t], below[t], pull[t] * past)
        out[t] = past = _unit(frame)


def _equations(along_t: np.ndarray, along_f: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Diagonal (t, f), the diagonal below it (t, f - 1), and what the frame before is multiplied with (t, f).

    Each frame's equations are brought to a largest trust of one.
    """
    trust, within = np.abs(along_t), np.abs(along_f)
    trust[0], within[:, 0] = _TRACE, 0.0  # nothing comes before the first frame
    diagonal = trust + within
    diagonal[:, :-1] += within[:, 1:]
    largest = diagonal.max(1, keepdims=True) + 1e-30
    pull = along_t / largest
    pull[0] = _TRACE / largest[0]
    return diagonal / largest + _TRACE, -along_f[:, 1:] / largest, pull + _TRACE


def _unit(spectra: np.ndarray) -> np.ndarray:
    """Moduli set to one; zeros become one."""
    size = np.abs(spectra)
    return np.where(size > 1e-30, spectra / np.maximum(size, 1e-30), 1.0).astype(np.complex64)


def weigh(along_t: Tensor, along_f: Tensor, magnitude: Tensor, power: float = 1.0) -> tuple[Tensor, Tensor]:
    """Steps (b, t, f) times the magnitudes at both their ends to a power: loud cells lead, quiet ones follow."""
    magnitude = magnitude + 1e-5 * magnitude.amax((1, 2), keepdim=True) + 1e-20
    before, below = torch.ones_like(magnitude), torch.ones_like(magnitude)
    before[:, 1:], below[..., 1:] = magnitude[:, :-1], magnitude[..., :-1]
    return along_t * (magnitude * before) ** power, along_f * (magnitude * below) ** power


def phase_by_theory(magnitude: Tensor, grid: Grid, settled: Tensor) -> Tensor:
    """Unit spectra (b, t, f), plain, in one pass from the magnitude's own slopes; settled: plain spectra (b, k, f)."""
    peak = magnitude.amax((1, 2), keepdim=True) + 1e-20
    step_t, step_f = steps_from_magnitude(log_of(magnitude / peak, 1e-6), grid)
    along_t, along_f = (torch.polar(torch.ones_like(step), step) for step in (step_t, step_f))
    signs = centring(grid, str(magnitude.device))
    return integrate(*weigh(along_t, _WITHIN * along_f, magnitude / peak), settled * signs) * signs
