"""What the file format needs of the science: levelled sound to codes, codes to mel, mel to sound.

Letters: s segments, n samples, t frames or steps, c channels, m bands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.api.events import EngineError
from engines.api.values import FloatArray
from engines.codec.config import SearchConfig, tiny, tiny_vocoder, weights_path
from engines.codec.joins import Join
from engines.codec.mel import gain_of, level_of, level_of_blocks, mels_of
from engines.codec.model import Autoencoder
from engines.codec.search import searched
from engines.codec.shipping import model_of, vocoder_of
from engines.codec.tables import Tables, flat_tables
from engines.codec.vocoder import Vocoder, inverted, sounds_of
from engines.common.weights import load_weights

__all__ = ["CodecModel", "Found", "Join", "gain_of", "level_of", "level_of_blocks", "load_codec", "tiny_codec"]

Codes = NDArray[np.uint8]
VOCODERS = ("network", "inversion")


@dataclass(frozen=True, eq=False)
class Found:
    """The best quantised latents after so many iterations: codes (s, t, c), losses (s,) float32."""

    iteration: int
    codes: Codes
    loss: FloatArray


@dataclass(frozen=True, eq=False)
class CodecModel:
    """Everything between levelled sound and codes. name, digest: what a file says it was made with."""

    name: str
    digest: bytes
    tables: Tables
    autoencoder: Autoencoder
    vocoder: Vocoder
    device: str = "cpu"
    how: SearchConfig = field(default_factory=SearchConfig)

    def channels(self, kbps: float) -> int:
        """Latent channels at a nominal rate. Fails with EngineError for a rate the model does not know."""
        rates = dict(self.autoencoder.config.rates)
        if kbps not in rates:
            raise EngineError(f"There is no rate of {kbps} kbit/s; choose from {', '.join(f'{k:g}' for k in rates)}.")
        return rates[kbps]

    def mels(self, samples: FloatArray, first: int = 0, count: int | None = None) -> FloatArray:
        """Levelled sound (n,) at 16 kHz -> segments first.. of log-mel with context, (s, 144, m)."""
        return mels_of(samples, first, count)

    def search(self, mels: FloatArray, kbps: float, iterations: int, seed: int = 0) -> Iterator[Found]:
        """Segments of mel (s, 144, m) -> ever better codes; nothing here is drawn by chance, so no seed changes it."""
        given = torch.from_numpy(mels).to(self.device)
        for best in searched(self.autoencoder, given, self.channels(kbps), iterations, self.how):
            yield Found(best.iteration, best.codes.cpu().numpy().astype(np.uint8), best.loss.cpu().numpy())

    def decode(self, codes: Codes) -> FloatArray:
        """Codes (s, t, c) of any rate -> mel segments with margins (s, 136, m)."""
        with torch.inference_mode():
            z = self.autoencoder.values_of(torch.from_numpy(codes.astype(np.int64)).to(self.device))
            mel: FloatArray = self.autoencoder.generate(z).cpu().numpy()
            return mel

    def vocode(self, mels: FloatArray, vocoder: str = "network") -> FloatArray:
        """Mel segments with margins (s, 136, m) -> their sounds with margins (s, 17408)."""
        if vocoder not in VOCODERS:
            raise EngineError(f"There is no vocoder named {vocoder!r}; choose from {', '.join(VOCODERS)}.")
        with torch.inference_mode():
            mel = torch.from_numpy(mels).to(self.device)
            magnitude = self.vocoder.magnitude(mel) if vocoder == "network" else inverted(mel)
            sound: FloatArray = sounds_of(magnitude, self.vocoder.config.iterations).cpu().numpy()
            return sound


@lru_cache(maxsize=2)
def load_codec(device: str = "cpu") -> CodecModel:
    """The shipped codec. Fails with EngineError where a weight file is missing or corrupt."""
    paths = weights_path("model"), weights_path("vocoder")
    model, vocoder = load_weights(paths[0]), load_weights(paths[1])
    autoencoder, tables = model_of(*model)
    return CodecModel(
        "bpgan-16k", digest_of(paths[0]), tables, autoencoder.to(device), vocoder_of(*vocoder).to(device), device
    )


def digest_of(path: Path) -> bytes:
    """Eight bytes that tell models apart: of the file with the generator, its levels and the tables."""
    return hashlib.blake2b(path.read_bytes(), digest_size=8).digest()


def tiny_codec(seed: int = 0) -> CodecModel:
    """A codec of the same shapes that has learned nothing."""
    torch.manual_seed(seed)
    autoencoder, vocoder = Autoencoder(tiny()).eval(), Vocoder(tiny_vocoder()).eval()
    return CodecModel("tiny", bytes(8), flat_tables(autoencoder.config.channels), autoencoder, vocoder)
