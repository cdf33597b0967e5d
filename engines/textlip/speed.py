"""Measures how long a network takes for clips of several lengths: table 3 and figure 4 of the paper."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from engines.api.values import Phone
from engines.textlip.batch import spell, to_tensor
from engines.textlip.engine import CHUNK
from engines.textlip.measure import still
from engines.textlip.model import LipNetwork
from engines.textlip.runs import FPS, Run

LENGTHS_S = range(1, 9)
TIMES = 9


def latencies(network: LipNetwork, runs: list[Run]) -> dict[int, float]:
    """Table 3 and figure 4: length of a clip in seconds, 1 to 8, to the seconds until its last picture.

    torch has the threads it was given (all three networks are quicker with one than with two); the compiled painter
    has every core.
    """
    phones, face = spoken_for(max(LENGTHS_S), runs), to_tensor(still(runs))[None]
    found = {}
    for seconds in LENGTHS_S:
        part = [phone for phone in phones if phone.start_s < seconds]
        part[-1] = replace(part[-1], end_s=float(seconds))
        spelled = spell([part], network.config)

        def work(frames: int = seconds * FPS, spelled: Any = spelled) -> None:
            with torch.inference_mode():
                for _ in network.paint(spelled, frames, face, CHUNK):
                    pass

        found[seconds] = best(work)
    return found


def spoken_for(seconds: float, runs: list[Run]) -> list[Phone]:
    """Phones of so many seconds: unseen runs one after another."""
    phones: list[Phone] = []
    at_s = 0.0
    while at_s < seconds:
        for run in runs:
            phones += (replace(p, start_s=p.start_s + at_s, end_s=p.end_s + at_s) for p in run.phones)
            at_s = phones[-1].end_s
    return phones


def best(work: Callable[[], object]) -> float:
    """Shortest of several runs, after one to warm up."""
    spent = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent[1:])
