"""A comparison as a folder: table, log of blind tests, picture and every sound, there in one move or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import soundfile

from engines.api.values import Audio
from studio.atomic import explain, part_path, write_bytes
from studio.export.errors import ExportError
from studio.session.abx import BlindTest
from studio.session.comparison import BY_KEY, Comparison, Lane, Problem, Setting
from studio.session.measures import MEASURES

HEAD = ("problem", "method", "iterations", "sign", "late_samples")


@dataclass(frozen=True, eq=False)
class Kept:
    """Everything a comparison leaves, taken at one moment. picture: bytes of a PNG."""

    title: str
    original: Audio
    setting: Setting
    lanes: Mapping[Problem, tuple[Lane, ...]]
    tests: tuple[tuple[Problem, BlindTest], ...]
    picture: bytes

    @classmethod
    def of(cls, comparison: Comparison, picture: bytes) -> Kept:
        """What there is now. Raises ExportError where there is nothing."""
        lanes = {p: tuple(lane for lane in comparison.lanes_of(p) if lane.made is not None) for p in Problem}
        if comparison.source is None or not any(lanes.values()):
            raise ExportError("There is nothing to export yet: rebuild a sound first.")
        source = comparison.source
        return cls(source.title, source.original, comparison.setting, lanes, comparison.tests, picture)


def export_comparison(kept: Kept, into: Path) -> Path:
    """Write a new folder within `into` and return it. Raises ExportError."""
    folder = _free(into / f"{safe_name(Path(kept.title).stem)} comparison")
    part = part_path(folder)
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for name, data in _files(kept):
            write_bytes(part / name, data)
        os.replace(part, folder)
    except OSError as error:
        raise ExportError(f"{folder} could not be written: {explain(error)}.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _files(kept: Kept) -> Iterable[tuple[str, bytes]]:
    yield "measures.csv", table(kept).encode()
    yield "lanes.png", kept.picture
    if kept.tests:
        yield "blind-tests.csv", log(kept.tests).encode()
    yield "original.wav", sound_bytes(kept.original)
    for problem, lanes in kept.lanes.items():
        for lane in lanes:
            assert lane.made is not None
            yield f"{safe_name(problem.value)}, {safe_name(lane.choice.title)}.wav", sound_bytes(lane.made)


def table(kept: Kept) -> str:
    """All measures of all lanes of both problems, with the setting, as CSV."""
    seconds, setting = kept.original.seconds, kept.setting
    rows = []
    for problem, lanes in kept.lanes.items():
        bands = setting.mel_bands if problem is Problem.MEL else ""
        where = (kept.title, setting.rate_hz, setting.window, setting.size, setting.hop, bands)
        for lane in lanes:
            values = [measure.value(lane, seconds) for measure in MEASURES]
            who = (problem.value, BY_KEY[lane.key].title, lane.iterations, lane.fit.sign, lane.fit.late)
            rows.append((*who, *("" if v is None else f"{v:.6g}" for v in values), *where))
    place = ("sound", "rate_hz", "window", "size", "hop", "mel_bands")
    return _csv((*HEAD, *(m.key for m in MEASURES), *place), rows)


def log(tests: Iterable[tuple[Problem, BlindTest]]) -> str:
    """Every answer of every blind test, with the odds of so many right ones by guessing, as CSV."""
    rows = []
    for number, (problem, test) in enumerate(tests, 1):
        names = (problem.value, test.first, test.second)
        for trial in test.trials:
            answer = (trial.number, trial.x, trial.said, int(trial.right), f"{trial.seconds:.1f}")
            rows.append((number, *names, *answer, test.right, len(test.trials), f"{test.odds:.6g}"))
    head = ("test", "problem", "a", "b", "trial", "x", "said", "right", "seconds", "all_right", "trials", "odds")
    return _csv(head, rows)


def sound_bytes(audio: Audio) -> bytes:
    """A WAV file of 32-bit floats: neither clipped nor rounded, as measures need it."""
    memory = io.BytesIO()
    soundfile.write(memory, audio.samples, audio.rate_hz, format="WAV", subtype="FLOAT")
    return memory.getvalue()


def safe_name(name: str) -> str:
    """A name every file system takes."""
    return re.sub(r"[^\w ,+-]", "_", name).strip() or "sound"


def _free(folder: Path) -> Path:
    """The folder, or the same name with a number where there is one already."""
    number = 2
    found = folder
    while found.exists():
        found, number = folder.with_name(f"{folder.name} {number}"), number + 1
    return found


def _csv(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\n")
    writer.writerow(tuple(head))
    writer.writerows(tuple(row) for row in rows)
    return memory.getvalue()
