"""The speech codec's jobs and values: sound to packet, packet to sound, what a packet says of itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.api.jobs import Job
from engines.api.values import Audio, FloatArray

RATES_KBPS = (0.5, 1.0, 2.0, 4.0)
"""Nominal rates in kbit/s: what speech comes to on average. A voice that is harder to tell takes a little more."""
MOST_ITERATIONS = 2000
DEFAULT_ITERATIONS = 50


@dataclass(frozen=True)
class StoredSound:
    """Sound of hours that stays on disk: a file of nothing but float32 samples, mono, at 16 kHz."""

    path: str
    count: int

    def piece(self, first: int, count: int) -> FloatArray:
        """Samples first.. (m,), fewer at the end. Raises OSError."""
        return np.fromfile(self.path, np.float32, max(0, min(count, self.count - first)), offset=4 * first)


@dataclass(frozen=True, eq=False)
class EncodeJob(Job):
    """Encode speech as a packet. Yields Progress and Partial(Encoded), the best so far; returns Encoded.

    audio: of any rate (resampled to 16 kHz), or a stored sound; kbps: one of RATES_KBPS; iterations: of the search in
    the latent space, 0 to MOST_ITERATIONS, 0 keeps the encoder's own guess; batch: segments searched at once; seed: of
    the packet's making, kept so that the job can be repeated; device: auto, cpu or cuda.
    """

    audio: Audio | StoredSound
    kbps: float = 2.0
    iterations: int = DEFAULT_ITERATIONS
    batch: int = 16
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class Encoded:
    """A packet, whole and playable. kbps: real rate, bits of the packet over its seconds; loss: mean over segments of
    the quantised latents' loss; iterations: done so far; work_s: seconds of work so far."""

    packet: bytes
    kbps: float
    seconds: float
    iterations: int
    loss: float
    work_s: float


@dataclass(frozen=True, eq=False)
class DecodeJob(Job):
    """Decode a packet. Yields Partial(Audio) segment by segment, in order and without gaps; returns Decoded.

    vocoder: "network" (trained) or "inversion" (mel inversion and phase reconstruction, the paper's path); keep:
    whether the result holds the sound, which for hours is best taken from the Partials alone.
    """

    packet: bytes
    vocoder: str = "network"
    device: str = "auto"
    keep: bool = True


@dataclass(frozen=True, eq=False)
class Decoded:
    """A decoded packet. concealed: numbers of segments that were damaged or missing; words: what to tell the user
    about them, empty where all is well; work_s: seconds of work."""

    audio: Audio
    concealed: tuple[int, ...]
    words: str
    work_s: float


@dataclass(frozen=True, eq=False)
class InspectJob(Job):
    """Read what a packet says of itself without decoding it. Returns PacketInfo."""

    packet: bytes


@dataclass(frozen=True)
class PacketInfo:
    """What a packet says of itself. nominal_kbps: asked for; kbps: real; damaged: numbers of segments that cannot be
    used; known: whether the model it was made with is the one here; words: what is wrong with it, empty where all is
    well."""

    version: int
    model: str
    model_hash: str
    known: bool
    nominal_kbps: float
    kbps: float
    seconds: float
    samples: int
    segments: int
    damaged: tuple[int, ...]
    words: str = ""
