"""Knows where labelled speech to train and test on comes from: recordings with found phones, and synthetic voices.

Phones found once and features computed once are kept in a cache folder; both can be thrown away at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engines.api.jobs import SpeakJob
from engines.api.values import Audio, Speech
from engines.common.corpus import Split, labelled, spoken_sentences, utterances
from engines.common.weights import ROOT

Source = Literal["real", "synthetic"]
CACHE = ROOT / "work" / "lipsync"
COPIES = 5
"""Synthetic voices that say each built-in sentence."""

_VOICES = (
    ("en-gb", 165, 50),
    ("en-us", 175, 45),
    ("en-gb+f1", 155, 60),
    ("en-us+f2", 185, 55),
    ("en-gb+m3", 150, 35),
    ("en-gb-x-rp", 170, 50),
    ("en-us+m1", 200, 50),
    ("en-gb+f3", 175, 70),
    ("en-gb-scotland", 160, 45),
    ("en-us+f5", 145, 50),
    ("en-gb+m7", 190, 40),
    ("en-us+klatt2", 165, 50),
)
_UNSEEN_VOICES = (("en-gb+f4", 165, 55), ("en-us+m2", 180, 45), ("en-gb-x-gbclan+m5", 155, 50))


@dataclass(frozen=True, eq=False)
class Item:
    """One piece of labelled speech. load: gives it when asked."""

    key: str
    source: Source
    split: Split
    load: Callable[[], Speech]

    @property
    def group(self) -> str:
        """The set it is reported with: "real unseen-voice" and so on."""
        return f"{self.source} {self.split}"


def spoken(job: SpeakJob) -> Speech:
    """A sentence by a synthetic voice, with the true times of its phones."""
    from engines.speech.espeak import RATE_HZ, synthesize

    sound = synthesize(job.text, job.voice, job.rate_wpm, job.pitch)
    return Speech(Audio(sound.samples, RATE_HZ), sound.phones, text=job.text)


def synthetic_items() -> Iterator[Item]:
    """The built-in sentences by synthetic voices; some sentences and some voices are unseen."""
    known, unseen = ([SpeakJob("", *voice) for voice in voices] for voices in (_VOICES, _UNSEEN_VOICES))
    for each in spoken_sentences(known, unseen, COPIES):
        yield Item(each.key, "synthetic", each.split, lambda job=each.job: spoken(job))


def real_items(data: Path, cache: Path) -> Iterator[Item]:
    """Recordings below a folder, labelled on first use: aligned to their text, or recognised."""
    from engines.speech.align import label

    for each in utterances(data):
        yield Item(each.key, "real", each.split, lambda u=each: labelled(u, cache, label))


def all_items(data: Path | None, cache: Path = CACHE) -> tuple[Item, ...]:
    """Synthetic speech, and the recordings of a folder where one is given."""
    real = tuple(real_items(data, cache / "labels")) if data is not None else ()
    return (*real, *synthetic_items())
