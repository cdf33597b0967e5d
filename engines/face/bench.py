"""Measures the face networks on unseen voices against the mean face: Tables II, III and IV of the paper; and live.

The rows `sound_to_pose_p99_ms` come from `bench face` itself, which plays a file through the app's own engine process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.events import EngineError
from engines.api.expressions import shapes_of
from engines.api.face import LiveJob
from engines.api.rooms import Heard
from engines.api.values import Audio, FloatArray
from engines.face.animator import Manner, animate
from engines.face.config import FPS, KINDS, weights_path
from engines.face.dataset import truth_of
from engines.face.live import LiveFace
from engines.face.loudness import FALL, HOLD
from engines.face.material import RATE_HZ, Item, all_items
from engines.face.measure import Take, score
from engines.face.sound import hear
from engines.face.truth import Truth
from engines.face.turning import rotations_of
from engines.face.weights import Face, load_face

Row = dict[str, Any]
Maker = Callable[[Audio, int], tuple[FloatArray, FloatArray]]
MEAN_POSE = "mean-pose"
_UNITS = {"landmark_rmse_mm": "mm", "jerk": "mm a frame cubed", "silent_gap_mm": "mm", "silent_motion_mm": "mm"}
_FIGURES = ("landmark_rmse_mm", "weight_mse", "jerk")
_LASTING_S = 2 * 3600.0
_BLOCK_S = 0.02
_MEASURED_S = 60.0


def rows(data: Path | None, lasting_s: float = _LASTING_S) -> Iterator[Row]:
    """Rows for every network whose weights exist, and the mean face: over unseen recorded voices where there are any.

    Figures of each emotion, each unseen voice and the acted voices follow under names that end in it.
    """
    faces = {kind: load_face(weights_path(kind)) for kind in KINDS if weights_path(kind).is_file()}
    if not faces:
        raise EngineError("There are no face networks to measure: run 'anchor-studio train face' first.")
    items = [item for item in all_items(data) if item.split == "test"]
    heard = [(item, item.load().audio, *_truth(item)) for item in items]
    for kind, face in faces.items():
        yield from _quality(kind, _by_network(face), heard)
        yield from _compute(kind, face, _speech(heard, _MEASURED_S))
    yield from _quality(MEAN_POSE, _by_mean(next(iter(faces.values()))), heard)
    for kind in ("lstm", "gru", "static"):
        if kind in faces:
            yield from _lasting(kind, faces[kind], _speech(heard, 60.0), lasting_s)
            break


def _truth(item: Item) -> tuple[Truth, np.ndarray]:
    speech = item.load()
    heard = hear(speech.audio, max(2, round(speech.audio.seconds * FPS)))
    quiet = np.convolve(heard.opening <= 0.0, np.ones(HOLD + FALL), "full")[: len(heard.ends)] >= HOLD + FALL
    return truth_of(item, speech, heard), quiet


def _by_network(face: Face) -> Maker:
    def make(audio: Audio, frames: int) -> tuple[FloatArray, FloatArray]:
        parts = list(animate(face, audio, frames, Manner()))
        return np.concatenate([w for w, _ in parts]), np.concatenate([r for _, r in parts])

    return make


def _by_mean(face: Face) -> Maker:
    weights, rotation = shapes_of(face.mean_expressions), rotations_of(face.mean_turn[None])[0]

    def make(audio: Audio, frames: int) -> tuple[FloatArray, FloatArray]:
        return np.tile(weights, (frames, 1)), np.tile(rotation, (frames, 1))

    return make


def _quality(case: str, make: Maker, heard: list[tuple[Item, Audio, Truth, np.ndarray]]) -> Iterator[Row]:
    takes = []
    for item, audio, truth, silent in heard:
        weights, rotation = make(audio, len(truth.weights))
        takes.append(Take(item.voice, item.emotion, item.real, weights, rotation, truth, silent))
    real = [t for t in takes if t.real]
    yield from _figures(case, real or takes, "", every=True)
    acted = [t for t in takes if not t.real]
    if real:
        yield from _figures(case, acted, " acted", every=True)
    for emotion in dict.fromkeys(t.emotion for t in acted):
        yield from _figures(case, [t for t in acted if t.emotion == emotion], f" {emotion}")
    for voice in dict.fromkeys(t.voice for t in takes):
        yield from _figures(case, [t for t in takes if t.voice == voice], f" voice {voice}")


def _figures(case: str, takes: list[Take], of: str, *, every: bool = False) -> Iterator[Row]:
    if not takes:
        return
    result = asdict(score(takes))
    extra = ("true_jerk", "closed", "silent_gap_mm", "silent_motion_mm") if every and case != MEAN_POSE else ()
    for name in (*_FIGURES, *extra):
        count = result["closures"] if name == "closed" else result["faces"]
        yield _row(case, name + of, result[name], _UNITS.get(name.replace("true_", ""), ""), count)


def _compute(case: str, face: Face, speech: FloatArray) -> Iterator[Row]:
    """Time of every live face: on the clock, and of this thread alone, which other programs do not lengthen much."""
    live, clock, own = LiveFace(face, LiveJob(case)), [], []
    for heard in _blocks(speech, _MEASURED_S):
        began_s, own_s = time.monotonic(), time.thread_time()
        poses = list(live.push(heard))
        if poses:
            clock.append(time.monotonic() - began_s)
            own.append(time.thread_time() - own_s)
    yield _row(case, "compute_p99_ms", 1000 * float(np.percentile(clock, 99)), "ms", len(clock))
    yield _row(case, "compute_own_p99_ms", 1000 * float(np.percentile(own, 99)), "ms", len(own))
    yield _row(case, "compute_own_median_ms", 1000 * float(np.median(own)), "ms", len(own))


def _lasting(case: str, face: Face, speech: FloatArray, seconds: float) -> Iterator[Row]:
    """Live for hours, faster than real time: what becomes of memory and time a face, whether any face is missing."""
    live, own, sizes = LiveFace(face, LiveJob(case)), [], []
    faces, last_s, well = 0, -1.0, True
    for heard in _blocks(speech, seconds):
        own_s = time.thread_time()
        for event in live.push(heard):
            pose = event.value
            faces, well = faces + 1, well and pose.at_s > last_s and bool(np.isfinite(pose.weights).all())
            last_s = pose.at_s
            own.append(time.thread_time() - own_s)
            if faces % (30 * FPS) == 0:
                sizes.append(resident_mib())
    part = max(1, len(own) // 10)
    yield _row(case, "live_hours", seconds / 3600, "h", faces)
    yield _row(case, "live_faces_missing", round(seconds * FPS) - faces if well else faces, "", faces)
    yield _row(case, "live_memory_growth_mib", sizes[-1] - sizes[len(sizes) // 10], "MiB", len(sizes))
    yield _row(case, "live_compute_first_tenth_ms", 1000 * float(np.median(own[:part])), "ms", part)
    yield _row(case, "live_compute_last_tenth_ms", 1000 * float(np.median(own[-part:])), "ms", part)


def _speech(heard: list[tuple[Item, Audio, Truth, np.ndarray]], seconds: float) -> FloatArray:
    """Some seconds of the measured speech at RATE_HZ, with pauses."""
    pause = np.zeros(RATE_HZ, np.float32)
    joined = np.concatenate([part for _, audio, *_ in heard[:20] for part in (audio.samples, pause)])
    return np.resize(joined, round(seconds * RATE_HZ))


def _blocks(speech: FloatArray, seconds: float) -> Iterator[Heard]:
    """The same speech again and again in blocks as a microphone gives them."""
    size = round(_BLOCK_S * RATE_HZ)
    for i in range(round(seconds / _BLOCK_S)):
        at = i * size % (len(speech) - size)
        yield Heard(Audio(speech[at : at + size], RATE_HZ), i * _BLOCK_S, time.monotonic())


def resident_mib() -> float:
    """Memory this process holds now; the most it held, where the system tells no more."""
    import resource

    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def _row(case: str, metric: str, value: float, unit: str, count: int) -> Row:
    return {"bench": "face", "case": case, "metric": metric, "value": value, "unit": unit, "n": count}
