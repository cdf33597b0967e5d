"""How loud a sound is and may be: integrated loudness, true peak, and the targets programmes are delivered at."""

from __future__ import annotations

from dataclasses import dataclass

NEAR_LU = 1.0
"""How far from its target a file may come out before that is said."""
NEAR_DB = 0.1


@dataclass(frozen=True)
class Target:
    """lufs: integrated loudness, None where a sound stays as it is; ceiling_db: the highest true peak, in dBTP."""

    lufs: float | None = None
    ceiling_db: float = -1.0


TARGETS: dict[str, Target] = {
    "ebu": Target(-23.0),
    "atsc": Target(-24.0, -2.0),
    "web": Target(-16.0),
    "none": Target(),
}
"""By the keys of studio.settings.LOUDNESS: EBU R 128, ATSC A/85, AES TD1008."""


@dataclass(frozen=True)
class Loudness:
    """lufs: integrated loudness, None for silence and what is shorter than 0.4 s; true_peak_db: in dBTP, from -90."""

    lufs: float | None
    true_peak_db: float

    def __str__(self) -> str:
        told = "no measurable loudness" if self.lufs is None else f"{self.lufs:.1f} LUFS"
        return f"{told}, {self.true_peak_db:.1f} dBTP"


def complaint(name: str, found: Loudness, target: Target) -> str:
    """One sentence if a file did not come out as it should, else nothing."""
    if target.lufs is None or found.lufs is None:
        return ""
    if abs(found.lufs - target.lufs) <= NEAR_LU and found.true_peak_db <= target.ceiling_db + NEAR_DB:
        return ""
    asked = f"{target.lufs:.0f} LUFS, at most {target.ceiling_db:.0f} dBTP"
    return f"{name} came out at {found}, not at {asked}: listen to it before it goes on air."
