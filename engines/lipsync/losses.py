"""What a lip-sync network is trained to make small.

Letters: b batch, f mouth shapes. Source: Zheng et al. 2020, section III-A.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.lipsync.config import TrainConfig
from engines.lipsync.model import Discriminator


def regression(made: Tensor, true: Tensor, weight: Tensor) -> Tensor:
    """Squared distance of shapes (b, f, 10), each frame weighted by (b, f)."""
    return ((made - true).square().mean(dim=2) * weight).mean()


def motion(made: Tensor, true: Tensor) -> Tensor:
    """Squared distance of the change from frame to frame (inter-frame loss)."""
    return (made.diff(dim=1) - true.diff(dim=1)).square().mean()


def deceive(scores: Tensor) -> Tensor:
    """The generator's side of least-squares adversarial training."""
    return (scores - 1).square().mean()


def matching(of_true: list[Tensor], of_made: list[Tensor]) -> Tensor:
    """Mean distance of what the discriminator hears in true and made motion, over its levels (Salimans et al. 2016)."""
    return torch.stack([(a.detach() - b).abs().mean() for a, b in zip(of_true, of_made, strict=True)]).mean()


def detect(of_true: Tensor, of_made: Tensor) -> Tensor:
    """The discriminator's side of least-squares adversarial training."""
    return (of_true - 1).square().mean() + of_made.square().mean()


def frame_weights(true: Tensor, aperture: Tensor, config: TrainConfig) -> Tensor:
    """Weight of each frame (b, f): more where a speaking mouth is shut, for a mean of mouths never closes.

    aperture: (10,) change of mouth opening per coefficient (MouthBasis.opening).
    """
    opening = true @ aperture  # (b, f)
    near = nn.functional.max_pool1d(opening, 9, 1, 4)
    shut = (opening < 0.02) & (near > 0.05)
    return 1 + config.closure * shut.to(true.dtype)


def generator_loss(
    made: Tensor, true: Tensor, weight: Tensor, config: TrainConfig, judge: Discriminator | None
) -> Tensor:
    """All parts together; judge: None where there is none."""
    loss = config.regression * regression(made, true, weight) + config.motion * motion(made, true)
    if judge is None:
        return loss
    heard = judge.features(made)
    loss = loss + config.adversarial * deceive(judge.score(heard[-1]))
    return loss + config.matching * matching(judge.features(true), heard)
