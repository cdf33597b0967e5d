"""Knows what the computer-made presenter says for training: speech with phones, its split, and windows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.api.jobs import SpeakJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, Speech
from engines.common.corpus import fraction, labelled, spoken_sentences, utterances
from engines.common.weights import ROOT
from engines.textlip.runs import FPS

CACHE = ROOT / "work" / "textlip"
FRAMES = 62
"""Pictures of a window: two and a half seconds."""
LEAD_S = 0.24
"""Silence kept before the first phone."""
UNSEEN, CHECK = 8, 4
"""Windows to measure results on, and windows to choose by while training."""
VOICES = (("en-gb", 165, 50), ("en-us", 155, 45), ("en-gb", 180, 60), ("en-us", 170, 55))


@dataclass(frozen=True)
class Source:
    """Something said. load: gives it with its phones when asked; source: synthetic or real."""

    key: str
    split: str
    source: str
    load: Callable[[], Speech]


def sources(data: Path | None, labels: Path = CACHE / "labels") -> list[Source]:
    """Unseen, checking and training speech, in the order it is filmed; synthetic and real take turns."""
    spoken = list(_spoken())
    recorded = list(_recorded(data, labels)) if data is not None else []
    told = [s for s in recorded if s.split == "unseen-voice" and "test_other" in s.key]
    unseen = _alternate([s for s in spoken if s.split != "train"], _one_a_voice(told))[:UNSEEN]
    spare = [s for s in recorded if s.split == "unseen-sentence"] + [s for s in spoken if s.split != "train"][UNSEEN:]
    train = _alternate(*([s for s in group if s.split == "train"] for group in (spoken, recorded)))
    return [
        *(_as(s, "unseen") for s in unseen),
        *(_as(s, "check") for s in spare[:CHECK]),
        *train,
    ]


def window_s(speech: Speech, key: str, first: bool) -> tuple[float, float]:
    """Start and end in seconds of the window filmed: from the first phone, or from a phone chosen by the key."""
    starts = [p.start_s for p in speech.phones if p.symbol != SILENCE]
    onset_s = starts[0] if starts else 0.0
    latest = [s for s in starts if s + 1.5 < speech.audio.seconds] or starts[:1] or [0.0]
    start_s = max(0.0, onset_s - LEAD_S) if first else latest[int(fraction(key) * len(latest))]
    start = int(np.floor(start_s * FPS))
    end = min(start + FRAMES, round(speech.audio.seconds * FPS))
    return start / FPS, end / FPS


def _spoken() -> Iterator[Source]:
    from engines.speech.engine import SpeechEngine

    engine = SpeechEngine()
    for sentence in spoken_sentences([SpeakJob("", *voice) for voice in VOICES]):
        load = lambda job=sentence.job: result_of(engine.run(job))  # noqa: E731
        yield Source(sentence.key, sentence.split, "synthetic", load)


def _recorded(data: Path, labels: Path) -> Iterator[Source]:
    from engines.speech.align import label

    for each in utterances(data):
        yield Source(each.key, each.split, "real", lambda u=each: labelled(u, labels, label))


def _one_a_voice(told: list[Source]) -> list[Source]:
    """Round robin over the voices, which are the first part of a file's name."""
    turns: dict[str, int] = {}
    order = []
    for source in told:
        voice = Path(source.key).name.split("-")[0]
        turns[voice] = turns.get(voice, -1) + 1
        order.append((turns[voice], source.key, source))
    return [source for *_, source in sorted(order, key=lambda entry: entry[:2])]


def _alternate(one: list[Source], two: list[Source]) -> list[Source]:
    pairs = [source for pair in zip(one, two, strict=False) for source in pair]
    return pairs + one[len(two) :] + two[len(one) :]


def _as(source: Source, split: str) -> Source:
    return Source(source.key, split, source.source, source.load)
