"""Knows which utterances the presenter performs for training footage, and which of their frames are worth rendering.

Training pictures: half are spread as far from each other as possible in mouth shape, lids and head pose (farthest point
sampling; T. F. Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985), half are drawn at random
so that common shapes stay common. Unseen pictures are contiguous runs, the truth that results are measured against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from zlib import crc32

import numpy as np

from engines.api.arkit import INDEX
from engines.api.jobs import PerformJob, SpeakJob
from engines.api.rooms import result_of
from engines.api.values import SILENCE, FloatArray, Performance, Speech
from engines.common.corpus import SpokenSentence, Utterance, labelled, spoken_sentences, utterances
from engines.performance.engine import PerformanceEngine
from engines.presenter.footage_files import Clip
from engines.scene.camera import Camera
from engines.scene.head import Head
from engines.speech.align import label
from engines.speech.engine import SpeechEngine

FPS = Fraction(25)
TRAIN_CLIPS, UNSEEN_CLIPS = 96, 8
LEAD_S = 0.24
"""Silence kept before the first phone of an unseen run, to judge still lips by."""
VOICES = tuple(
    SpeakJob("", voice, rate, pitch)
    for voice, rate, pitch in (("en-gb", 165, 50), ("en-us", 155, 45), ("en-gb", 180, 60), ("en-us", 170, 55))
)
_LIDS = 0.25
_TURN = 2.0
"""Weights of lids and of radians of head rotation against mouth widths, in the distance between two frames."""


@dataclass(frozen=True)
class Source:
    """Something to be said: a recording with its text, or a sentence for a synthetic voice."""

    key: str
    split: str
    text: str
    voice: str
    load: Callable[[], Speech]


def find_sources(data: Path | None, labels: Path) -> tuple[list[Source], list[Source]]:
    """Training and unseen sources; recordings and synthetic sentences take turns. labels: folder that keeps phones."""
    spoken = [_from_sentence(sentence) for sentence in spoken_sentences(VOICES)]
    known = [u for u in utterances(data) if u.text] if data else []
    recorded = [_from_recording(u, labels) for u in known]
    train = _alternate([s for s in recorded if s.split == "train"], [s for s in spoken if s.split == "train"])
    # A run of one voice after another, so that eight runs are eight voices.
    unseen = _alternate(
        _by_voice(s for s in recorded if s.split == "unseen-voice"), [s for s in spoken if s.split != "train"]
    )
    return train[:TRAIN_CLIPS], unseen[:UNSEEN_CLIPS]


def stage(source: Source, speech: Speech, head: Head, camera: Camera) -> Clip:
    """Perform one source: curves and the 68 landmarks of every frame in camera's pixels; no frame chosen yet."""
    seed = crc32(source.key.encode())
    motion = perform(speech, seed)
    pairs = zip(motion.weights, motion.rotation, strict=True)
    landmarks = np.stack([camera.project(head.landmarks(weights, turn)) for weights, turn in pairs])
    name = f"{source.split}/{re.sub(r'[^A-Za-z0-9-]+', '_', source.key)}"
    facts = (name, source.key, source.split, source.text, source.voice)
    return Clip(*facts, seed, motion, landmarks.astype(np.float32), ())


def perform(speech: Speech, seed: int, fps: Fraction = FPS) -> Performance:
    """Animate speech by the performance rules."""
    result: Performance = result_of(PerformanceEngine().run(PerformJob(speech, fps, seed)))
    return result


def choose(clips: list[Clip], count: int, seed: int = 0) -> list[tuple[int, int]]:
    """Pick count (clip, frame) pairs in rendering order: any first part of the list covers the whole range too."""
    owners = [(c, f) for c, clip in enumerate(clips) for f in range(len(clip.landmarks))]
    features = np.concatenate([describe(clip) for clip in clips])
    count = min(count, len(owners))
    spread = farthest(features, (count + 1) // 2)
    rest = np.setdiff1d(np.arange(len(owners)), spread)
    drawn = np.random.default_rng(seed).permutation(rest)[: count - len(spread)]
    picked = [i for pair in zip(spread, drawn, strict=False) for i in pair] + list(spread[len(drawn) :])
    return [owners[i] for i in picked]


def describe(clip: Clip) -> FloatArray:
    """What makes two frames look different, (f, 45): mouth in mouth widths, lids, head rotation."""
    mouth = clip.landmarks[:, 48:68]
    width = np.linalg.norm(clip.landmarks[0, 54] - clip.landmarks[0, 48])
    shape = ((mouth - clip.landmarks[:, 33:34]) / width).reshape(len(mouth), -1)
    lids = _LIDS * clip.performance.weights[:, [INDEX["eyeBlinkLeft"], INDEX["eyeLookDownLeft"]]]
    return np.concatenate([shape, lids, _TURN * clip.performance.rotation], axis=1).astype(np.float32)


def farthest(features: FloatArray, count: int) -> np.ndarray:
    """Greedy farthest point order: indices (count,) of rows (n, d), from the row nearest the mean outwards."""
    first = int(np.linalg.norm(features - features.mean(axis=0), axis=1).argmin())
    order, distance = [first], np.linalg.norm(features - features[first], axis=1)
    while len(order) < count:
        order.append(int(distance.argmax()))
        np.minimum(distance, np.linalg.norm(features - features[order[-1]], axis=1), out=distance)
    return np.array(order[:count])


def run_of(clip: Clip, speech: Speech, seconds: float) -> Clip:
    """The clip with its first `seconds` of speech planned frame by frame, from a little before the first phone."""
    onset_s = next((p.start_s for p in speech.phones if p.symbol != SILENCE), 0.0)
    first = int(max(0.0, onset_s - LEAD_S) * FPS)
    last = min(len(clip.landmarks), first + round(seconds * FPS))
    return replace(clip, frames=tuple(range(first, last)))


def interleave(train: list[tuple[str, int]], runs: list[list[tuple[str, int]]]) -> tuple[tuple[str, int], ...]:
    """Rendering order: the runs one after another among the first half of the training pictures.

    So a training begun early, or stopped early, has its truth to be measured against.
    """
    stride = len(train) // (2 * len(runs)) if runs else len(train)
    order: list[tuple[str, int]] = []
    for i, run in enumerate(runs):
        order += train[i * stride : (i + 1) * stride] + run
    return tuple(order + train[len(runs) * stride :])


def _from_recording(utterance: Utterance, labels: Path) -> Source:
    load = lambda: labelled(utterance, labels, label)  # noqa: E731
    return Source(utterance.key, utterance.split, utterance.text, utterance.voice, load)


def _from_sentence(sentence: SpokenSentence) -> Source:
    return Source(sentence.key, sentence.split, sentence.text, sentence.job.voice, lambda: _speak(sentence.job))


def _speak(job: SpeakJob) -> Speech:
    result: Speech = result_of(SpeechEngine().run(job))
    return result


def _alternate(one: list[Source], two: list[Source]) -> list[Source]:
    pairs = [source for pair in zip(one, two, strict=False) for source in pair]
    return pairs + one[len(two) :] + two[len(one) :]


def _by_voice(sources: Iterator[Source]) -> list[Source]:
    """Round robin over the voices."""
    seen: dict[str, int] = {}
    turns = []
    for source in sources:
        seen[source.voice] = seen.get(source.voice, -1) + 1
        turns.append((seen[source.voice], source))
    return [source for _, source in sorted(turns, key=lambda turn: turn[0])]
