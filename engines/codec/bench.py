"""Measures the codec and its rivals on unseen voices: real rate, quality, time; Chaulagain and Bhattarai's Table 3.

`python -m engines.codec.bench --limit 12 --cases bpgan-2 opus-6` measures less of it, for a quick look.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engines.api.codec import DEFAULT_ITERATIONS, RATES_KBPS, Decoded, DecodeJob, EncodeJob
from engines.api.events import EngineError
from engines.api.rooms import result_of
from engines.api.values import Audio, FloatArray
from engines.codec.config import RATE_HZ, SEGMENT
from engines.codec.engine import CodecEngine
from engines.codec.joins import FADE
from engines.codec.packet import HEADER_SIZE
from engines.codec.plot import Point, draw
from engines.codec.rivals import Rival, aligned, rivals
from engines.common.weights import ROOT
from engines.phase.material import sound_of, voices_of
from engines.phase.metrics import estoi_of, pesq_of

Row = dict[str, Any]
PLOT = ROOT / "work" / "codec" / "rate-quality.svg"
ITERATIONS = (0, 10, 50, 200)
ITERATED = 12
"""Utterances on which the search is measured at each of ITERATIONS."""
FLIPPED = 12
PUBLISHED = (Point("EnCodec 1.5 (published)", 1.5, 1.51),)
"""Measured by others on other sounds: drawn for orientation."""
_UNITS = {"kbps": "kbit/s", "encode_real_time_factor": "x real time", "decode_real_time_factor": "x real time"}


@dataclass(frozen=True)
class Case:
    """encode: 16 kHz sound -> the bytes of a file; decode: back to as many samples; absence: why it cannot be run."""

    name: str
    encode: Callable[[FloatArray], bytes]
    decode: Callable[[bytes, FloatArray], FloatArray]
    absence: str = ""


def rows(data: Path | None, limit: int = 0, only: tuple[str, ...] = ()) -> Iterator[Row]:
    """Rows of every case, of the search by iterations and of damage; draws the plot at the end.

    limit: utterances, spread over the voices, 0 for all; only: cases, all unless given.
    """
    sounds = sounds_of(data, limit)
    engine = CodecEngine()
    points = list(PUBLISHED)
    for case in (*ours(engine), *map(_rival, rivals())):
        if only and case.name not in only:
            continue
        if case.absence:
            yield {**_row(case.name, "absent", 0.0, 0), "value": case.absence}
            continue
        means = {}
        for row in measured(case, sounds):
            means[row["metric"]] = row["value"]
            yield row
        points.append(Point(case.name, means["kbps"], means["pesq_wb"]))
    if not only:
        yield from searched(engine, sounds)
        yield from damaged(engine, sounds[:: max(1, len(sounds) // FLIPPED)])
    draw(points, PLOT)
    yield {**_row("rate-quality", "plot", 0.0, len(sounds)), "value": str(PLOT.relative_to(ROOT))}


def sounds_of(data: Path | None, limit: int = 0) -> list[FloatArray]:
    """The test voices' utterances at 16 kHz; fails with EngineError where there are none."""
    found = voices_of(data).test
    if not found:
        raise EngineError("There are no unseen voices here: name a folder with LibriSpeech's test_other.")
    return [sound_of(u, RATE_HZ) for u in found[:: max(1, len(found) // limit) if limit else 1]]


def ours(engine: CodecEngine) -> Iterator[Case]:
    """Our codec at each rate, with as many iterations as when nobody chooses."""
    for kbps in RATES_KBPS:
        yield _bpgan(engine, f"bpgan-{kbps:g}", kbps, DEFAULT_ITERATIONS)


def measured(case: Case, sounds: list[FloatArray]) -> Iterator[Row]:
    """Rows of one case: means over utterances, times over all sound together."""
    case.decode(case.encode(sounds[0][:RATE_HZ]), sounds[0][:RATE_HZ])  # loads what must be loaded
    scores: dict[str, list[float]] = {name: [] for name in ("kbps", "pesq_wb", "pesq_nb", "estoi")}
    times = np.zeros(2)
    for sound in sounds:
        began = time.monotonic()
        data = case.encode(sound)
        coded = time.monotonic()
        made = case.decode(data, sound)
        times += (coded - began, time.monotonic() - coded)
        measures = pesq_of(sound, made, "wb"), pesq_of(sound, made, "nb"), estoi_of(sound, made)
        for name, value in zip(scores, (8 * len(data) / len(sound) * RATE_HZ / 1000, *measures), strict=True):
            if value is not None:
                scores[name].append(value)
    for name, values in scores.items():
        yield _row(case.name, name, float(np.mean(values)), len(values))
    factors = times / (sum(map(len, sounds)) / RATE_HZ)
    yield _row(case.name, "encode_real_time_factor", float(factors[0]), len(sounds))
    yield _row(case.name, "decode_real_time_factor", float(factors[1]), len(sounds))


def searched(engine: CodecEngine, sounds: list[FloatArray]) -> Iterator[Row]:
    """What the search is worth: quality at 2 kbit/s by its iterations."""
    some = sounds[:: max(1, len(sounds) // ITERATED)]
    for iterations in ITERATIONS:
        case = _bpgan(engine, f"bpgan-2-iterations-{iterations}", 2.0, iterations)
        yield from measured(case, some)


def damaged(engine: CodecEngine, sounds: list[FloatArray]) -> Iterator[Row]:
    """A byte in the middle of each file is changed: how many samples differ, and how many where none may; and how many
    differ when the whole file is decoded again."""
    case = _bpgan(engine, "bpgan-2", 2.0, 0)
    inside, outside, again = [], [], []
    for sound in sounds:
        data = case.encode(sound)
        at = HEADER_SIZE + (len(data) - HEADER_SIZE) // 2
        hurt: Decoded = result_of(engine.run(DecodeJob(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])))
        true, twice = case.decode(data, sound), case.decode(data, sound)
        differ = np.flatnonzero(hurt.audio.samples != true)
        where = [s for i in hurt.concealed for s in (i * SEGMENT - FADE // 2, (i + 1) * SEGMENT + FADE // 2)]
        allowed = (differ >= min(where)) & (differ < max(where)) if where else np.zeros(len(differ), bool)
        inside.append(float(allowed.sum()))
        outside.append(float((~allowed).sum()))
        again.append(float((true != twice).sum()))
    for name, counts in (("inside", inside), ("outside", outside)):
        yield _row("bpgan-2-changed-byte", f"samples_changed_{name}", float(np.mean(counts)), len(counts))
    yield _row("bpgan-2-decoded-twice", "samples_changed", float(np.mean(again)), len(again))


def _bpgan(engine: CodecEngine, name: str, kbps: float, iterations: int) -> Case:
    def encode(sound: FloatArray) -> bytes:
        packet: bytes = result_of(engine.run(EncodeJob(Audio(sound, RATE_HZ), kbps, iterations))).packet
        return packet

    def decode(data: bytes, sound: FloatArray) -> FloatArray:
        decoded: Decoded = result_of(engine.run(DecodeJob(data)))
        assert len(decoded.audio.samples) == len(sound)
        return decoded.audio.samples

    return Case(name, encode, decode)


def _rival(rival: Rival) -> Case:
    return Case(rival.name, rival.encode, partial(_decoded, rival), rival.absence())


def _decoded(rival: Rival, data: bytes, sound: FloatArray) -> FloatArray:
    return aligned(rival.decode(data), sound)


def _row(case: str, metric: str, value: float, count: int) -> Row:
    unit = _UNITS.get(metric, "")
    return {"bench": "codec", "case": case, "metric": metric, "value": value, "unit": unit, "n": count}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the codec and its rivals.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=0, help="utterances; all unless given")
    parser.add_argument("--cases", nargs="*", default=(), help="names of cases; all unless given")
    arguments = parser.parse_args()
    for row in rows(arguments.data, arguments.limit, tuple(arguments.cases)):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
