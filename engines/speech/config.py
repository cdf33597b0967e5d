"""Pauses, limits and folders of the speech engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


def default_voices_folder() -> Path:
    """Where the user's Piper voices lie: $ANCHOR_STUDIO_VOICES, else `voices` in the product's data folder."""
    chosen = os.environ.get("ANCHOR_STUDIO_VOICES")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("anchor-studio")) / "voices"


@dataclass(frozen=True)
class SpeechConfig:
    """Pauses in seconds at rate_wpm 165 (they shrink and grow with the rate), and what a job may ask for."""

    chunk_pause_s: float = 0.12
    sentence_pause_s: float = 0.38
    paragraph_pause_s: float = 0.75
    last_pause_s: float = 0.25
    usual_rate_wpm: int = 165
    slowest_wpm: int = 80
    fastest_wpm: int = 450
    voices_folder: Path = field(default_factory=default_voices_folder)

    def pause_s(self, natural_s: float, rate_wpm: int) -> float:
        """A pause at a speaking rate: proportional to the length of a word, within a factor of two."""
        return natural_s * min(2.0, max(0.5, self.usual_rate_wpm / rate_wpm))
