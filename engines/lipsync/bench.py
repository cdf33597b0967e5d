"""Measures the shipped lip-sync networks on unseen speech: tables 1 and 2 of the news-anchor paper."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.api.values import Audio, FloatArray
from engines.common.mfcc import COEFFICIENTS, RATE_HZ, level_gain, mfcc, resampled
from engines.lipsync.config import KINDS, STEP, Kind, LipsyncConfig, TrainConfig
from engines.lipsync.material import CACHE, Item, all_items
from engines.lipsync.measure import Pair, Score, score
from engines.lipsync.predict import Lipsync, load_lipsync, predict_mouth, weights_path
from engines.lipsync.training import Trainer
from engines.lipsync.windows import shapes_of

Row = dict[str, Any]
_FIGURES = {"mse": "mse", "mae": "mae", "int_mse": "int_mse", "aperture_correlation": "correlation"}
_EXTRA = {"closed_pbm": "closed", "silent_opening": "silent_opening", "silent_motion": "silent_motion"}


def rows(data: Path | None) -> Iterator[Row]:
    """Rows for every kind whose weights exist.

    `mse mae int_mse` are over all unseen sentences, `aperture_correlation` over the unseen voices, real where `data`
    holds recordings; the same figures of each set follow under names that end in it.
    """
    items = [item for item in all_items(data, CACHE) if item.split != "train"]
    truths = {item.key: (item, *_truth(item)) for item in items}
    for kind in KINDS:
        if weights_path(kind).is_file():
            yield from _rows_of(kind, list(truths.values()))


def _truth(item: Item) -> tuple[Any, Any]:
    from engines.lipsync.truth import true_mouth

    speech = item.load()
    return speech, true_mouth(speech)


def _rows_of(kind: Kind, truths: list[tuple[Item, Any, Any]]) -> Iterator[Row]:
    lipsync = load_lipsync(weights_path(kind))
    pairs = [(item, Pair(s, predict_mouth(s.audio, lipsync).points[: len(t)], t)) for item, s, t in truths]
    sets = {group: score(p for i, p in pairs if i.group == group) for group in sorted({i.group for i, _ in pairs})}
    sentences = score(p for i, p in pairs if i.split == "unseen-sentence")
    voices = sets.get("real unseen-voice", sets["synthetic unseen-voice"])
    for metric in ("mse", "mae", "int_mse"):
        yield _row(kind, metric, getattr(sentences, metric), sentences.frames)
    yield _row(kind, "aperture_correlation", voices.correlation, voices.frames)
    yield from _times(kind, lipsync)
    for group, result in sets.items():
        yield from _rows_of_set(kind, group, result)
    yield from _window_rows(kind, lipsync, [p for i, p in pairs if i.split == "unseen-sentence"])


def _rows_of_set(kind: Kind, group: str, result: Score) -> Iterator[Row]:
    suffix = group.replace(" ", "_").replace("-", "_")
    for metric, field in (_FIGURES | _EXTRA).items():
        count = result.closures if metric == "closed_pbm" else result.frames
        yield _row(kind, f"{metric}_{suffix}", getattr(result, field), count)


def _window_rows(kind: Kind, lipsync: Lipsync, pairs: list[Pair]) -> Iterator[Row]:
    """Figure 5 of the paper: mean absolute error at each place of a window heard alone, and of those that are kept."""
    errors = np.concatenate([errors_in_windows(p, lipsync) for p in pairs])  # (windows, f)
    config, places = lipsync.config, errors.mean(axis=0)
    kept = places[config.overlap : config.window - config.overlap]
    yield _row(kind, "window_mae_without_overlap", float(places.mean()), len(errors))
    yield _row(kind, "window_mae_with_overlap", float(kept.mean()), len(errors))
    for place, error in enumerate(places):
        yield _row(kind, f"window_mae_at_{place:02}", float(error), len(errors))


def errors_in_windows(pair: Pair, lipsync: Lipsync) -> FloatArray:
    """Mean absolute error (windows, f) of windows that know nothing of what lies around them, one after the other."""
    size, scaling = lipsync.config.window, lipsync.scaling
    samples = resampled(pair.speech.audio)
    features = mfcc(samples, level_gain(samples))
    heard = scaling.normalise(features, scaling.voice(features))
    count = min(len(pair.true) // size, len(heard) // (size * STEP))
    if not count:
        return np.zeros((0, size), np.float32)
    windows = heard[: count * size * STEP].reshape(count, size * STEP, -1).transpose(0, 2, 1)
    made = lipsync.basis.decode(lipsync.network(np.ascontiguousarray(windows)).reshape(count * size, -1))
    wrong = np.abs(made - pair.true[: count * size]).mean(axis=(1, 2))
    return np.asarray(wrong.reshape(count, size), np.float32)


def _times(kind: Kind, lipsync: Lipsync) -> Iterator[Row]:
    """Seconds for a minute of sound (features and network, and network alone) and for one training batch."""
    minute = Audio(np.random.default_rng(0).normal(0, 0.1, 60 * RATE_HZ).astype(np.float32), RATE_HZ)
    features = lipsync.scaling.normalise(mfcc(minute.samples))
    silence = lipsync.scaling.silence
    network = _best(lambda: shapes_of(features, 1500, lipsync.config, lipsync.network, silence))
    yield _row(kind, "inference_1min_s", network, 1, "s")
    yield _row(kind, "sound_to_mouth_1min_s", _best(lambda: predict_mouth(minute, lipsync)), 1, "s")
    yield _row(kind, "train_batch_s", _batch_time(lipsync.config), TrainConfig().batch, "s")


def _batch_time(config: LipsyncConfig) -> float:
    """One step of training with everything its kind needs."""
    rng, train = np.random.default_rng(0), TrainConfig(adversarial_from=0.0)

    class Chance:
        def batch(self, count: int) -> tuple[Any, Any]:
            size = config.window
            draw = rng.standard_normal
            heard = draw((count, COEFFICIENTS, size * STEP)), draw((count, size, config.coefficients))
            return heard[0].astype(np.float32), heard[1].astype(np.float32)

    steps = Trainer(config, train, torch.ones(config.coefficients)).fit(Chance())  # type: ignore[arg-type]
    return _best(lambda: next(steps))


def _best(work: Callable[[], object], times: int = 5) -> float:
    """Shortest of several runs, after one to warm up."""
    spent = []
    for _ in range(times + 1):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent[1:])


def _row(kind: Kind, metric: str, value: float, count: int, unit: str = "") -> Row:
    return {"bench": "lipsync", "case": kind, "metric": metric, "value": value, "unit": unit, "n": count}
