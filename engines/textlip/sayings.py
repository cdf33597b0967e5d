"""Knows how long phones last and where the mouth then is, in real and synthetic speech: all that needs no pictures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.api.jobs import SpeakJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, FloatArray, Phone, Speech
from engines.common.corpus import spoken_sentences
from engines.textlip.material import CACHE, VOICES, sources
from engines.textlip.mouths import true_mouths
from engines.textlip.runs import FPS

HEARD_S = 0.08
"""Mean length of a heard phone of the voice en-gb at 165 words a minute: durations are kept at this pace."""
LONGEST = 110
"""Phones of a saying at most; longer ones are cut, so that a batch is not mostly filling."""
FILE = "sayings.npz"


@dataclass(frozen=True, eq=False)
class Saying:
    """One sentence with its phones and the mouth's points (f, 20, 2) in lip pictures.

    pace: its mean heard phone over HEARD_S; 1.2 is slow speech.
    """

    key: str
    split: str
    source: str
    phones: tuple[Phone, ...]
    mouths: FloatArray

    @property
    def pace(self) -> float:
        """How slow the speaker is against the reference voice."""
        heard = [p.end_s - p.start_s for p in self.phones if p.symbol != SILENCE]
        return max(float(np.mean(heard)), 0.01) / HEARD_S if heard else 1.0

    @property
    def evened(self) -> tuple[Phone, ...]:
        """Its phones at the reference pace."""
        pace = self.pace
        return tuple(replace(p, start_s=p.start_s / pace, end_s=p.end_s / pace) for p in self.phones)


def sayings(data: Path | None, folder: Path = CACHE) -> list[Saying]:
    """Every saying there is; found once and kept."""
    kept = folder / FILE
    if not kept.is_file():
        _write(kept, list(_find(data)))
    with np.load(kept, allow_pickle=False) as file:
        about, mouths = json.loads(file["about"].tobytes()), file["mouths"].astype(np.float32)
    found, at = [], 0
    for key, split, source, count, phones in about:
        told = tuple(Phone(*phone) for phone in phones)
        found.append(Saying(key, split, source, told, mouths[at : at + count]))
        at += count
    return found


def _write(path: Path, found: list[Saying]) -> None:
    rows = [
        [s.key, s.split, s.source, len(s.mouths), [[p.symbol, p.start_s, p.end_s, p.stress] for p in s.phones]]
        for s in found
    ]
    mouths = np.concatenate([s.mouths for s in found]).astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, about=np.frombuffer(json.dumps(rows).encode(), np.uint8), mouths=mouths)
    os.replace(part, path)


def _find(data: Path | None) -> Iterator[Saying]:
    """Recordings, and each built-in sentence by every voice."""
    from engines.speech.engine import SpeechEngine

    for source in sources(data):
        if source.source == "real":
            yield from _said(source.key, source.split, "real", source.load())
    engine = SpeechEngine()
    for sentence in spoken_sentences([SpeakJob("", *voice) for voice in VOICES], copies=len(VOICES)):
        yield from _said(sentence.key, sentence.split, "synthetic", result_of(engine.run(sentence.job)))


def _said(key: str, split: str, source: str, speech: Speech) -> Iterator[Saying]:
    phones = speech.phones[:LONGEST]
    if phones:
        yield Saying(key, split, source, phones, true_mouths(speech)[: round(phones[-1].end_s * FPS)])
