"""The GAN as in the paper: a convolutional generator that corrects five Griffin-Lim iterations, and its critic.

Source: Oyamada, Kameoka, Kaneko, Tanaka, Hojo, Ando, "Generative adversarial network-based approach to signal
reconstruction from magnitude spectrograms" (2018). Letters: b batch, n samples, t frames, f bins, c channels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.common.stft import Grid
from engines.common.weights import load_weights
from engines.phase.config import PaperConfig, weights_path
from engines.phase.methods import Method, random_phase
from engines.phase.projections import GriffinLim, Iteration, Target


class Residual(nn.Module):
    """Convolution, batch normalisation, PReLU, convolution, batch normalisation, and the way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            nn.BatchNorm2d(width),
            nn.PReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, t, f) -> the same."""
        return x + self.body(x)


class Generator(nn.Module):
    """SRResNet without its upsampling, on two channels (re, im), 0..Nyquist only, normalised at each frequency.

    Source: section 3 and figure 2 of the paper; 5.1 and 5.3 for the normalisation and the bins.
    """

    def __init__(self, config: PaperConfig, grid: Grid) -> None:
        super().__init__()
        self.config, self.grid = config, grid
        self.register_buffer("deviation", torch.ones(grid.bins))  # of re and im at each frequency, over training speech
        self.first = nn.Sequential(nn.Conv2d(2, config.width, 9, padding=4), nn.PReLU())
        self.blocks = nn.Sequential(*[Residual(config.width) for _ in range(config.blocks)])
        self.middle = nn.Sequential(nn.Conv2d(config.width, config.width, 3, padding=1), nn.BatchNorm2d(config.width))
        self.last = nn.Conv2d(config.width, 2, 9, padding=4)
        nn.init.normal_(self.last.weight, std=1e-3)

    def forward(self, spectra: Tensor) -> Tensor:
        """Spectra after a few iterations (b, t, f) -> corrected spectra (b, t, f)."""
        scaled = torch.view_as_real(spectra / self.deviation).permute(0, 3, 1, 2)  # (b, 2, t, f)
        x = self.first(scaled)
        x = self.last(x + self.middle(self.blocks(x))) + scaled
        return torch.view_as_complex(x.permute(0, 2, 3, 1).contiguous()) * self.deviation


class Critic(nn.Module):
    """Convolutions along a waveform that is shown together with the magnitude it should have.

    Source: section 3.2 and figure 3 of the paper: 1-D convolutions, LeakyReLU, the condition joined as channels once
    the waveform has come down to the rate of the frames.
    """

    def __init__(self, config: PaperConfig, grid: Grid) -> None:
        super().__init__()
        halvings = (grid.hop - 1).bit_length()
        sizes = [min(config.critic * 2**i, config.critic_most) for i in range(halvings)]
        self.grid = grid
        self.down = nn.ModuleList(
            nn.Conv1d(before, after, 15, stride=2, padding=7)
            for before, after in zip([1, *sizes[:-1]], sizes, strict=True)
        )
        self.join = nn.ModuleList(
            [
                nn.Conv1d(sizes[-1] + grid.bins, config.critic_most, 5, padding=2),
                nn.Conv1d(config.critic_most, config.critic_most, 5, padding=2),
            ]
        )
        self.score = nn.Conv1d(config.critic_most, 1, 3, padding=1)

    def forward(self, sound: Tensor, magnitude: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Sound (b, n), magnitude (b, t, f) -> scores (b, t'), and the features of every hidden layer."""
        x, features = sound.unsqueeze(1), []
        for layer in self.down:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        frames = min(x.shape[-1], magnitude.shape[1])
        x = torch.cat((x[..., :frames], torch.log(magnitude[:, :frames] + 1e-3).transpose(1, 2)), 1)
        for layer in self.join:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.score(x).squeeze(1), features


def first_guess(target: Target, start: Tensor, iterations: int) -> Tensor:
    """Griffin-Lim's estimate after a few iterations, the generator's input: section 3.1."""
    guess = GriffinLim(target, start)
    for _ in range(iterations):
        guess.step()
    return guess.spectra()


def load_paper(device: str = "cpu") -> Generator:
    """The trained generator. Fails with EngineError where its file is missing or corrupt."""
    tensors, header = load_weights(weights_path("paper"))
    generator = Generator(PaperConfig(**header["config"]), Grid(**header["grid"]))
    generator.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in tensors.items()})
    return generator.eval().to(device)


def paper_method(generator: Generator) -> Method:
    """The preset as a Method: the magnitude asked for is imposed on what the generator makes."""

    def start(target: Target, seed: int) -> Tensor:
        guess = first_guess(target, random_phase(target, seed), generator.config.iterations)
        with torch.inference_mode():
            return generator(guess)

    def improve(target: Target, start: Tensor, steps: int) -> Iteration:
        return GriffinLim(target, start)

    return Method(start, improve, 0)
