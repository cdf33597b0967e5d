"""How the vocoder learns: the true magnitude from mels as the decoder will have them.

Letters: b batch, n samples, t frames, f bins, m bands.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from engines.codec.config import CONTEXT, GRID, MARGIN, VocoderConfig, VocoderTraining
from engines.codec.losses import distance
from engines.codec.material import SAMPLES
from engines.codec.mel import FLOOR, log_bands
from engines.codec.model import Autoencoder
from engines.codec.vocoder import Vocoder
from engines.common.stft import frame_spectra
from engines.phase.course import Course, Row

_EDGE = CONTEXT - MARGIN


class VocoderCourse(Course):
    """A vocoder in training behind a finished autoencoder; `average` is the copy that ships."""

    def __init__(
        self,
        config: VocoderConfig,
        how: VocoderTraining,
        model: Autoencoder,
        limit_s: float = math.inf,
        device: str = "cpu",
    ) -> None:
        super().__init__(GRID, how.steps, limit_s, device)
        torch.manual_seed(how.seed)
        self.config, self.how, self.model = config, how, model.to(device)
        self.network, self.average = Vocoder(config).to(device), Vocoder(config).to(device)
        self._optimiser = torch.optim.AdamW(self.network.parameters(), how.rate, betas=(0.9, 0.98), weight_decay=1e-3)

    @property
    def networks(self) -> dict[str, nn.Module]:
        """The network and its average."""
        return {"network": self.network, "average": self.average}

    @property
    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        """One."""
        return {"network": self._optimiser}

    @property
    def batch(self) -> tuple[int, int]:
        """Pieces of sound in a step, and samples in each."""
        return self.how.batch, SAMPLES

    def learn(self, sound: Tensor) -> Row:
        """One step on sounds (b, SAMPLES)."""
        with torch.no_grad():
            magnitude = frame_spectra(sound, self.grid).abs()
            shown, true = self._shown(log_bands(magnitude)), torch.log(magnitude[:, _EDGE:-_EDGE] + FLOOR)
        loss = distance(self.network(shown), true, self.how.coarse).mean()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.param_groups[0]["lr"] = self.how.rate * self.pace()
        self._optimiser.step()
        self._follow()
        return {"loss": loss.item()}

    def shipped(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors and header of the weight file."""
        return self.average.state_dict(), {"config": self.config.to_header()}

    def _shown(self, mel: Tensor) -> Tensor:
        """What the decoder would make of mel (b, t, m) at one of the rates; some pieces stay as they are."""
        counts = [c for _, c in self.model.config.rates]
        channels = counts[int(torch.randint(len(counts), ()))] if self.step % 2 else counts[2]
        z = self.model.encoder(mel)[..., :channels]
        made = self.model.generate(self.model.values_of(self.model.codes_of(z)))
        plain = torch.rand(len(mel), 1, 1, device=mel.device) < self.how.plain
        return torch.where(plain, mel[:, _EDGE:-_EDGE], made)

    def _follow(self) -> None:
        """Let the average follow, closely at first."""
        share = 1.0 - min(self.how.averaging, (self.step + 1) / (self.step + 20))
        with torch.no_grad():
            for slow, fast in zip(self.average.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(fast, share)
