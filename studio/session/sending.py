"""What sound can be sent as: formats and rates on offer, and how large a sound becomes before it is encoded."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engines.api.codec import DEFAULT_ITERATIONS, RATES_KBPS


@dataclass(frozen=True)
class Packing:
    """A format sound is exchanged in. rates_kbps: offered, empty where it follows from the sound; suffix of its files;
    rate_hz: the codec's own, None for the sound's; words: what to know before choosing it."""

    key: str
    title: str
    suffix: str
    rates_kbps: tuple[float, ...] = ()
    rate_hz: int | None = None
    words: str = ""


BPGAN = Packing("bpgan", "BPGAN", ".bpgan", RATES_KBPS, 16_000, "Speech at the lowest rates; opens in Anchor Studio")
OPUS = Packing("opus", "Opus", ".opus", (6, 9, 12, 16, 24, 32), 16_000, "Speech and music; opens nearly everywhere")
AMR = Packing(
    "amr-nb", "AMR-NB", ".amr", (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2), 8_000, "Telephone speech, 3.4 kHz"
)
FLAC = Packing("flac", "FLAC", ".flac", words="Nothing is lost; for archives")
WAV = Packing("wav", "WAV", ".wav", words="Uncompressed, 16 bit; opens everywhere")
FORMATS = {packing.key: packing for packing in (BPGAN, OPUS, AMR, FLAC, WAV)}
_AMR_BYTES = dict(zip(AMR.rates_kbps, (13, 14, 16, 18, 20, 21, 27, 32), strict=True))
"""Bytes of a 20 ms frame by rate (RFC 4867, section 5.3, with its header byte)."""


@dataclass(frozen=True)
class Setting:
    """How a sound is encoded. iterations: of BPGAN's search; vocoder: network or inversion, for listening only."""

    format: str = BPGAN.key
    kbps: float = 2.0
    iterations: int = DEFAULT_ITERATIONS
    vocoder: str = "network"

    @property
    def title(self) -> str:
        """Format and rate, as conditions and files are named."""
        packing = FORMATS[self.format]
        return f"{packing.title} {self.kbps:g}" if packing.rates_kbps else packing.title


@dataclass(frozen=True)
class Estimate:
    """Bytes a file will have; word: how sure that is, empty where it is exact."""

    size: int
    word: str = ""


def estimate(setting: Setting, seconds: float, rate_hz: int) -> Estimate:
    """How large a sound of that length and rate becomes."""
    match setting.format:
        case "bpgan" | "opus":  # both spend more where more is said
            return Estimate(round(setting.kbps * 125 * seconds), "about")
        case "amr-nb":
            return Estimate(6 + _AMR_BYTES[setting.kbps] * math.ceil((seconds + 0.005) / 0.02))
        case "flac":
            return Estimate(round(seconds * rate_hz) * 3, "less than")
    return Estimate(44 + 2 * round(seconds * rate_hz))


def spell_size(size: int) -> str:
    """Bytes as people read them: 812 bytes, 2.6 kB, 4.1 MB."""
    if size < 1000:
        return f"{size} bytes"
    unit, value = ("kB", size / 1e3) if size < 1e6 else ("MB", size / 1e6)
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
