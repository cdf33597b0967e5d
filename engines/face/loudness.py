"""Knows, of sound as it comes, how loud its speaker speaks, how loud the room is, and when nobody speaks.

Everything looks back only and is remembered in a few numbers, one step for each face (25 a second).
"""

from __future__ import annotations

from dataclasses import dataclass

FLOOR_DB = -90.0
_START_LEVEL_DB = -20.0
_FIRST_NOISE_DB = (-75.0, -45.0)
_LEVEL_DB = (-55.0, 0.0)
_QUIETEST_DB = -62.0
_ABOVE_NOISE_DB, _BELOW_SPEECH_DB = 10.0, 26.0
HOLD, FALL, RISE = 3, 4, 2
"""Faces the gate stays open after speech (stops are silent for so long), takes to close, and to open."""


@dataclass
class Loudness:
    """What is remembered. level_db: of speech; noise_db: of the room, once heard; quiet: faces since speech."""

    level_db: float = _START_LEVEL_DB
    noise_db: float | None = None
    quiet: int = HOLD + FALL
    opening: float = 0.0
    speaking: bool = False

    def push(self, energy_db: float) -> None:
        """Hear 40 ms of that energy (dB of full scale)."""
        if self.noise_db is None:
            self.noise_db = min(max(energy_db, _FIRST_NOISE_DB[0]), _FIRST_NOISE_DB[1])
        self.speaking = energy_db > max(self.noise_db + _ABOVE_NOISE_DB, self.level_db - _BELOW_SPEECH_DB, _QUIETEST_DB)
        self._follow_level(energy_db)
        self._follow_noise(energy_db)
        self._move_gate()

    def _follow_level(self, energy_db: float) -> None:
        above = energy_db - self.level_db
        if above > 0:
            self.level_db += 0.25 * above
        elif self.speaking and above > -20:
            self.level_db += 0.02 * above
        elif energy_db > _QUIETEST_DB:
            self.level_db -= 0.04  # speech further away than the last was: found again at 1 dB a second
        self.level_db = min(max(self.level_db, _LEVEL_DB[0]), _LEVEL_DB[1])

    def _follow_noise(self, energy_db: float) -> None:
        assert self.noise_db is not None
        above = max(energy_db, FLOOR_DB) - self.noise_db
        self.noise_db += 0.3 * above if above < 0 else min(0.04, above)

    def _move_gate(self) -> None:
        self.quiet = 0 if self.speaking else self.quiet + 1
        if self.quiet == 0:
            self.opening = min(1.0, self.opening + 1 / RISE)
        elif self.quiet > HOLD:
            x = min(1.0, (self.quiet - HOLD) / FALL)
            self.opening = min(self.opening, 1.0 - x * x * (3 - 2 * x))
