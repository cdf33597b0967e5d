"""Knows the sizes of the face networks and how they are trained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from engines.common.weights import WEIGHTS

Kind = Literal["static", "lstm", "gru"]
KINDS: tuple[Kind, ...] = ("static", "lstm", "gru")

FPS = 25
"""Faces a second."""
RATE_HZ = 44_100
FRAME = RATE_HZ // FPS
"""Samples for each face."""
FFT, HOP = 256, 128
BANDS = FFT // 2
EARLY = 96
"""Samples a face's sound ends before its time is up: the 2 ms that resampling holds back, so that no face waits for a
block more."""
COLUMNS = 32
"""Spectra in the window of a face: 31 hops and one transform, 95.8 ms."""
DELAY_S = 0.048
"""Seconds that sound runs ahead of its face: what the 60 ms from sound to pose leave when everything else is paid."""
LEAD_S = DELAY_S - 1 / FPS
"""How much of that is more than one face's own time."""


@dataclass(frozen=True)
class FaceConfig:
    """One network from sound to face. Source: Pham, Wang, Pavlovic 2017, Table I.

    kind: what stands between the two dense layers; along_bands, along_time: channels of the eight convolutions, each of
    kernel 3 and stride 2; dense, hidden: units; expressions, turns: outputs; top_hz: bands above are not listened to
    (22050 for recordings that have them).
    """

    kind: Kind = "lstm"
    along_bands: tuple[int, ...] = (16, 32, 48, 64, 80)
    along_time: tuple[int, ...] = (96, 96, 64)
    dense: int = 256
    hidden: int = 256
    expressions: int = 46
    turns: int = 3
    top_hz: float = 7600.0

    @property
    def bands(self) -> int:
        """Bands that are computed, a multiple of 16: those above hold nothing where top_hz says so."""
        heard = sum(band * RATE_HZ / FFT <= self.top_hz for band in range(1, BANDS + 1))
        return min(BANDS, -(-heard // 16) * 16)

    def to_header(self) -> dict[str, Any]:
        """The config as JSON-able values."""
        return asdict(self)

    @classmethod
    def from_header(cls, values: dict[str, Any]) -> FaceConfig:
        """The config that to_header gave, through JSON."""
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


@dataclass(frozen=True)
class FaceTraining:
    """How a network is trained.

    clip: faces in a training clip; batch: clips a step; long_clip, long_batch: the same for a network with a memory;
    plain, motion, landmarks, turning: weights of the losses on expressions as they are, on change from face to face, on
    the 68 points and on head rotation, beside the one on expressions each against its own variance; closure: extra
    weight of a face whose lips are shut while it speaks; rate, long_rate: highest learning rates; steps: the most.
    """

    batch: int = 8
    clip: int = 50
    long_batch: int = 2
    long_clip: int = 250
    steps: int = 100_000
    rate: float = 2.5e-3
    long_rate: float = 1.2e-3
    plain: float = 2.0
    motion: float = 0.5
    landmarks: float = 2.0
    turning: float = 8.0
    closure: float = 2.0
    dropout: float = 0.1
    seed: int = 11


def tiny(kind: Kind = "lstm") -> FaceConfig:
    """A network for tests."""
    return FaceConfig(kind, (2, 2, 3, 3, 4), (4, 4, 4), 8, 8)


def weights_path(kind: str) -> Path:
    """Where the shipped weights of a kind are."""
    return WEIGHTS / f"face-{kind}.safetensors"
