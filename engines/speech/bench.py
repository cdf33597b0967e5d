"""How quickly espeak speaks: the rows of `bench speech`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from engines.api.jobs import SpeakJob
from engines.speech.engine import SpeechEngine

STORY = (
    "Good evening. Ministers agreed a $3.5m plan for flood defences on 20 November 2026, after talks from 14:30. "
    "The Environment Agency said 45% of homes along the river were now protected, up from 5-10% in 2019. "
    "Dr. Amara Okafor of the BBC's science unit called the change “long overdue”. Her report is on bbc.co.uk/news. "
    "Elsewhere, rail passengers face a third day of delays. Engineers expect normal service by 6 a.m. on Tuesday."
)


def rows(data: Path | None = None) -> Iterator[dict[str, Any]]:
    """Seconds of work per second of sound for a news story, text rules included; n sentences; data is not needed."""
    job = SpeakJob(STORY)
    list(SpeechEngine().sentences(SpeakJob("Ready.")))  # tables and voices are read once a process
    began = perf_counter()
    spoken = [speech.audio.seconds for _, speech in SpeechEngine().sentences(job)]
    factor = (perf_counter() - began) / sum(spoken)
    yield {
        "bench": "speech",
        "case": "espeak",
        "metric": "real_time_factor",
        "value": factor,
        "unit": "x real time",
        "n": len(spoken),
    }
