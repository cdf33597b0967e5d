"""Measures ParaLip and its rivals on unseen sentences of the presenter: tables 1 to 4 and figure 4 of the paper."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.api.textlip import LipsJob
from engines.api.values import SILENCE
from engines.textlip import points, reader
from engines.textlip.batch import spell
from engines.textlip.config import KINDS
from engines.textlip.dataset import Runs
from engines.textlip.engine import TextlipEngine
from engines.textlip.filming import film
from engines.textlip.material import CACHE
from engines.textlip.measure import Score, paint, score, still
from engines.textlip.model import LipNetwork, ParaLip
from engines.textlip.runs import FPS, Run
from engines.textlip.saved import open_network, weights_path
from engines.textlip.sayings import HEARD_S, Saying, sayings
from engines.textlip.speed import TIMES, latencies

Row = dict[str, Any]
FILMED = 660
"""Lip pictures that hold the unseen and the checking runs, which are filmed first."""
TYPED = "The prime minister will meet leaders of the opposition on Thursday."
TRIALS = ("base", "ssim", "adv", "ssim-adv")


def rows(data: Path | None) -> Iterator[Row]:
    """Rows of every network whose weights exist, of the durations, of the alignment and of the trials of Table 4."""
    torch.set_num_threads(1)  # small work: threads would wait for each other
    for _ in film(data, CACHE / "runs", FILMED):
        pass
    unseen = Runs(CACHE / "runs", ("unseen",)).runs
    networks = {kind: open_network(weights_path(kind)) for kind in KINDS if weights_path(kind).is_file()}
    slowest: dict[str, float] = {}
    for kind, network in networks.items():
        yield from likeness(kind, network, unseen)
        spent = latencies(network, unseen)
        yield from (_row(kind, f"latency_{seconds}s_s", value, TIMES, "s") for seconds, value in spent.items())
        slowest[kind] = spent[3]
    if "transformer" in slowest:
        for kind, seconds in slowest.items():
            yield _row(kind, "speedup_over_transformer", slowest["transformer"] / seconds, TIMES, "x")
    if isinstance(paralip := networks.get("paralip"), ParaLip):
        yield from own_durations(paralip, unseen, sayings(data))
        yield from typing()
    yield from trials(unseen)
    yield from alignment(unseen)


def likeness(case: str, network: LipNetwork, runs: list[Run]) -> Iterator[Row]:
    """Tables 1 and 2: painted pictures against the film. Phones are timed as heard, for the model that takes times."""
    finder, face = points.open_points(), still(runs)
    result = score([(paint(network, run, face), run) for run in runs], lambda made: points.find(finder, made))
    yield from _score_rows(case, result)


def _score_rows(case: str, result: Score) -> Iterator[Row]:
    figures = {"psnr_db": result.psnr_db, "ssim": result.ssim, "lmd_px": result.lmd_px}
    units = {"psnr_db": "dB", "lmd_px": "px"}
    for metric, value in {**figures, "sharpness_ratio": result.sharpness}.items():
        yield _row(case, metric, value, result.pictures, units.get(metric, ""))


def own_durations(network: ParaLip, runs: list[Run], told: list[Saying]) -> Iterator[Row]:
    """How near predicted durations are, and what the pictures are like with them instead of the true ones.

    phone_error_ms: mean over heard phones at the speaker's own pace; total_error_pct: of a saying's length, likewise.
    """
    unseen = [saying for saying in told if saying.split.startswith("unseen")]
    errors, totals, count = [], [], 0
    for saying in unseen:
        heard = np.array([phone.symbol != SILENCE for phone in saying.phones])
        true = np.array([phone.end_s - phone.start_s for phone in saying.phones])
        with torch.inference_mode():
            made = network.durations(spell([saying.phones], network.config))[0].numpy() / FPS * saying.pace
        errors.append(np.abs(made - true)[heard])
        totals.append(abs(made[heard].sum() / true[heard].sum() - 1))
        count += int(heard.sum())
    yield _row("durations", "phone_error_ms", 1000 * float(np.concatenate(errors).mean()), count, "ms")
    yield _row("durations", "mean_phone_ms", 1000 * HEARD_S, count, "ms")
    yield _row("durations", "total_error_pct", 100 * float(np.mean(totals)), len(unseen), "%")
    finder, face = points.open_points(), still(runs)
    pairs = [(paint(network, retimed(network, run), face), run) for run in runs]
    yield from _score_rows("paralip-own-durations", score(pairs, lambda made: points.find(finder, made)))
    yield from paired(network)


def retimed(network: ParaLip, run: Run) -> Run:
    """The run with predicted durations, scaled to its length."""
    with torch.inference_mode():
        lasting = network.durations(spell([run.phones], network.config))[0].numpy()
    edges = np.cumsum(lasting) / lasting.sum() * run.phones[-1].end_s
    starts = np.concatenate([[0.0], edges[:-1]])
    times = zip(run.phones, starts, edges, strict=True)
    return replace(run, phones=tuple(replace(p, start_s=float(a), end_s=float(b)) for p, a, b in times))


def paired(network: ParaLip) -> Iterator[Row]:
    """How far the length of speech paced by the durations is from that of the lips, over whole stories."""
    from engines.api.jobs import SpeakJob
    from engines.api.rooms import result_of
    from engines.common.corpus import sentences
    from engines.speech.engine import SpeechEngine
    from engines.textlip.pacing import fitted, heard_s, predicted

    speech, lines, errors = SpeechEngine(), sentences(), []
    for i, voice in enumerate(("en-gb", "en-us", "en-gb+f3", "en-us+m1")):
        job = SpeakJob(" ".join(lines[8 * i : 8 * i + 8]), voice)
        spoken = heard_s(result_of(speech.run(fitted(job, network, speech))).phones)
        errors.append(abs(spoken / heard_s(predicted(job, network)) - 1))
    yield _row("durations", "paired_total_error_pct", 100 * float(np.mean(errors)), len(errors), "%")


def typing() -> Iterator[Row]:
    """From a keystroke's job to its first lip picture, network and identity being loaded."""
    engine, firsts = TextlipEngine(), []
    for end in range(len(TYPED) - 12, len(TYPED)):
        began = time.perf_counter()
        next(engine.run(LipsJob(TYPED[:end], longest_s=2.0)))
        firsts.append(time.perf_counter() - began)
    yield _row("paralip", "keystroke_to_picture_s", float(np.median(firsts[2:])), len(firsts) - 2, "s")


def trials(runs: list[Run]) -> Iterator[Row]:
    """Table 4: the trials that `python -m engines.textlip.train --part ablation` left, where there are any."""
    for tag in TRIALS:
        path = CACHE / f"paralip-{tag}.safetensors"
        if path.is_file():
            yield from likeness(f"ablation-{tag}", open_network(path), runs)


def alignment(runs: list[Run]) -> Iterator[Row]:
    """Section 6: durations found from silent lips against the true ones, beside sharing time evenly."""
    if not reader.PATH.is_file():
        return
    network, finder = reader.open_reader(), points.open_points()
    found, even = [], []
    for run in runs:
        true = np.array([phone.end_s - phone.start_s for phone in run.phones])
        found.append(np.abs(reader.align(network, points.find(finder, run.pictures), run.phones) - true))
        even.append(np.abs(true.sum() / len(true) - true))
    count = sum(len(errors) for errors in found)
    yield _row("alignment", "phone_error_ms", 1000 * float(np.concatenate(found).mean()), count, "ms")
    yield _row("alignment", "even_shares_error_ms", 1000 * float(np.concatenate(even).mean()), count, "ms")


def _row(case: str, metric: str, value: float, count: int, unit: str = "") -> Row:
    return {"bench": "textlip", "case": case, "metric": metric, "value": value, "unit": unit, "n": count}
