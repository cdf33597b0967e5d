"""Knows how long phones last in real and synthetic speech, each speaker's own pace taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.api.jobs import SpeakJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, Phone
from engines.common.corpus import spoken_sentences
from engines.common.weights import write_json
from engines.textlip.material import CACHE, VOICES, sources

HEARD_S = 0.08
"""Mean length of a heard phone of the voice en-gb at 165 words a minute: durations are kept at this pace."""
LONGEST = 120
"""Phones of a saying at most; longer ones are cut, so that a batch is not mostly filling."""


@dataclass(frozen=True)
class Saying:
    """One sentence with its phones. pace: its mean heard phone over HEARD_S; 1.2 is slow speech."""

    key: str
    split: str
    source: str
    phones: tuple[Phone, ...]

    @property
    def pace(self) -> float:
        """How slow the speaker is against the reference voice."""
        heard = [p.end_s - p.start_s for p in self.phones if p.symbol != SILENCE]
        return max(float(np.mean(heard)), 0.01) / HEARD_S if heard else 1.0

    @property
    def evened(self) -> Saying:
        """The same saying at the reference pace."""
        pace = self.pace
        phones = (replace(p, start_s=p.start_s / pace, end_s=p.end_s / pace) for p in self.phones)
        return replace(self, phones=tuple(phones))


def sayings(data: Path | None, kept: Path = CACHE / "sayings.json") -> list[Saying]:
    """Every saying there is to learn durations from; found once and kept as JSON."""
    if not kept.is_file():
        found = list(_find(data))
        rows = [
            [s.key, s.split, s.source, [[p.symbol, round(p.start_s, 4), round(p.end_s, 4), p.stress] for p in s.phones]]
            for s in found
        ]
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_json(kept, rows)
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return [Saying(key, split, source, tuple(Phone(*phone) for phone in phones)) for key, split, source, phones in rows]


def _find(data: Path | None) -> Iterator[Saying]:
    """Recordings, and each built-in sentence by every voice."""
    from engines.speech.engine import SpeechEngine

    engine = SpeechEngine()
    for source in sources(data):
        if source.source == "real":
            speech = source.load()
            if speech.phones:
                yield Saying(source.key, source.split, "real", speech.phones[:LONGEST])
    for sentence in spoken_sentences([SpeakJob("", *voice) for voice in VOICES], copies=len(VOICES)):
        yield Saying(sentence.key, sentence.split, "synthetic", result_of(engine.run(sentence.job)).phones[:LONGEST])
